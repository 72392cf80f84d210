"""What a person reports as leaked, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LeakRequest:
    """What leaked of a ticket (a row): `said`, a run of words a line, or its whole text.

    The words are in nobody's log: not even what Python prints of this shows them.
    """

    ticket: int
    said: str = field(default="", repr=False)
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What was masked: in how many `places` of how many tickets, and what is edited for it.

    `offered` other tickets hold the same words; where there would be too many, or the words are
    everyday ones, none are offered, and `is_common` says so.
    """

    ticket: int
    ticket_id: str
    places: int
    tickets: int
    posts: int
    insights: int
    is_whole: bool = False
    offered: int = 0
    is_common: bool = False
