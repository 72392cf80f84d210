"""Every screen's service call beside the raw queries, on one engine, in one run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Protocol

from corpus import END, TERMS
from measure import Call, Times, in_turn
from project import Installation
from reference_rows import Answer

DAYS = 90
SINCE = END - timedelta(days=DAYS)
SHARES = {"10 %": 0, "1 %": 33, "0.01 %": 99}
"""Which of the corpus's features tickets name in such a share."""
WORST, OFTEN, SELDOM, RARE = TERMS
TEXTS = {"10 %": OFTEN, "1 %": SELDOM, "0.01 %": RARE}


class Reference(Protocol):
    """What both engines' reference designs answer."""

    def feature(self, feature: str, word: str) -> Answer: ...
    def feature_newest(self, feature: str) -> Answer: ...
    def free_text(self, word: str) -> Answer: ...
    def plain(self, word: str) -> Answer: ...


def measure(
    installation: Installation, reference: Reference, peers: Mapping[str, Call], rounds: int
) -> dict[str, Times]:
    """All screens and queries, by name; a name with `raw` is a reference query's."""
    found = _features(installation, reference, rounds)
    found |= in_turn(_searches(installation, reference) | dict(peers), rounds)
    found |= in_turn(_whole_searches(installation), rounds)
    slow: dict[str, Call] = {
        "word in nine of ten": lambda: installation.ask(f"{WORST} {DAYS}d"),
        "raw word in nine of ten": lambda: reference.free_text(WORST),
        "raw plain 10 %": lambda: reference.plain(OFTEN),
    }
    found |= in_turn(slow, max(5, rounds // 4), 1)
    screens: dict[str, Call] = {
        "friction alone": installation.rank,
        f"friction alone, {DAYS} days": partial(installation.rank, f"{DAYS}d"),
        "home": installation.home,
        "insights": installation.insights,
    }
    return found | in_turn(screens, rounds)


def _features(installation: Installation, reference: Reference, rounds: int) -> dict[str, Times]:
    found: dict[str, Times] = {}
    for share, place in SHARES.items():
        id, name, _ = installation.corpus.features[place]
        question = f"{name} {DAYS}d"
        compared: dict[str, Call] = {
            f"feature {share}": partial(installation.ask, question, themes=False),
            f"raw feature {share}": partial(reference.feature, id, name),
            f"raw newest {share}": partial(reference.feature_newest, id),
        }
        # Apart: what themes do to the caches would fall on whatever comes next.
        whole: dict[str, Call] = {
            f"feature {share} with themes": partial(installation.ask, question)
        }
        found |= in_turn(compared, rounds) | in_turn(whole, rounds)
    return found


def _searches(installation: Installation, reference: Reference) -> dict[str, Call]:
    found: dict[str, Call] = {}
    for share, word in TEXTS.items():
        question = f"{word} {DAYS}d"
        found[f"text {share}"] = partial(installation.ask, question, themes=False)
        found[f"raw text {share}"] = partial(reference.free_text, word)
    return found


def _whole_searches(installation: Installation) -> dict[str, Call]:
    return {
        f"text {share} with themes": partial(installation.ask, f"{word} {DAYS}d")
        for share, word in TEXTS.items()
    }


def disagreements(installation: Installation, reference: Reference) -> list[str]:
    """Where project and reference do not count the same tickets: then no time is worth a thing."""
    found = []
    for place in SHARES.values():
        id, name, _ = installation.corpus.features[place]
        mine = installation.ask(f"{name} {DAYS}d").mentioned
        theirs = reference.feature_newest(id).hits
        if mine != theirs:
            found.append(f"{name}: {mine} tickets, the reference counts {theirs}")
    for word in TEXTS.values():
        mine, theirs = installation.ask(f"{word} {DAYS}d").mentioned, reference.free_text(word).hits
        if mine != theirs:
            found.append(f"{word}: {mine} tickets, the reference counts {theirs}")
    return found
