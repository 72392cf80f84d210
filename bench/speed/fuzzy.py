"""A misspelt name among ten thousand features, beside rapidfuzz's `extract` as one calls it."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz, process

from bot.reports import Feature
from bot.voice.features import Catalogue
from invented import names
from measure import Times, in_turn

NAMES = 10_000
QUERIES = 25


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Times of both, and how many of the queries each answers with the right name first."""

    project: Times
    plain: Times
    right: int
    plain_right: int


def measure(rounds: int) -> Fuzzy:
    """Each of the queries `rounds` times."""
    known = names(NAMES, seed=8)
    catalogue = Catalogue([Feature(name.replace(" ", "-"), name.title()) for name in known])
    rng = random.Random(9)
    asked = [(name, _misspelt(name, rng)) for name in rng.sample(known, QUERIES)]
    project, plain = Times(), Times()
    right = plain_right = 0
    for name, typed in asked:
        found = in_turn(
            {
                "project": partial(catalogue.find, typed),
                "plain": partial(process.extract, typed, known, scorer=fuzz.WRatio, limit=5),
            },
            rounds,
            1,
        )
        project.join(found["project"])
        plain.join(found["plain"])
        answer = catalogue.find(typed)
        first = answer.feature or next(iter(answer.suggestions), None)
        right += first is not None and first.name == name.title()
        [(best, _, _), *_] = process.extract(typed, known, scorer=fuzz.WRatio, limit=5)
        plain_right += best == name
    return Fuzzy(project, plain, right, plain_right)


def _misspelt(name: str, rng: random.Random) -> str:
    """A letter dropped, doubled, changed, or swapped with its neighbour."""
    place = rng.randrange(1, len(name) - 2)
    letter = name[place]
    other = rng.choice(string.ascii_lowercase)
    changed = rng.choice(("", letter * 2, other, name[place + 1] + letter))
    rest = name[place + 2 :] if len(changed) == 2 and changed[1] == letter else name[place + 1 :]
    return name[:place] + changed + rest
