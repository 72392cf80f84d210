"""What people do to insights: edit, own, move on, note, merge; kept, and told in the thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session

from bot.errors import UserError
from bot.reports import Happened, InsightLine, InsightNews, Kind, Status
from bot.service import cards, insights, schedule, similar, typed
from bot.service import catalogue as catalogues
from bot.service.context import Context
from storage import insight_messages, insight_tickets
from storage import insights as rows
from storage.values import InsightValue

MOST_TO_MERGE: Final = 50


@dataclass(frozen=True, slots=True)
class Edit:
    """What an insight is to say; `owner` is a Slack user id."""

    title: str
    feature: str | None
    kind: Kind
    note: str
    owner: str | None = None
    issue: str = ""


def check_issue(context: Context, issue: str) -> None:
    """Raises `UserError` for what is no address of an issue."""
    typed.address(context, issue)


def edit(context: Context, insight: int, wanted: Edit, user: str, now: datetime) -> None:
    """Change an insight, and tell what is other than before.

    Raises `NotFound`, and `UserError` for a title or an address that cannot be kept.
    """
    title, note = typed.title(context, wanted.title), typed.note(context, wanted.note)
    issue = typed.address(context, wanted.issue)
    with context.store.write() as session:
        before = insights.get(session, insight)
        status = before.status
        if wanted.owner and status == Status.OPEN:
            status = Status.OWNED
        values = {
            "title": title,
            "feature_id": insights.known_feature(session, wanted.feature),
            "kind": wanted.kind.value,
            "note": note,
            "owner": wanted.owner,
            "issue_url": issue,
            "status": status,
        }
        after = rows.change(session, insight, now, **values)
        news = _differences(session, before, after, user, now)
        if news:
            cards.tell(session, context, after, news, now)
        else:
            cards.refresh(session, context, insight, now)


def _differences(
    session: Session, before: InsightValue, after: InsightValue, user: str, now: datetime
) -> list[InsightNews]:
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
        (Happened.STATUS, before.status, after.status, ""),
    )
    return [
        InsightNews(now, user, what, "" if said else one, "" if said else other, said)
        for what, one, other, said in pairs
        if one != other
    ]


def own(context: Context, insight: int, user: str, now: datetime) -> None:
    """A person takes an insight on, from whoever had it. Raises `NotFound`."""
    with context.store.write() as session:
        before = insights.get(session, insight)
        values: dict[str, Any] = {"owner": user}
        if before.status == Status.OPEN:
            values["status"] = Status.OWNED.value
        if before.owner == user and "status" not in values:
            return
        after = rows.change(session, insight, now, **values)
        cards.tell(session, context, after, _differences(session, before, after, user, now), now)


def set_status(
    context: Context,
    insight: int,
    status: Status,
    now: datetime,
    *,
    user: str = "",
    on: date | None = None,
    said: str = "",
) -> None:
    """Move an insight to another status, and tell so. Raises `NotFound`.

    What shipped did so `on` a day, today unless said otherwise; `said` is what changed, or why it
    was declined. Whoever moves it to owned owns it where nobody does. Raises `UserError` for a day
    that is still to come.
    """
    said = typed.sentence(context, said)
    if on is not None and not schedule.has_come(on, now):
        raise UserError("This day is still to come: set the status when it has shipped.")
    with context.store.write() as session:
        before = insights.get(session, insight)
        values = _of_status(before, status, user, on or now.date(), said)
        if all(getattr(before, name) == value for name, value in values.items()):
            cards.refresh(session, context, insight, now)
            return
        after = rows.change(session, insight, now, **values)
        news = _told_status(before, after, user, now, said)
        cards.tell(session, context, after, news, now)


def verify(context: Context, insight: int, now: datetime, *, user: str) -> None:
    """A person takes the offer of a look that said a fix helped.

    Raises `NotFound`, and `UserError` where it is no longer shipped: the offer stays in the thread.
    """
    with context.store.read() as session:
        status = insights.get(session, insight).status
    if status not in (Status.SHIPPED, Status.VERIFIED):
        raise UserError(f"Insight {insight} is {status} by now: set its status on its card.")
    set_status(context, insight, Status.VERIFIED, now, user=user)


def _of_status(
    before: InsightValue, status: Status, user: str, on: date, said: str
) -> dict[str, Any]:
    values: dict[str, Any] = {"status": status.value}
    if status is Status.SHIPPED:
        is_there = before.status == Status.SHIPPED and not said and before.shipped_on
        values |= {} if is_there else {"shipped_on": on, "shipped_what": said}
    elif status is Status.VERIFIED:
        values |= {"shipped_on": before.shipped_on or on}
    elif status is Status.DECLINED:
        values |= {"declined_why": said or before.declined_why}
    else:
        values |= {"shipped_on": None, "shipped_what": ""}
        if status is Status.OWNED and not before.owner and user:
            values["owner"] = user
    return values


def _told_status(
    before: InsightValue, after: InsightValue, user: str, now: datetime, said: str
) -> list[InsightNews]:
    if after.status == Status.SHIPPED and after.shipped_on:
        said = f"{after.shipped_on:%Y-%m-%d}" + (f": {said}" if said else "")
    news = [InsightNews(now, user, Happened.STATUS, before.status, after.status, said)]
    if before.owner != after.owner:
        was, became = before.owner or "", after.owner or ""
        news.append(InsightNews(now, user, Happened.OWNER, was, became))
    return news


def note(context: Context, insight: int, text: str, user: str, now: datetime) -> None:
    """Add a note to an insight's thread. Raises `NotFound`, `UserError` for one with no words."""
    said = typed.note(context, text)
    if not said:
        raise UserError("A note needs some words.")
    with context.store.write() as session:
        value = insights.get(session, insight)
        cards.tell(session, context, value, [InsightNews(now, user, Happened.NOTE, said=said)], now)


def to_merge_into(context: Context, insight: int) -> tuple[InsightLine, ...]:
    """Other current insights, those that tell nearly the same first."""
    with context.store.read() as session:
        value = insights.get(session, insight)
        return similar.others(session, context, catalogues.load(session), value, MOST_TO_MERGE)


def merge(context: Context, source: int, target: int, user: str, now: datetime) -> None:
    """Make one insight part of another: tickets, messages and answers go along.

    Raises `NotFound`; `UserError` where they are one already.
    """
    with context.store.write() as session:
        # In one order, so that two merges of the same two wait for each other.
        for each in sorted((source, target)):
            rows.hold(session, each)
        value = insights.get(session, source)
        into = rows.standing(session, insights.get(session, target))
        if value.merged_into is not None or value.id == into.id:
            raise UserError("These two are one insight already.")
        moved = insight_tickets.move(session, value.id, into.id)
        insight_messages.move(session, value.id, into.id)
        said = InsightNews(now, user, Happened.MERGED, after=f"merged this into insight {into.id}")
        cards.tell(session, context, value, [said], now)
        value = rows.change(
            session, value.id, now, merged_into=into.id, status=Status.DECLINED.value
        )
        tickets = "1 ticket" if moved == 1 else f"{moved} tickets"
        words = f"merged insight {value.id} into this, with {tickets}"
        cards.refresh(session, context, value.id, now)
        news = InsightNews(now, user, Happened.MERGED, after=words)
        cards.tell(session, context, into, [news], now)
