"""The demo's tickets, in the order of time: those already written, and those still to come.

They are read into memory once and handed to the ordinary ingest piece by piece: one's own past
newest first, because screens look at recent weeks, that of the sample in the order of time, because
people live in it, and the future as the clock reaches it. A ticket that
was handed over is forgotten here, so no unredacted text stays longer than it must.
"""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.demo.moments import eve_of, spoken
from bot.demo.story import DATA, sample_files
from bot.errors import UserError
from bot.reports import BadRow, Feature, TicketDraft
from bot.sources.files import read
from bot.voice.catalogue_file import parse

SAMPLE_START = datetime(2026, 10, 29, 7, 0, tzinfo=UTC)
# The sample was written ahead of its dates; nothing in it lies in the future of this moment.
SAMPLE_READ_AT = datetime(2027, 1, 1, tzinfo=UTC)
OWN_START = 0.9


class Feed:
    """Tickets around the moment at which the demo starts.

    With `earlier` people lived with those of the months before (`bot.demo.earlier`).
    """

    def __init__(
        self,
        drafts: list[TicketDraft],
        start: datetime,
        *,
        features: tuple[Feature, ...] = (),
        name: str | None = None,
        bad: tuple[BadRow, ...] = (),
        earlier: bool = False,
    ) -> None:
        drafts = sorted(drafts, key=lambda draft: draft.created_at)
        self.start, self.features, self.name, self.bad = start, features, name, bad
        self.earlier = earlier
        self.eve = eve_of(start)
        self.last = drafts[-1].created_at
        self._past = deque(draft for draft in drafts if draft.created_at <= self.eve)
        self._coming = deque(drafts[len(self._past) :])
        self.read = 0
        self._due = len(self._past)

    @property
    def behind(self) -> int:
        """How many tickets of the past are still to be read."""
        return len(self._past)

    @property
    def total(self) -> int:
        """How many tickets have been written by now, read or not."""
        return self._due

    def recent(self, most: int) -> list[TicketDraft]:
        """Take the newest of the past that were not taken yet."""
        return [self._past.pop() for _ in range(min(most, len(self._past)))]

    def written_by(self, moment: datetime) -> list[TicketDraft]:
        """Take those of the past that were written by then, in the order of time."""
        found: list[TicketDraft] = []
        while self._past and self._past[0].created_at <= moment:
            found.append(self._past.popleft())
        return found

    def arrived(self, now: datetime) -> list[TicketDraft]:
        """Take those that were written by `now` since this was last asked."""
        found: list[TicketDraft] = []
        while self._coming and self._coming[0].created_at <= now:
            found.append(self._coming.popleft())
        self._due += len(found)
        return found

    def note(self) -> str:
        """Where the reading stands, in a few words."""
        if self.read < self.total:
            return f"reading tickets {self.read:,} of {self.total:,}"
        if self._coming:
            return f"{len(self._coming):,} more will arrive as the clock moves"
        return f"all tickets have arrived; the last was written on {spoken(self.last)}"


def sample(*, earlier: bool = True) -> Feed:
    """The invented tickets of Marigold, their catalogue, and what happened with them earlier."""
    with ExitStack() as opened:
        readers = [
            opened.enter_context(read(path, name=path.name, now=SAMPLE_READ_AT))
            for path in sample_files()
        ]
        drafts = [row for reader in readers for row in reader if isinstance(row, TicketDraft)]
    features = parse((DATA / "features.toml").read_text(encoding="utf-8"))
    return Feed(drafts, SAMPLE_START, features=tuple(features), earlier=earlier)


def own(path: Path, now: datetime) -> Feed:
    """The visitor's export. Raises `UserError` when it holds no ticket."""
    if not path.is_file():
        raise UserError(f"There is no file {path}.")
    with read(path, name=path.name, now=now) as reader:
        rows = list(reader)
    drafts = _unique([row for row in rows if isinstance(row, TicketDraft)])
    bad = tuple(row for row in rows if isinstance(row, BadRow))
    if not drafts:
        why = f" Line {bad[0].line}: {bad[0].reason}." if bad else ""
        raise UserError(f"{path.name} holds no ticket that can be read.{why}")
    return Feed(drafts, _start(drafts), name=path.name, bad=bad)


def _unique(drafts: list[TicketDraft]) -> list[TicketDraft]:
    """One draft an id, the newest: counts on the page are of tickets, not of rows."""
    found: dict[tuple[str, str], TicketDraft] = {}
    for draft in drafts:
        known = found.get((draft.source, draft.external_id))
        if known is None or (draft.updated_at or draft.created_at) >= (
            known.updated_at or known.created_at
        ):
            found[draft.source, draft.external_id] = draft
    return list(found.values())


def _start(drafts: list[TicketDraft]) -> datetime:
    """At 07:00 UTC of the day nine tenths through; with nothing before it, the day after."""
    moments = [draft.created_at for draft in drafts]
    first, last = min(moments), max(moments)
    day = (first + OWN_START * (last - first)).astimezone(UTC).date()
    start = datetime.combine(day, time(7), UTC)
    return start if start >= first else start + timedelta(days=1)
