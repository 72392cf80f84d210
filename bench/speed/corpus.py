"""Invented tickets in any number, the same ones for the same seed, made as they are asked for.

Words follow Zipf's law over invented ones with English function words among them; on them are
laid sentences that carry a kind, names of features in 10 % to 0.01 % of the tickets, and words to
search for in known shares. Tickets come in the order of time over eighteen months, some late,
some a second time with more said. Customers are skewed: a few write very often.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from invented import WORDS, names, vocabulary
from storage.values import NewTicket, QuoteValue

BEGIN: Final = datetime(2025, 5, 1, tzinfo=UTC)
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE: Final = "bench"
FEATURES: Final = 100
BLOCK: Final = 25_000
MEDIAN_WORDS: Final = 51
SPREAD: Final = 0.6
"""Sigma of the log-normal number of words: with the sentences laid on, 78 words in the mean."""
LATE: Final = 0.03
CHANGED: Final = 0.02
PER_CUSTOMER: Final = 8
TERMS: Final = {"merrowen": 0.91, "tamaskel": 0.10, "orbindel": 0.01, "quilvaster": 0.0001}
"""Words to search for, by the share of tickets that hold them."""
_SENTENCE: Final = 11
_SEGMENTS: Final = ("free", "free", "free", "team", "team", "team", "team", "business", "business")
_SAID: Final = {
    "broken": "The {} does not work any more and shows an error.",
    "confusing": "I do not understand how to use the {} here.",
    "unexpected": "I expected the {} to keep my settings but it did not.",
    "request": "It would be great if the {} could do this for me.",
    "praise": "I love the new {}, it works very well.",
}
_KINDS: Final = (
    *[("broken",)] * 6,
    *[("request",)] * 4,
    *[("confusing",)] * 2,
    *[("unexpected",)] * 2,
    ("praise",),
    ("broken", "request"),
    *[()] * 4,
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Written:
    """One invented ticket, with what a reader would find in it."""

    external_id: str
    created_at: datetime
    updated_at: datetime
    subject: str
    body: str
    customer: int
    kinds: tuple[str, ...]
    quotes: tuple[str, ...]
    features: tuple[str, ...]

    @property
    def segment(self) -> str:
        return _SEGMENTS[self.customer % len(_SEGMENTS)]


@dataclass(frozen=True, slots=True)
class Block:
    """Tickets that arrive together: new ones, and earlier ones that changed."""

    new: list[Written]
    changed: list[Written]


class Corpus:
    """`size` different tickets; `features` are (id, name, share), the most named first."""

    def __init__(self, size: int, seed: int = 5) -> None:
        self.size = size
        self.seed = seed
        shares = np.geomspace(0.1, 0.0001, FEATURES)
        self.features = [
            (name.replace(" ", "-"), name, float(share))
            for name, share in zip(names(FEATURES), shares, strict=True)
        ]

    @cached_property
    def _words(self) -> NDArray[np.object_]:
        return np.array(vocabulary(), dtype=object)

    @cached_property
    def _zipf(self) -> Floats:
        weights = 1.0 / (np.arange(WORDS) + 2.7) ** 1.05
        steps: Floats = np.cumsum(weights) / weights.sum()
        return steps

    def blocks(self, first: int = 0, last: int | None = None) -> Iterator[Block]:
        """All tickets, or those of the blocks `first` to `last`, in the order of arrival."""
        earlier: list[Written] = []
        for start in range(first * BLOCK, min(self.size, (last or self.size) * BLOCK), BLOCK):
            rng = np.random.default_rng((self.seed, start))
            new = self._block(start, min(BLOCK, self.size - start), rng)
            picked = rng.random(len(earlier)) < CHANGED
            yield Block(new, [_more(w) for w, p in zip(earlier, picked, strict=True) if p])
            earlier = new

    def _block(self, start: int, count: int, rng: np.random.Generator) -> list[Written]:
        lengths = rng.lognormal(np.log(MEDIAN_WORDS), SPREAD, count).clip(6, 3_000).astype(int)
        drawn = self._words[np.searchsorted(self._zipf, rng.random(int(lengths.sum())))].tolist()
        ends = np.cumsum(lengths)
        named = rng.random((count, FEATURES)) < [share for _, _, share in self.features]
        held = rng.random((count, len(TERMS))) < list(TERMS.values())
        customers = (rng.random(count) ** 2.5 * max(1, self.size // PER_CUSTOMER)).astype(int)
        kinds = rng.integers(len(_KINDS), size=count)
        late = np.where(rng.random(count) < LATE, rng.exponential(5, count).clip(0, 60), 0)
        found = []
        for i in range(count):
            words = drawn[ends[i] - lengths[i] : ends[i]]
            words[0:0] = [term for term, holds in zip(TERMS, held[i], strict=True) if holds]
            features = [self.features[int(f)] for f in np.flatnonzero(named[i])]
            at = self._arrival(start + i) - timedelta(days=float(late[i]))
            found.append(
                _written(
                    start + i,
                    at,
                    words,
                    features,
                    kinds=_KINDS[kinds[i]],
                    customer=int(customers[i]),
                )
            )
        return found

    def _arrival(self, number: int) -> datetime:
        return BEGIN + (END - BEGIN) * (number / self.size)


def _written(
    number: int,
    at: datetime,
    words: list[str],
    features: Sequence[tuple[str, str, float]],
    *,
    kinds: tuple[str, ...],
    customer: int,
) -> Written:
    names = [name for _, name, _ in features] or [words[-1]]
    said = [_SAID[kind].format(names[0]) for kind in kinds]
    rest = names[1:] if kinds or not features else names
    for place in range(_SENTENCE - 1, len(words) - 1, _SENTENCE):
        words[place] += "."
        words[place + 1] = words[place + 1].capitalize()
    body = " ".join([words[0].capitalize(), *words[1:], *rest]) + "."
    return Written(
        external_id=f"{number:08d}",
        created_at=max(at, BEGIN),
        updated_at=max(at, BEGIN),
        subject=" ".join(words[2:7]).replace(".", "").capitalize(),
        body=" ".join([body, *said]),
        customer=customer,
        kinds=kinds,
        quotes=tuple(said),
        features=tuple(id for id, _, _ in features),
    )


def _more(ticket: Written) -> Written:
    return replace(
        ticket,
        body=f"{ticket.body} One more thing that I have to add since yesterday.",
        updated_at=ticket.updated_at + timedelta(hours=20),
    )


def new_ticket(ticket: Written) -> NewTicket:
    """The ticket as the pipeline would hand it to storage."""
    scores = (0.9, 0.7)
    return NewTicket(
        source=SOURCE,
        external_id=ticket.external_id,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        stored_at=ticket.updated_at + timedelta(minutes=5),
        subject=ticket.subject,
        body=ticket.body,
        url=f"https://help.example/{ticket.external_id}",
        tags=(),
        language="en",
        segment=ticket.segment,
        customer=digest(f"customer {ticket.customer}"),
        customer_known=True,
        account=None,
        kinds=ticket.kinds,
        kinds_known=True,
        redactions=0,
        content_hash=digest(ticket.body),
        quotes=tuple(map(QuoteValue, ticket.kinds, ticket.quotes, scores)),
        features=ticket.features,
    )


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def line(ticket: Written) -> str:
    """The ticket as a line of a help desk's export."""
    row = {
        "id": ticket.external_id,
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
        "subject": ticket.subject,
        "description": ticket.body,
        "requester": {"email": f"person{ticket.customer}@customer.example"},
        "segment": ticket.segment,
        "url": f"https://help.example/{ticket.external_id}",
    }
    return json.dumps(row) + "\n"
