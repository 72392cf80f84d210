"""What people do to insights: edit, own, move on, note, merge; kept, and told in the thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session

from bot.errors import UserError
from bot.reports import EffectVerdict, Happened, InsightLine, InsightNews, Kind, Status
from bot.service import cards, insights, looked, schedule, similar, typed
from bot.service import catalogue as catalogues
from bot.service import insight_steps as steps
from bot.service.context import Context
from storage import engines, insight_lists, insight_messages, insight_moves
from storage import insights as rows
from storage.values import InsightValue

MOST_TO_MERGE: Final = 50
ON_CARD: Final = "set its status on its card."


@dataclass(frozen=True, slots=True)
class Edit:
    """What an insight is to say; `owner` is a Slack user id.

    Of a person's form only `changed` is meant, by these names: the rest may be other by now.
    """

    title: str
    feature: str | None
    kind: Kind
    note: str
    owner: str | None = None
    issue: str = ""
    changed: frozenset[str] | None = None

    def says(self, name: str) -> bool:
        """Whether this is to be kept: without a word of what was changed, all is."""
        return self.changed is None or name in self.changed


def check_issue(context: Context, issue: str) -> None:
    """Raises `UserError` for what is no address of an issue."""
    typed.address(context, issue)


def edit(context: Context, insight: int, wanted: Edit, user: str, now: datetime) -> None:
    """Change an insight, and tell what is other than before.

    Raises `NotFound`, and `UserError` for a title or an address that cannot be kept.
    """
    values: dict[str, Any] = {}
    if wanted.says("title"):
        values["title"] = typed.title(context, wanted.title)
    if wanted.says("note"):
        values["note"] = typed.note(context, wanted.note)
    if wanted.says("issue"):
        values["issue_url"] = typed.address(context, wanted.issue)
    if wanted.says("kind"):
        values["kind"] = wanted.kind.value
    with context.store.write() as session:
        before = steps.held(session, insight)
        if wanted.says("feature"):
            values["feature_id"] = insights.known_feature(session, wanted.feature)
        if wanted.says("owner"):
            values |= steps.of_owner(before, wanted.owner)
        after = rows.change(session, before.id, now, **values)
        news = steps.differences(session, before, after, user, now)
        if news:
            cards.tell(session, context, after, news, now)
        else:
            cards.refresh(session, context, before.id, now)


def own(context: Context, insight: int, user: str, now: datetime) -> None:
    """A person takes an insight on, from whoever had it. Raises `NotFound`."""
    with context.store.write() as session:
        before = steps.held(session, insight)
        values = steps.of_owner(before, user)
        if before.owner == user and before.status == values["status"]:
            return
        after = rows.change(session, before.id, now, **values)
        news = steps.differences(session, before, after, user, now)
        cards.tell(session, context, after, news, now)


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
        before = steps.held(session, insight)
        values = steps.of_status(before, status, user, today=now.date(), on=on, said=said)
        _move(session, context, before, values, user=user, now=now, said=said)


def _move(
    session: Session,
    context: Context,
    before: InsightValue,
    values: dict[str, Any],
    *,
    user: str,
    now: datetime,
    said: str = "",
) -> None:
    if all(getattr(before, name) == value for name, value in values.items()):
        cards.refresh(session, context, before.id, now)
        return
    after = rows.change(session, before.id, now, **values)
    news = steps.told_status(before, after, user, now, said)
    cards.tell(session, context, after, news, now)


def verify(context: Context, insight: int, now: datetime, *, user: str) -> None:
    """A person takes the offer of a look that said a fix helped.

    The offer stays in the thread: raises `NotFound`, and `UserError` where it is no longer
    shipped, shipped anew since, or a later look says something else.
    """
    with context.store.write() as session:
        before = steps.held(session, insight)
        if before.status not in steps.SHIPPED:
            raise UserError(f"Insight {before.id} is {before.status} by now: {ON_CARD}")
        looks = looked.since_shipped(session, [before])[before.id]
        if not looks:
            raise UserError(f"Insight {before.id} shipped anew since this was said: {ON_CARD}")
        if looks[-1].verdict is not EffectVerdict.HELPED:
            raise UserError(f"The last look says {looks[-1].verdict!s}: {ON_CARD}")
        values = {"status": Status.VERIFIED.value}
        _move(session, context, before, values, user=user, now=now)


def note(context: Context, insight: int, text: str, user: str, now: datetime) -> None:
    """Add a note to an insight's thread. Raises `NotFound`, `UserError` for one with no words."""
    said = typed.note(context, text)
    if not said:
        raise UserError("A note needs some words.")
    with context.store.write() as session:
        value = steps.held(session, insight)
        cards.tell(session, context, value, [InsightNews(now, user, Happened.NOTE, said=said)], now)


def to_merge_into(context: Context, insight: int) -> tuple[InsightLine, ...]:
    """Other current insights, those that tell nearly the same first."""
    with context.store.read() as session:
        value = rows.standing(session, insights.get(session, insight))
        return similar.others(session, context, catalogues.load(session), value, MOST_TO_MERGE)


def merge(context: Context, source: int, target: int, user: str, now: datetime) -> None:
    """Make one insight part of another: tickets, messages and answers go along.

    Owner, issue and ship date do where the other has none. Raises `NotFound`; `UserError` where
    they are one already, or the other is closed by now.
    """
    with context.store.write(engines.INSIGHTS) as session:
        value = insights.get(session, source)
        into = rows.standing(session, insights.get(session, target))
        rows.hold_all(session, (value.id, into.id))
        value, before = insights.get(session, source), insights.get(session, into.id)
        if value.merged_into is not None or value.id == before.id:
            raise UserError("These two are one insight already.")
        if before.status not in insight_lists.OPEN:
            raise UserError(f"Insight {before.id} is {before.status} by now: choose another.")
        moved = insight_moves.move(session, value.id, before.id)
        insight_messages.move(session, value.id, before.id)
        said = f"merged this into insight {before.id}"
        news = [InsightNews(now, user, Happened.MERGED, after=said)]
        cards.tell(session, context, value, news, now)
        gone = {"merged_into": before.id, "status": Status.DECLINED.value}
        rows.change(session, value.id, now, **gone)
        cards.refresh(session, context, value.id, now)
        after = rows.change(session, before.id, now, **steps.inherited(value, before))
        tickets = "1 ticket" if moved == 1 else f"{moved} tickets"
        said = f"merged insight {value.id} into this, with {tickets}"
        news = [InsightNews(now, user, Happened.MERGED, after=said)]
        news += steps.differences(session, before, after, user, now)
        cards.tell(session, context, after, news, now)
