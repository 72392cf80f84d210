"""One clause that says why a ticket is shown, made of what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.voice.notable_parts import Base, Candidate

_MOST_REASONS: Final = 2
_HARDLY: Final = 0.5
_TWICE: Final = 2.0


def why(
    teller: Candidate,
    own: Base,
    members: Sequence[Candidate],
    since: datetime,
    *,
    usual: float | None,
    agreed: bool,
) -> str:
    """The most telling reasons; `usual` customers a week tell what `members` tell, if
    known. What it cost the teller is said where enough of them `agreed`."""
    reasons = [_breadth(members, since, usual)]
    if teller.is_friction:
        reasons.append(own.cost.said if agreed else "")
    else:
        reasons.append("what a customer likes")
    if own.rise and usual is None:
        who = "customers" if teller.customer else "tickets"
        crowd = f"{teller.feature_customers:,} {who} on this feature this week"
        reasons.append(f"{crowd}, {times_usual(teller.feature_customers, teller.feature_usual)}")
    if own.past.answers > 0:
        reasons.append("like what this channel wanted to know")
    if teller.is_friction and usual is None:
        reasons.append(_before(own.past.seen))
    return ", ".join([reason for reason in reasons if reason][:_MOST_REASONS])


def times_usual(customers: int, usual: float) -> str:
    """How far a count is above what is usual, in words."""
    if usual < _HARDLY:
        return "hardly heard before"
    times = customers / usual
    if times < _TWICE:
        return f"usual are {round(usual):,}"
    return "twice the usual" if round(times) == 2 else f"{round(times):,} times the usual"


def _breadth(members: Sequence[Candidate], since: datetime, usual: float | None) -> str:
    week = [one for one in members if one.created_at >= since]
    counted, when = (week, "this week") if len(week) > 1 else (members, "in two weeks")
    customers = len({one.teller for one in counted})
    if customers < 2:
        return ""
    who = "customers" if any(one.customer for one in counted) else "tickets"
    said = f"{customers:,} {who} {when}"
    return said if usual is None else f"{said}, {times_usual(customers, usual)}"


def _before(times: int) -> str:
    if times == 0:
        return "new: nobody said this in the 4 weeks before"
    return f"said {'once' if times == 1 else f'{times} times'} in the 4 weeks before"
