"""What an act changes of an insight, and what is told of it.

These work within a caller's session.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import Happened, InsightNews, Status
from bot.service import catalogue as catalogues
from storage import insights as rows
from storage.values import InsightValue

SHIPPED = (Status.SHIPPED, Status.VERIFIED)


def held(session: Session, insight: int) -> InsightValue:
    """The insight that an act is for, held until its end: the one that it is part of by now.

    Raises `NotFound`.
    """
    value = rows.held(session, insight)
    if value is None:
        raise NotFound("This insight is no longer there.")
    return value


def of_status(
    before: InsightValue, status: Status, user: str, *, today: date, on: date | None, said: str
) -> dict[str, Any]:
    """What a move to another status changes: a date, a reason, an owner.

    `on` is the day that a person gave; without one it is the day that is there, or `today`.
    """
    values: dict[str, Any] = {"status": status.value}
    if status is Status.SHIPPED:
        is_there = before.status == Status.SHIPPED and before.shipped_on
        if on is not None or said or not is_there:
            values |= {"shipped_on": on or today, "shipped_what": said}
    elif status is Status.VERIFIED:
        values |= {"shipped_on": before.shipped_on or on or today}
    elif status is Status.DECLINED:
        values |= {"declined_why": said or before.declined_why}
    else:
        values |= {"shipped_on": None, "shipped_what": ""}
        if status is Status.OWNED and not before.owner and user:
            values["owner"] = user
    return values


def of_owner(before: InsightValue, owner: str | None) -> dict[str, Any]:
    """What another owner, or none, changes: what nobody owns is not owned."""
    status = before.status
    if owner and status == Status.OPEN:
        status = Status.OWNED
    elif not owner and status == Status.OWNED:
        status = Status.OPEN
    return {"owner": owner or None, "status": str(status)}


def inherited(source: InsightValue, target: InsightValue) -> dict[str, Any]:
    """What an insight takes over from one that becomes part of it, where it has none."""
    values: dict[str, Any] = {}
    if source.owner and not target.owner:
        values |= of_owner(target, source.owner)
    if source.issue_url and not target.issue_url:
        values["issue_url"] = source.issue_url
    if source.status in SHIPPED and source.shipped_on and not target.shipped_on:
        # What was verified of a part is not verified of the whole.
        values |= {
            "status": Status.SHIPPED.value,
            "shipped_on": source.shipped_on,
            "shipped_what": source.shipped_what,
        }
    return values


def differences(
    session: Session, before: InsightValue, after: InsightValue, user: str, now: datetime
) -> list[InsightNews]:
    """What is other than before, each for itself."""
    names = {feature.id: feature.name for feature in catalogues.load(session).features}

    def name(feature: str | None) -> str:
        return names.get(feature or "", feature or "")

    pairs = (
        (Happened.TITLE, before.title, after.title, ""),
        (Happened.FEATURE, name(before.feature_id), name(after.feature_id), ""),
        (Happened.KIND, before.kind, after.kind, ""),
        (Happened.TEXT, before.note, after.note, after.note),
        (Happened.OWNER, before.owner or "", after.owner or "", ""),
        (Happened.ISSUE, before.issue_url or "", after.issue_url or "", ""),
    )
    news = [
        InsightNews(now, user, what, "" if said else one, "" if said else other, said)
        for what, one, other, said in pairs
        if one != other
    ]
    if before.status != after.status:
        news.append(_moved(before, after, user, now, after.shipped_what))
    return news


def told_status(
    before: InsightValue, after: InsightValue, user: str, now: datetime, said: str
) -> list[InsightNews]:
    """What is told of a status that was set, be it the same again with another day."""
    news = [_moved(before, after, user, now, said)]
    if before.owner != after.owner:
        was, became = before.owner or "", after.owner or ""
        news.append(InsightNews(now, user, Happened.OWNER, was, became))
    return news


def _moved(
    before: InsightValue, after: InsightValue, user: str, now: datetime, said: str
) -> InsightNews:
    if after.status == Status.SHIPPED and after.shipped_on:
        said = f"{after.shipped_on:%Y-%m-%d}" + (f": {said}" if said else "")
    return InsightNews(now, user, Happened.STATUS, before.status, after.status, said)
