"""Which parts of the product a ticket names, and which one a question means.

A ticket is read with a dictionary of the names' word sequences (50 us for 90 words, where fuzzy
comparison with every name takes ten times that), a question with edit distance over all names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports import Feature, Understood
from bot.voice.mentions import Named, length, specific_first
from bot.voice.names import IN_EVERY_TEXT, SMALL, Words, is_meant, loosened, spellings, words_of
from bot.voice.nearness import Nearness
from bot.voice.ordinary import is_english
from bot.voice.text import name_tokens
from bot.voice.wordforms import WordForms

_MOST_CHARACTERS: Final = 20_000
_LONGEST_QUESTION: Final = 200
_MOST_SUGGESTIONS: Final = 5
# Scores of `nearness`, 0 to 100. A name is meant from _MEANT on when no other comes within
# _APART points; what is less near is offered.
_MEANT: Final = 80.0
_APART: Final = 6.0
_MOST_SMALL: Final = 2
# No name goes from the subject into the body.
_STOP: Final = "."
_MOST_HYPHENATED: Final = 4
# Words of a ticket that are taken for misspelt or inflected names: the rest must be spelt out.
_MOST_GUESSED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """The feature that a question means, or at most five that it may mean, best first."""

    feature: Feature | None
    understood: Understood
    suggestions: tuple[Feature, ...] = ()


class Catalogue:
    """The features of a product, ready to be found in texts and questions.

    `match` costs the same for ten names as for a thousand; making one takes about 40 us a name.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)
        self.by_id = {feature.id: feature for feature in self.features}
        self._tags: dict[str, list[int]] = {}
        spelt: list[tuple[Words, int]] = []
        for index, feature in enumerate(self.features):
            names = (feature.id, feature.name, *feature.aliases)
            spelt += [(words, index) for name in names for words in spellings(name)]
            for tag in {_joined(tag) for tag in (*feature.tags, feature.id, feature.name)}:
                self._tags.setdefault(tag, []).append(index)
        self._forms = WordForms(word for words, _ in spelt for word in words)
        self._names: dict[Words, list[int]] = {}
        self._loose: dict[Words, list[int]] = {}
        self._sizes: dict[str, tuple[int, ...]] = {}
        self._longest_loose: dict[str, int] = {}
        self._spelt: dict[str, list[int]] = {}
        for words, index in spelt:
            self._add(words, index)
        self._nearness = Nearness(self._spelt, self._names)

    def _add(self, words: Words, index: int) -> None:
        is_letter = words[0].isascii() and len("".join(words)) == 1
        if is_letter or (len(words) == 1 and words[0] in IN_EVERY_TEXT):
            # Every text has a "c" or an "it": such a name is found in a question only.
            self._spelt[words[0]] = [*dict.fromkeys((*self._spelt.get(words[0], ()), index))]
            return
        name = tuple(self._forms.exactly(word) for word in words)
        loose = [tuple(map(self._forms.exactly, order)) for order in loosened(words)]
        sizes = {*self._sizes.get(name[0], ()), len(name)}
        self._sizes[name[0]] = tuple(sorted(sizes, reverse=True))
        for order in loose:
            longest = max(len(order), self._longest_loose.get(order[0], 0))
            self._longest_loose[order[0]] = longest
        holders = [self._names.setdefault(name, []), self._spelt.setdefault("".join(words), [])]
        for kept in (*holders, *(self._loose.setdefault(order, []) for order in loose)):
            if index not in kept:
                kept.append(index)

    # --- tickets ---------------------------------------------------------------------------

    def match(self, text: str, tags: Sequence[str] = ()) -> tuple[str, ...]:
        """Ids of the features named in a ticket, best first.

        The first line of `text` is its subject. A help-desk tag counts most, then a name in the
        subject, then how often it is named, how specific the name is, and where it comes first.
        What is named by more words comes before what is named by some of them.
        """
        tagged = {index for tag in tags for index in self._tags.get(_joined(tag), ())}
        subject, _, body = text[:_MOST_CHARACTERS].partition("\n")
        tokens = _single(name_tokens(subject), self._forms)
        in_subject = len(tokens)
        tokens += [_STOP, *_single(name_tokens(body), self._forms)]
        named: dict[int, Named] = {}
        for place, name, holders in self._mentions(tokens):
            for index in holders:
                named.setdefault(index, Named(place)).add(name)

        def rank(index: int) -> tuple[bool, bool, int, int, int, int]:
            found = named.get(index) or Named(len(tokens))
            return (
                index not in tagged,
                found.first >= in_subject,
                -found.count,
                -max(map(length, found.names), default=0),
                found.first,
                index,
            )

        ranked = sorted(tagged | named.keys(), key=rank)
        ranked = ranked[: len(tagged)] + specific_first(ranked[len(tagged) :], named)
        return tuple(self.features[index].id for index in ranked)

    def _mentions(self, tokens: list[str]) -> Iterator[tuple[int, Words, list[int]]]:
        """(position, name, features) of each name; the longest name at a place wins."""
        words = self._forms.read(tokens[:_MOST_GUESSED])
        words += map(self._forms.exactly, tokens[_MOST_GUESSED:])
        free = free_of_loose = 0
        for place, word in enumerate(words):
            if not word or place < free:
                continue
            exact = self._exact(words, tokens, place)
            loose = self._loosely(words, tokens, place)
            if loose and (exact is None or len(exact[0]) < len(loose[0])):
                yield place, loose[0], loose[1]
                free_of_loose = max(loose[2], free_of_loose)
            elif exact and (len(exact[0]) > 1 or place >= free_of_loose):
                yield place, exact[0], exact[1]
                free = place + len(exact[0])

    def _exact(
        self, words: list[str], tokens: list[str], place: int
    ) -> tuple[Words, list[int]] | None:
        """The longest name whose words stand here one after another."""
        for size in self._sizes.get(words[place], ()):
            name = tuple(words[place : place + size])
            holders = self._names.get(name)
            if holders and is_meant(tokens, place, place + len(name)):
                return name, holders
        return None

    def _loosely(
        self, words: list[str], tokens: list[str], place: int
    ) -> tuple[Words, list[int], int] | None:
        """A name with at most two small words between its words, and where it ends."""
        most = self._longest_loose.get(words[place])
        if most is None:
            return None
        found, end, small = [words[place]], place, 0
        best: tuple[Words, list[int], int] | None = None
        for next_place in range(place + 1, min(place + 1 + most * 3, len(words))):
            if tokens[next_place] in SMALL:
                small += 1
                if small > _MOST_SMALL:
                    break
                continue
            if not words[next_place]:
                break
            found.append(words[next_place])
            end, small = next_place + 1, 0
            holders = self._loose.get(tuple(found))
            if holders:
                best = tuple(found), holders, end
            if len(found) == most:
                break
        return best

    # --- questions -------------------------------------------------------------------------

    def find(self, words: str) -> Found:
        """The feature that somebody who typed `words` means. Never raises."""
        tokens = words_of(words[:_LONGEST_QUESTION])
        if not tokens:
            return Found(None, Understood.NOTHING)
        return self._named(tokens) or self._nearly(tokens)

    def named(self, words: str) -> Found | None:
        """The feature that is called just so, or those that are; None where none is."""
        tokens = words_of(words[:_LONGEST_QUESTION])
        return self._named(tokens) if tokens else None

    def _named(self, tokens: list[str]) -> Found | None:
        exact = self._exactly(tokens)
        if len(exact) == 1:
            return Found(self.features[exact[0]], Understood.EXACT)
        return Found(None, Understood.NOTHING, self._offer(exact)) if exact else None

    def _exactly(self, tokens: list[str]) -> list[int]:
        parts = [part for token in tokens for part in token.split("-")]
        spelt = self._spelt.get("".join(parts))
        if spelt:
            return spelt
        # Beside English it takes the rules for text to see that a word is inflected.
        read = (self._forms.exactly(p) if p.isascii() else self._forms[p] for p in parts)
        return self._names.get(tuple(read), [])

    def _nearly(self, tokens: list[str]) -> Found:
        parts = tuple(part for token in tokens for part in token.split("-"))
        near = self._nearness.near(parts)
        mentions = self._mentions(_single(tokens, self._forms))
        named = [index for _, _, held in mentions for index in held if index not in near]
        is_a_word = len(tokens) == 1 and is_english("".join(parts))
        close = [index for index, score in near.items() if score >= _MEANT]
        if not close or is_a_word:
            return Found(None, Understood.SEARCH, self._offer([*close, *named, *near]))
        best = near[close[0]]
        rivals = [index for index in close if best - near[index] < _APART]
        if len(rivals) == 1:
            return Found(self.features[rivals[0]], Understood.MISSPELT)
        return Found(None, Understood.NOTHING, self._offer([*rivals, *named]))

    def _offer(self, indices: Iterable[int]) -> tuple[Feature, ...]:
        return tuple(self.features[index] for index in dict.fromkeys(indices))[:_MOST_SUGGESTIONS]


def _single(tokens: Iterable[str], forms: WordForms) -> list[str]:
    """Tokens with hyphens as one word where a name has it so, else as their parts."""
    found: list[str] = []
    for token in tokens:
        if "-" not in token:
            found.append(token)
            continue
        parts = token.split("-")
        whole = "".join(parts)
        found += [whole] if len(parts) <= _MOST_HYPHENATED and forms.exactly(whole) else parts
    return found


def _joined(name: str) -> str:
    plain = name.rsplit("_", 1)[0] if name[-1:].isdigit() else name
    return "".join(words_of(plain)).replace("-", "")
