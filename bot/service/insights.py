"""Insights: tagged by a person, shown on a card, answered by the team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.blocks import insights as screens
from bot.errors import NotFound, UserError
from bot.reports import (
    Answer,
    AnswerCount,
    Feature,
    InsightCard,
    InsightLine,
    InsightsReport,
    Kind,
    Quote,
    Status,
    TagSuggestion,
    TicketView,
)
from bot.service import catalogue as catalogues
from bot.service import convert, posting
from bot.service.context import Context
from bot.voice.features import Catalogue
from storage import features as feature_rows
from storage import insights as rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.insights import NewInsight
from storage.values import InsightValue, PostValue, ReactionValue

TITLE_MOST = 150
NOTE_MOST = 2_000
LISTED = 10


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Any Slack message that is tagged: only its place and link are kept, not its words."""

    channel: str
    ts: str
    link: str | None


@dataclass(frozen=True, slots=True)
class TagRequest:
    """What a person tags, and where. Either `ticket` (a row) or `message` is given."""

    team: str
    user: str
    channel: str
    title: str
    feature: str | None
    kind: Kind
    note: str = ""
    ticket: int | None = None
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """An insight after tagging; `made` is false when it was there before."""

    insight: int
    made: bool
    channel: str


def suggest(
    context: Context,
    *,
    ticket: int | None = None,
    message: tuple[str, str] | None = None,
    team: str = "",
) -> TagSuggestion:
    """What the tag modal opens with. Raises `NotFound` when the ticket is gone."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        if ticket is None and message is not None:
            ticket = _ticket_shown(session, team, *message)
        if ticket is None:
            found = rows.for_message(session, team, *message) if message else None
            return _blank(session, context, catalogue, message, found)
        view = _ticket(session, catalogue, ticket)
        existing = rows.for_ticket(session, ticket)
        title, feature, kind = defaults(view)
        return TagSuggestion(
            ticket=view,
            message=None,
            title=title,
            feature=feature,
            kind=kind,
            catalogue=tuple(catalogue.features),
            existing=_line(session, context, catalogue, existing) if existing else None,
        )


def _blank(
    session: Session,
    context: Context,
    catalogue: Catalogue,
    message: tuple[str, str] | None,
    existing: InsightValue | None,
) -> TagSuggestion:
    return TagSuggestion(
        ticket=None,
        message=message,
        title="",
        feature=None,
        kind=Kind.BROKEN,
        catalogue=tuple(catalogue.features),
        existing=_line(session, context, catalogue, existing) if existing else None,
    )


def _ticket_shown(session: Session, team: str, channel: str, ts: str) -> int | None:
    post = post_rows.get(session, team, channel, ts)
    return post.subject_id if post and post.shows == posting.TICKET else None


def _ticket(session: Session, catalogue: Catalogue, row: int) -> TicketView:
    found = ticket_rows.get(session, [row])
    if not found:
        raise NotFound("This ticket is no longer stored.")
    return convert.ticket(found[0], catalogue.by_id)


def defaults(ticket: TicketView) -> tuple[str, str | None, Kind]:
    """Suggested title (the quote, else the subject), feature and kind."""
    quote = ticket.quote
    title = quote.text if quote else ticket.subject or ticket.body
    feature = ticket.features[0].id if ticket.features else None
    kind = quote.kind if quote else Kind.BROKEN
    return " ".join(title.split())[:TITLE_MOST], feature, kind


def tag(context: Context, request: TagRequest, now: datetime) -> Tagged:
    """Make an insight and plan its card; tagging the same again finds the one that is there.

    The card goes to the channel that owns the feature; where nobody owns it, to the channel
    where the tag was made.
    """
    title = " ".join(request.title.split())[:TITLE_MOST]
    if not title:
        raise UserError("An insight needs a title.")
    with context.store.write() as session:
        if request.ticket is not None and not ticket_rows.get(session, [request.ticket]):
            raise NotFound("This ticket is no longer stored.")
        feature = _known(session, request.feature)
        owners = feature_rows.owners(session, request.team, feature) if feature else []
        message = request.message
        value, made = rows.add(
            session,
            NewInsight(
                team=request.team,
                title=title,
                feature_id=feature,
                kind=request.kind,
                note=request.note[:NOTE_MOST],
                card_channel=owners[0] if owners else request.channel,
                tagged_by=request.user,
                ticket_id=request.ticket,
                message_channel=message.channel if message else None,
                message_ts=message.ts if message else None,
                message_link=message.link if message else None,
            ),
            now,
        )
        if made:
            _plan_card(session, context, value, now)
        return Tagged(value.id, made, value.card_channel)


def tag_as_suggested(
    context: Context, *, team: str, user: str, channel: str, ticket: int, now: datetime
) -> Tagged:
    """Make an insight with the suggested values, as for a 💡 where no modal is possible."""
    suggestion = suggest(context, ticket=ticket)
    request = TagRequest(
        team=team,
        user=user,
        channel=channel,
        title=suggestion.title,
        feature=suggestion.feature,
        kind=suggestion.kind,
        ticket=ticket,
    )
    return tag(context, request, now)


def _known(session: Session, feature: str | None) -> str | None:
    return feature if feature in {value.id for value in feature_rows.every(session)} else None


def _plan_card(session: Session, context: Context, value: InsightValue, now: datetime) -> None:
    posting.plan_post(
        session,
        screens.card(_card(session, context, catalogues.load(session), value)),
        team=value.team,
        channel=value.card_channel,
        key=f"card:{value.id}",
        shows=posting.INSIGHT,
        subject=value.id,
        now=now,
    )


def card(context: Context, insight: int) -> InsightCard:
    """An insight as its card shows it. Raises `NotFound`."""
    with context.store.read() as session:
        return _card(session, context, catalogues.load(session), _value(session, insight))


def edit(
    context: Context,
    insight: int,
    *,
    title: str,
    feature: str | None,
    kind: Kind,
    note: str,
    now: datetime,
) -> None:
    """Change an insight and plan the edit of its cards. Raises `NotFound`."""
    title = " ".join(title.split())[:TITLE_MOST]
    if not title:
        raise UserError("An insight needs a title.")
    with context.store.write() as session:
        _value(session, insight)
        rows.edit(
            session,
            insight,
            title=title,
            feature_id=_known(session, feature),
            kind=kind,
            note=note[:NOTE_MOST],
            now=now,
        )
        refresh(session, context, insight, now)


def set_status(context: Context, insight: int, status: Status, now: datetime) -> None:
    """Move an insight to another status and plan the edit of its cards. Raises `NotFound`."""
    with context.store.write() as session:
        _value(session, insight)
        rows.set_status(session, insight, status, now)
        refresh(session, context, insight, now)


def refresh(session: Session, context: Context, insight: int, now: datetime) -> None:
    """Plan an edit of every posted card of this insight that shows something else by now."""
    value = rows.get(session, insight)
    if value is None:
        return
    message = screens.card(_card(session, context, catalogues.load(session), value))
    for post in post_rows.showing(session, posting.INSIGHT, insight):
        posting.plan_edit(session, message, post, now)


def search(context: Context, words: str) -> InsightsReport:
    """Insights that have all the words in title, note, kind, status or feature; newest first."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        found, total = rows.find(session, words, LISTED)
        lines = tuple(_line(session, context, catalogue, value) for value in found)
    return InsightsReport(" ".join(words.split()), lines, total)


def open_on(
    session: Session, context: Context, catalogue: Catalogue, feature: Feature | None, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights on a feature that are not closed."""
    if feature is None:
        return ()
    found = rows.open_on(session, feature.id, most)
    return tuple(_line(session, context, catalogue, value) for value in found)


def newest(
    session: Session, context: Context, catalogue: Catalogue, most: int
) -> tuple[InsightLine, ...]:
    """The newest insights of all."""
    found, _ = rows.find(session, "", most)
    return tuple(_line(session, context, catalogue, value) for value in found)


def _value(session: Session, insight: int) -> InsightValue:
    value = rows.get(session, insight)
    if value is None:
        raise NotFound("This insight is no longer there.")
    return value


def _line(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue
) -> InsightLine:
    answers, _ = _answers(session, context, value)
    counted = {answer.label: len(answer.people) for answer in answers}
    return convert.insight_line(value, catalogue.by_id, counted)


def _card(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue
) -> InsightCard:
    answers, others = _answers(session, context, value)
    ticket: TicketView | None = None
    if value.ticket_id is not None:
        ticket = _ticket(session, catalogue, value.ticket_id)
    return InsightCard(
        id=value.id,
        title=value.title,
        feature=catalogue.by_id.get(value.feature_id or ""),
        kind=Kind(value.kind),
        status=Status(value.status),
        note=value.note,
        quote=_quote(ticket, Kind(value.kind)) if ticket else None,
        tagged_by=value.tagged_by,
        created_at=value.created_at,
        tickets=1 if ticket else 0,
        customers=1 if ticket else 0,
        answers=answers,
        others=others,
        source_link=value.message_link,
    )


def _quote(ticket: TicketView, kind: Kind) -> Quote | None:
    of_kind = [quote for quote in ticket.quotes if quote.kind is kind]
    return next(iter(of_kind), ticket.quote)


def _answers(
    session: Session, context: Context, value: InsightValue
) -> tuple[tuple[AnswerCount, ...], tuple[tuple[str, int], ...]]:
    """Answers given on the insight's cards and on posts of its ticket; other emoji apart."""
    shown: list[PostValue] = post_rows.showing(session, posting.INSIGHT, value.id)
    if value.ticket_id is not None:
        shown += post_rows.showing(session, posting.TICKET, value.ticket_id)
    given = post_rows.reactions(session, shown)
    settings = context.settings
    others = Counter(
        r.emoji for r in given if r.emoji not in settings.answers and r.emoji != settings.tag_emoji
    )
    return _counted(given, settings.answers), tuple(sorted(others.items()))


def _counted(given: list[ReactionValue], meaning: Mapping[str, Answer]) -> tuple[AnswerCount, ...]:
    counted = []
    for emoji, answer in meaning.items():
        people = tuple(reaction.user for reaction in given if reaction.emoji == emoji)
        if people:
            counted.append(AnswerCount(answer, emoji, people))
    return tuple(counted)
