"""Insights: tagged by a person in one of three ways, or put to one that is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound
from bot.reports import (
    Happened,
    InsightCard,
    InsightLine,
    InsightNews,
    Kind,
    TagSuggestion,
    TicketView,
)
from bot.service import cards, insight_adding, insight_views, posting, ranking, similar, typed
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.service.insight_adding import Said
from bot.voice.features import Catalogue
from storage import features as feature_rows
from storage import insight_moves, insight_tickets
from storage import insights as rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.engines import INSIGHTS
from storage.insight_tickets import ITSELF
from storage.insights import NewInsight
from storage.values import InsightValue


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Any Slack message that is tagged: only its place and link are kept, not its words."""

    channel: str
    ts: str
    link: str | None


@dataclass(frozen=True, slots=True)
class TagRequest:
    """What a person tags, and where. Either `ticket` (a row) or `message` is given.

    With `into` it is put to that insight, and only the note is taken from the rest.
    """

    team: str
    user: str
    channel: str
    title: str
    feature: str | None
    kind: Kind
    note: str = ""
    ticket: int | None = None
    message: MessageRef | None = None
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """An insight after tagging; `made` is false when it was there before.

    `kept` is false when it was there and says something else than the request; `by` tagged it.
    """

    insight: int
    made: bool
    channel: str
    kept: bool
    by: str


def suggest(
    context: Context,
    *,
    ticket: int | None = None,
    message: tuple[str, str] | None = None,
    team: str = "",
    heard: str = "",
) -> TagSuggestion:
    """What the tag modal opens with. Raises `NotFound` when the ticket is gone.

    `heard` are the words of a message: similar insights are looked for with them, and then they
    are forgotten.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        if ticket is None and message is not None:
            ticket = _ticket_shown(session, team, *message)
        if ticket is None:
            found = _of_message(session, team, *message) if message else None
            return TagSuggestion(
                ticket=None,
                message=message,
                title="",
                feature=None,
                kind=Kind.BROKEN,
                catalogue=tuple(catalogue.features),
                existing=_line(session, context, catalogue, found),
                similar=() if found else similar.to_words(session, context, catalogue, heard),
            )
        return _of_ticket(session, context, catalogue, ticket)


def _of_ticket(
    session: Session, context: Context, catalogue: Catalogue, ticket: int
) -> TagSuggestion:
    view = insight_views.ticket_view(session, catalogue, ticket)
    existing = rows.for_ticket(session, ticket)
    title, feature, kind = defaults(view)
    if feature is None:
        text = f"{view.subject}\n{view.body}"
        probable = ranking.suggestion(session, context, catalogue, text)
        feature = probable.id if probable else None
    attached = insight_tickets.of_ticket(session, ticket)
    by_itself = attached is not None and attached.how == ITSELF
    offered: tuple[InsightLine, ...] = ()
    if existing is None or by_itself:
        offered = similar.to_ticket(session, context, catalogue, ticket)
    return TagSuggestion(
        ticket=view,
        message=None,
        title=title,
        feature=feature,
        kind=kind,
        catalogue=tuple(catalogue.features),
        existing=_line(session, context, catalogue, existing),
        similar=offered,
    )


def _line(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue | None
) -> InsightLine | None:
    found = insight_views.lines(session, context, catalogue, [value] if value else [])
    return next(iter(found), None)


def _ticket_shown(session: Session, team: str, channel: str, ts: str) -> int | None:
    post = post_rows.get(session, team, channel, ts)
    return post.subject_id if post and post.shows == posting.TICKET else None


def _of_message(session: Session, team: str, channel: str, ts: str) -> InsightValue | None:
    """The insight that has a message, or whose card or news it is."""
    post = post_rows.get(session, team, channel, ts)
    if post is not None and post.shows in (posting.INSIGHT, posting.NEWS):
        return rows.standing(session, get(session, post.subject_id))
    return rows.for_message(session, team, channel, ts)


def defaults(ticket: TicketView) -> tuple[str, str | None, Kind]:
    """Suggested title (the quote, else the subject), feature and kind."""
    quote = ticket.quote
    title = quote.text if quote else ticket.subject or ticket.body
    feature = ticket.features[0].id if ticket.features else None
    kind = quote.kind if quote else Kind.BROKEN
    return " ".join(title.split())[: typed.TITLE_MOST], feature, kind


def card_channel(context: Context, request: TagRequest) -> str:
    """Where the card of this tag goes: to be checked before `tag`."""
    with context.store.read() as session:
        if request.into is not None:
            return get(session, request.into).card_channel
        return _card_channel(session, request)


def _card_channel(session: Session, request: TagRequest) -> str:
    feature = known_feature(session, request.feature)
    return cards.channel(session, request.team, feature, request.channel)


def tag(context: Context, request: TagRequest, now: datetime) -> Tagged:
    """Make an insight and plan its card; tagging the same again finds the one that is there.

    A card that could not be posted is planned once more then, for `card_channel`.
    """
    if request.into is not None:
        return _put_to(context, request, request.into, now)
    title, note = typed.title(context, request.title), typed.note(context, request.note)
    with context.store.write(INSIGHTS) as session:
        if request.ticket is not None and not ticket_rows.get(session, [request.ticket]):
            raise NotFound("This ticket is no longer stored.")
        before = insight_moves.hold(session, request.ticket) if request.ticket else None
        new = _new(session, request, title, note)
        heard = request.message
        of_one = heard and _of_message(session, request.team, heard.channel, heard.ts)
        value, made = (of_one, False) if of_one else rows.add(session, new, now)
        if made:
            news = InsightNews(now, request.user, Happened.TAGGED)
            cards.keep(session, value, news)
        cards.plan(session, context, replace(value, card_channel=new.card_channel), now)
        if made and before is not None:
            insight_adding.left(session, context, before, Said(request.user, "", now))
        return Tagged(value.id, made, value.card_channel, _says(value, new), value.tagged_by)


def _new(session: Session, request: TagRequest, title: str, note: str) -> NewInsight:
    message = request.message
    return NewInsight(
        team=request.team,
        title=title,
        feature_id=known_feature(session, request.feature),
        kind=request.kind,
        note=note,
        card_channel=_card_channel(session, request),
        tagged_by=request.user,
        ticket_id=request.ticket,
        message_channel=message.channel if message else None,
        message_ts=message.ts if message else None,
        message_link=message.link if message else None,
        first_row=ticket_rows.newest_row(session),
    )


def _says(value: InsightValue, new: NewInsight) -> bool:
    """Whether an insight holds all that a person asked for."""
    asked = (new.tagged_by, new.title, new.feature_id, new.kind, new.note)
    return asked == (value.tagged_by, value.title, value.feature_id, value.kind, value.note)


def _put_to(context: Context, request: TagRequest, insight: int, now: datetime) -> Tagged:
    """Put a ticket or a message to an insight that is there; the same again changes nothing."""
    said = Said(request.user, typed.note(context, request.note), now)
    with context.store.write(INSIGHTS) as session:
        value = rows.standing(session, get(session, insight))
        if request.ticket is not None:
            insight_adding.ticket(session, context, value, request.ticket, said)
        elif request.message is not None:
            heard = request.message
            insight_adding.message(
                session,
                context,
                value,
                said,
                place=(request.team, heard.channel, heard.ts),
                link=heard.link,
            )
        cards.plan(session, context, value, now)
        return Tagged(value.id, False, value.card_channel, True, value.tagged_by)


def tag_as_suggested(
    context: Context, *, team: str, user: str, channel: str, ticket: int, now: datetime
) -> Tagged:
    """Make an insight with the suggested values, as for a 💡 where no modal is possible.

    A ticket that has attached itself to one is confirmed there instead.
    """
    with context.store.read() as session:
        # Nobody looks at this before it is kept: a feature that is only probable is left out.
        title, feature, kind = defaults(
            insight_views.ticket_view(session, catalogues.load(session), ticket)
        )
        attached = insight_tickets.of_ticket(session, ticket)
    request = TagRequest(
        team=team,
        user=user,
        channel=channel,
        title=title,
        feature=feature,
        kind=kind,
        ticket=ticket,
        into=attached.insight if attached and attached.how != insight_tickets.TAGGED else None,
    )
    return tag(context, request, now)


def card(context: Context, insight: int) -> InsightCard:
    """An insight as its card shows it. Raises `NotFound`."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        return insight_views.card(session, context, catalogue, get(session, insight))


def known_feature(session: Session, feature: str | None) -> str | None:
    """The feature if there is one of this id."""
    return feature if feature in {value.id for value in feature_rows.every(session)} else None


def get(session: Session, insight: int) -> InsightValue:
    """An insight, whatever became of it. Raises `NotFound`."""
    value = rows.get(session, insight)
    if value is None:
        raise NotFound("This insight is no longer there.")
    return value
