"""The catalogue of features as a TOML file that people write and review.

    [[feature]]
    id = "checkout"              # optional: made of the name
    name = "Checkout"
    aliases = ["cart", "basket"]
    tags = ["checkout", "cart-page"]
    channels = ["C0CHECKOUT1"]
    description = "Paying for what is in the cart, up to the order's confirmation."

All faults of a file are told at once, so that it is mended in one go.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Final

from bot.reports import Feature
from bot.voice.proposals import NO_SLUG
from bot.voice.text import MARKS, fold

_LISTS: Final = ("aliases", "tags", "channels")
_KEYS: Final = frozenset({"id", "name", "description", *_LISTS})
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{5,}")
_PART: Final = rf"(?:[^\W_]|[{MARKS}])+"
_SLUG: Final = re.compile(f"{_PART}(?:-{_PART})*")


class CatalogueFault(ValueError):
    """A catalogue that cannot be used; `faults` says in a sentence each what is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def parse(text: str) -> list[Feature]:
    """The features of a catalogue file; raises `CatalogueFault` with everything wrong in it."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise CatalogueFault([f"This is not TOML: {fault}"]) from fault
    faults = [
        f'"{key}" is not known here: only [[feature]].' for key in document if key != "feature"
    ]
    entries = document.get("feature", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueFault(
            [*faults, 'Features are written as "[[feature]]", in double brackets.']
        )
    features: list[Feature] = []
    for number, entry in enumerate(entries, 1):
        wrong = list(_faults(entry))
        faults += [f"Feature {number}{_called(entry)}: {fault}" for fault in wrong]
        if not wrong:
            features.append(_feature(entry))
    faults += _twice(features)
    if faults:
        raise CatalogueFault(faults)
    return features


def to_toml(features: Iterable[Feature]) -> str:
    """A catalogue file that `parse` reads back as these features."""
    return "\n".join(_written(feature) for feature in features)


def slug(name: str) -> str:
    """The id that a feature gets of its name: "Privacy & security" is "privacy-security"."""
    return NO_SLUG.sub("-", fold(name)).strip("-")


def _called(entry: dict[str, object]) -> str:
    name = entry.get("name") or entry.get("id")
    return f" ({name})" if isinstance(name, str) and name.strip() else ""


def _faults(entry: dict[str, object]) -> Iterable[str]:
    for key in sorted(entry.keys() - _KEYS):
        yield f'"{key}" is not a key of a feature; those are {", ".join(sorted(_KEYS))}.'
    name = entry.get("name")
    if not isinstance(name, str):
        yield "it needs a name, in quotes."
    elif not slug(name):
        yield "its name is empty."
    given = entry.get("id", "x")
    if not isinstance(given, str) or not _SLUG.fullmatch(given) or given != fold(given):
        yield "its id must be small letters and digits, with hyphens between."
    if not isinstance(entry.get("description", ""), str):
        yield "description must be a text."
    for key in _LISTS:
        values = entry.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            yield f'{key} must be a list of texts, such as ["one", "two"].'
            continue
        if not all(value.strip() for value in values):
            yield f"{key} holds an empty text."
        if key == "channels":
            yield from (
                f'"{value}" is not the id of a channel, such as C0123ABCD.'
                for value in values
                if value.strip() and not _CHANNEL.fullmatch(value)
            )


def _feature(entry: dict[str, object]) -> Feature:
    name = " ".join(str(entry["name"]).split())
    aliases, tags, channels = (_texts(entry.get(key)) for key in _LISTS)
    description = " ".join(str(entry.get("description", "")).split())
    return Feature(str(entry.get("id", slug(name))), name, aliases, tags, channels, description)


def _texts(values: object) -> tuple[str, ...]:
    found = values if isinstance(values, list) else []
    return tuple(dict.fromkeys(str(value).strip() for value in found))


def _twice(features: Sequence[Feature]) -> list[str]:
    seen: dict[str, Feature] = {}
    faults = []
    for feature in features:
        first = seen.setdefault(feature.id, feature)
        if first is not feature:
            faults.append(
                f'Two features have the id "{feature.id}" ({first.name}, {feature.name}).'
            )
    return faults


def _written(feature: Feature) -> str:
    lines = ["[[feature]]", f"id = {_quoted(feature.id)}", f"name = {_quoted(feature.name)}"]
    for key in _LISTS:
        values: tuple[str, ...] = getattr(feature, key)
        if values:
            lines.append(f"{key} = [{', '.join(_quoted(value) for value in values)}]")
    if feature.description:
        lines.append(f"description = {_quoted(feature.description)}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """A TOML basic string: JSON's escapes are its own, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
