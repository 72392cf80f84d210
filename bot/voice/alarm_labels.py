"""The customers' words that an alarm is named by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.voice.stems import stems
from bot.voice.theme_labels import Labeller
from bot.voice.theme_terms import Stems
from bot.voice.tokens import spoken_of

_READ: Final = 40


@dataclass(frozen=True, slots=True)
class _Member:
    text: str
    quote: str
    stems: Stems


def label(terms: Sequence[str], texts: Sequence[str], quotes: Sequence[str]) -> str:
    """A piece of one of the texts, letter for letter, that says the theme best; "" without one.

    `terms` are the theme's stems and pairs of them; `quotes` say of each text what carries its
    friction, or "".
    """
    wanted = {word for term in terms for word in term.split()}
    if not wanted:
        return ""
    members = []
    for text, quote in zip(texts[:_READ], quotes[:_READ], strict=True):
        said = [stem for stem in stems(spoken_of(text)) if stem in wanted]
        if said:
            members.append(_Member(text, quote, Stems(said)))
    # Those that say most of the theme are read first.
    members.sort(key=lambda one: (-len(set(one.stems.text)), one.text))
    return Labeller().label(members, [1.0] * len(members)).text if members else ""
