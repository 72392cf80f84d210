"""The customer's words that a group of tickets is named by, and the quote that stands for it.

A label is a piece of a member, letter for letter: a sentence, or a clause of a long one, that
says most of what the group shares and other groups do not, is short, and reads on its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final, Protocol

from bot.voice.redact_shadow import TOKEN
from bot.voice.stems import stems
from bot.voice.text import sentences, words
from bot.voice.theme_terms import Stems

_MOST_MEMBERS: Final = 15
_MOST_SENTENCES: Final = 6
_LABEL_WORDS: Final = (4, 14)
_QUOTE_WORDS: Final = (8, 40)
_LONGEST: Final = 300
_READ: Final = 1_000
_SMOOTH: Final = 2.0

_CLAUSE: Final = re.compile(
    r"(?:[,;:]\s+|(?<!\s)\s+[-–—]+\s+)(?:(?:but|and|so|because)\s+)?"
    r"|(?<!\s)\s+(?:(?:but|because|so that)\s+|and\s+(?=(?:i|it|we|the)\s))",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|thanks|thank you|thx|"
    r"regards|best regards|cheers|please (?:help|advise|assist|fix)|any (?:help|ideas?|advice)|"
    r"help|sorry|hope|hallo|guten tag|bonjour|hola|merci|danke|gracias|(?:i have|i've got) (?:a|an"
    r"|another|some|two|one) (?:question|problem|issue)s?)\b",
    re.IGNORECASE,
)
_LEANING: Final = re.compile(
    r"(?:and|but|so|because|which|or|then|also|that|this|it|they|he|she|these|those|same|yes|no|"
    r"however|as well|even)\b",
    re.IGNORECASE,
)
# What a customer has, rather than what happened to it.
_SETTING: Final = re.compile(
    r"(?:i|we)(?:'m| am|'ve| have| are)? (?:running|using|use|got|have (?:a|an|the|been))\b"
    r"|(?:version|edition|os|system|crash id|build)\b",
    re.IGNORECASE,
)
_HALF: Final = re.compile(
    r"(?:if|when|whenever|while|since|as|after|before|although|though|once|until|with)\b",
    re.IGNORECASE,
)
_NOT_PROSE: Final = re.compile(r"https?:|www\.|[{}<>=|\\]|\?{2,}|!{2,}|\.{3,}|…|[:,]\Z")


class Member(Protocol):
    """A distinct text of a group."""

    @property
    def text(self) -> str: ...

    @property
    def quote(self) -> str: ...

    @property
    def stems(self) -> Stems: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A piece of text, verbatim, and the number of the member that it comes from."""

    text: str
    member: int


class Labeller:
    """Names groups against each other: `learn` all of them first, in any order."""

    def __init__(self) -> None:
        self._groups = 0
        self._holders: Counter[str] = Counter()

    def learn(self, members: Sequence[Member]) -> None:
        """Count the stems that a fifth of a group's texts share."""
        shared = _shares(members)
        self._groups += 1
        self._holders.update(stem for stem, share in shared.items() if share >= 0.2)

    def label(self, members: Sequence[Member], near: Sequence[float]) -> Choice:
        """The best name for a group; `near` is how near each member is to its centre (0 to 1).

        Members come in the order of nearness, and of equals the first wins.
        """
        centre = self._centre(members)
        best, chosen = 0.0, Choice(_first_line(members[0].text), 0)
        for number, member in enumerate(members[:_MOST_MEMBERS]):
            for piece, worth in _pieces(member):
                value = worth * _told(piece, centre) * (0.5 + max(near[number], 0.0))
                if value > best + 1e-9:
                    value *= _form(piece, _LABEL_WORDS)
                if value > best + 1e-9:
                    best, chosen = value, Choice(piece, number)
        return chosen

    def quote(self, members: Sequence[Member], near: Sequence[float]) -> Choice | None:
        """The member's quote that lies nearest to what the group shares."""
        centre = self._centre(members)
        best, chosen = -1.0, None
        for number, member in enumerate(members[:_MOST_MEMBERS]):
            if member.quote:
                value = _form(member.quote, _QUOTE_WORDS) * _told(member.quote, centre)
                value *= 0.5 + max(near[number], 0.0)
                if value > best + 1e-9:
                    best, chosen = value, Choice(member.quote, number)
        return chosen

    def _centre(self, members: Sequence[Member]) -> dict[str, float]:
        """How much of a group says a stem, times how rare it is in other groups."""
        return {
            stem: share * log(1 + (self._groups + 1) / (self._holders[stem] + 1))
            for stem, share in _shares(members).items()
        }


def _shares(members: Sequence[Member]) -> dict[str, float]:
    """The share of a group's texts in which a stem stands."""
    count = Counter(stem for member in members for stem in dict.fromkeys(member.stems.text))
    return {stem: number / len(members) for stem, number in count.items()}


def _pieces(member: Member) -> Iterator[tuple[str, float]]:
    """Sentences and clauses of a text with what they are worth: the quote and the start most."""
    if member.quote and member.quote in member.text:
        yield from ((piece, 1.2 * worth) for piece, worth in _cut(member.quote))
    for place, sentence in enumerate(sentences(member.text[:_READ])[:_MOST_SENTENCES]):
        for piece, worth in _cut(sentence):
            yield piece, worth * (1.1 if place == 0 else 1.0 if place == 1 else 0.85)


def _cut(sentence: str) -> Iterator[tuple[str, float]]:
    if len(sentence) <= _LONGEST:
        yield sentence, 1.0
    if len(sentence) > 60:
        begin = 0
        for cut in [*_CLAUSE.finditer(sentence[:2_000]), None]:
            piece = sentence[begin : cut.start() if cut else min(len(sentence), 2_000)].strip()
            if piece and len(piece) < min(len(sentence), _LONGEST):
                yield piece, 0.45 if _HALF.match(piece) else 0.9
            begin = cut.end() if cut else 0


def _told(piece: str, centre: dict[str, float]) -> float:
    """How much of the centre a piece says, less the longer it is."""
    found = dict.fromkeys(stems(TOKEN.sub(" ", piece)))
    return sum(centre.get(stem, 0.0) for stem in found) / sqrt(len(found) + _SMOOTH)


def _form(piece: str, length: tuple[int, int]) -> float:
    """How well a piece reads on its own, 0 to 1."""
    said = words(piece)
    # Where a script writes no spaces, a word is about two of its characters.
    number = len(said) // 2 if len(said) > 3 * len(piece.split()) else len(said)
    worth = 1.0
    if number < length[0]:
        worth *= 0.4 if number < length[0] - 1 else 0.7
    elif number > length[1]:
        worth *= max(0.3, 1 - (number - length[1]) / 12)
    if _POLITE.match(piece):
        worth *= 0.2
    if _LEANING.match(piece):
        worth *= 0.6
    if _NOT_PROSE.search(piece) or TOKEN.search(piece):
        worth *= 0.5
    if _SETTING.match(piece):
        worth *= 0.5
    numbers = sum(any(map(str.isdigit, token)) for token in piece.split())
    if numbers > 0.2 * len(piece.split()) or piece.count(":") > 1:
        worth *= 0.4
    letters = [char for char in piece if char.isalpha()]
    if letters and sum(char.isupper() for char in letters) > 0.6 * len(letters):
        worth *= 0.7
    return worth


def _first_line(text: str) -> str:
    found = sentences(text[:_READ])
    return (found[0] if found else text.strip())[:_LONGEST].strip()
