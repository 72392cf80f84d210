"""Which names are spelt nearly like what somebody typed.

Names are prepared once, so that a question costs some tens of microseconds per hundred names: a
scorer that sorts or cuts words anew for every name costs thirty times that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rapidfuzz import fuzz, process

from bot.voice.names import SMALL, Words

# Scores of rapidfuzz, 0 to 100: see `features`.
_OFFERED: Final = 65.0
_SAME_WORD: Final = 80.0
_MOST: Final = 20
_MOST_HOLDERS: Final = 200
# No name is as long: what is longer is a sentence, and is read as one.
_LONGEST: Final = 60


class Nearness:
    """Names by their letters, by their sorted words, and by each word."""

    def __init__(self, joined: Mapping[str, list[int]], names: Mapping[Words, list[int]]) -> None:
        self._joined = joined
        self._sorted: dict[str, list[int]] = {}
        self._words: dict[str, list[str]] = {}
        for words, holders in names.items():
            in_order = " ".join(sorted(words))
            kept = self._sorted.setdefault(in_order, [])
            kept += [index for index in holders if index not in kept]
            for word in words:
                named = self._words.setdefault(word, [])
                if word not in SMALL and in_order not in named:
                    named.append(in_order)

    def near(self, typed: Words) -> dict[int, float]:
        """Features by the likeness of their nearest name, 0 to 100, the nearest first."""
        joined = "".join(typed)
        if len(joined) > _LONGEST:
            return {}
        near: dict[int, float] = {}
        likely = process.extract(
            joined, self._joined.keys(), scorer=fuzz.ratio, score_cutoff=_OFFERED, limit=_MOST
        )
        for name, score, _ in likely:
            for index in self._joined[name]:
                near[index] = max(_swapped(joined, name) or score, near.get(index, 0.0))
        if len(typed) > 1 and max(near.values(), default=0.0) < _SAME_WORD:
            for name, score in self._in_other_order(typed):
                for index in self._sorted[name]:
                    near[index] = max(score, near.get(index, 0.0))
        if len(joined) >= 3:
            for name, score in self._with_all(typed):
                for index in self._sorted[name]:
                    near.setdefault(index, score)
        return dict(sorted(near.items(), key=lambda item: -item[1]))

    def _in_other_order(self, typed: Words) -> list[tuple[str, float]]:
        """Names of much the same words in another order."""
        in_order = " ".join(sorted(typed))
        found = process.extract(
            in_order, self._sorted.keys(), scorer=fuzz.ratio, score_cutoff=_SAME_WORD, limit=_MOST
        )
        return [(name, score) for name, score, _ in found]

    def _with_all(self, typed: Words) -> list[tuple[str, float]]:
        """Names that have all words typed and others besides."""
        in_order = " ".join(sorted(typed))
        holders = self._holding([word for word in typed if word not in SMALL])
        scored = [(name, fuzz.ratio(in_order, name)) for name in holders]
        return sorted(scored, key=lambda item: -item[1])[:_MOST]

    def _holding(self, words: list[str]) -> list[str]:
        if not words or len(words) > 3:
            return []
        found: list[str] | None = None
        for word in words:
            held = self._words.get(word)
            if held is None and len(words) == 1:
                akin = process.extract(
                    word, self._words.keys(), scorer=fuzz.ratio, score_cutoff=_SAME_WORD, limit=3
                )
                held = [name for other, _, _ in akin for name in self._words[other]]
            kept = set(held or ())
            found = [name for name in (held or ()) if found is None or name in kept & set(found)]
        return list(dict.fromkeys(found or ()))[:_MOST_HOLDERS]


def _swapped(typed: str, name: str) -> float:
    """A high score for two neighbours in the wrong order, which `ratio` takes for two faults."""
    if len(typed) != len(name) or len(typed) < 4 or sorted(typed) != sorted(name):
        return 0.0
    differ = [place for place in range(len(typed)) if typed[place] != name[place]]
    return 90.0 if len(differ) == 2 and differ[1] - differ[0] == 1 else 0.0
