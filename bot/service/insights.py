"""Insights: tagged by a person, shown on a card, answered by the team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.errors import NotFound, UserError
from bot.reports import (
    InsightCard,
    InsightLine,
    InsightsReport,
    Kind,
    Requester,
    Status,
    TagSuggestion,
    TicketView,
)
from bot.service import cards, posting, ranking
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.features import Catalogue
from bot.voice.text import clean
from storage import features as feature_rows
from storage import insights as rows
from storage import posts as post_rows
from storage import tickets as ticket_rows
from storage.insights import NewInsight
from storage.values import InsightValue

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
) -> TagSuggestion:
    """What the tag modal opens with. Raises `NotFound` when the ticket is gone."""
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        if ticket is None and message is not None:
            ticket = _ticket_shown(session, team, *message)
        if ticket is None:
            found = rows.for_message(session, team, *message) if message else None
            return _blank(session, context, catalogue, message, found)
        view = cards.ticket_view(session, catalogue, ticket)
        existing = rows.for_ticket(session, ticket)
        title, feature, kind = defaults(view)
        if feature is None:
            text = f"{view.subject}\n{view.body}"
            probable = ranking.suggestion(session, context, catalogue, text)
            feature = probable.id if probable else None
        return TagSuggestion(
            ticket=view,
            message=None,
            title=title,
            feature=feature,
            kind=kind,
            catalogue=tuple(catalogue.features),
            existing=_line(session, context, catalogue, existing),
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
        existing=_line(session, context, catalogue, existing),
    )


def _line(
    session: Session, context: Context, catalogue: Catalogue, value: InsightValue | None
) -> InsightLine | None:
    return next(iter(cards.lines(session, context, catalogue, [value] if value else [])), None)


def _ticket_shown(session: Session, team: str, channel: str, ts: str) -> int | None:
    post = post_rows.get(session, team, channel, ts)
    return post.subject_id if post and post.shows == posting.TICKET else None


def defaults(ticket: TicketView) -> tuple[str, str | None, Kind]:
    """Suggested title (the quote, else the subject), feature and kind."""
    quote = ticket.quote
    title = quote.text if quote else ticket.subject or ticket.body
    feature = ticket.features[0].id if ticket.features else None
    kind = quote.kind if quote else Kind.BROKEN
    return " ".join(title.split())[:TITLE_MOST], feature, kind


def card_channel(context: Context, request: TagRequest) -> str:
    """Where the card of this tag goes: to be checked before `tag`."""
    with context.store.read() as session:
        return _card_channel(session, request)


def _card_channel(session: Session, request: TagRequest) -> str:
    """The channel that owns the feature; where nobody owns it, that where the tag was made."""
    feature = _known(session, request.feature)
    owners = feature_rows.owners(session, request.team, feature) if feature else []
    return owners[0] if owners else request.channel


def tag(context: Context, request: TagRequest, now: datetime) -> Tagged:
    """Make an insight and plan its card; tagging the same again finds the one that is there.

    A card that could not be posted is planned once more then, for `card_channel`.
    """
    title, note = _typed(context, request.title, request.note)
    with context.store.write() as session:
        if request.ticket is not None and not ticket_rows.get(session, [request.ticket]):
            raise NotFound("This ticket is no longer stored.")
        message = request.message
        new = NewInsight(
            team=request.team,
            title=title,
            feature_id=_known(session, request.feature),
            kind=request.kind,
            note=note,
            card_channel=_card_channel(session, request),
            tagged_by=request.user,
            ticket_id=request.ticket,
            message_channel=message.channel if message else None,
            message_ts=message.ts if message else None,
            message_link=message.link if message else None,
        )
        value, made = rows.add(session, new, now)
        cards.plan(session, context, replace(value, card_channel=new.card_channel), now)
        return Tagged(value.id, made, value.card_channel, _says(value, new), value.tagged_by)


def _says(value: InsightValue, new: NewInsight) -> bool:
    """Whether an insight holds all that a person asked for."""
    asked = (new.tagged_by, new.title, new.feature_id, new.kind, new.note)
    return asked == (value.tagged_by, value.title, value.feature_id, value.kind, value.note)


def tag_as_suggested(
    context: Context, *, team: str, user: str, channel: str, ticket: int, now: datetime
) -> Tagged:
    """Make an insight with the suggested values, as for a 💡 where no modal is possible."""
    with context.store.read() as session:
        # Nobody looks at this before it is kept: a feature that is only probable is left out.
        title, feature, kind = defaults(
            cards.ticket_view(session, catalogues.load(session), ticket)
        )
    request = TagRequest(
        team=team,
        user=user,
        channel=channel,
        title=title,
        feature=feature,
        kind=kind,
        ticket=ticket,
    )
    return tag(context, request, now)


def _typed(context: Context, title: str, note: str) -> tuple[str, str]:
    """Title and note as they are kept, without personal data.

    Raises `UserError` when nothing in the title can be seen.
    """
    # Listing them does not wait for the rules to load.
    from bot.service.masking import redactor_for
    from bot.voice.redact import redact_or_withhold

    redactor = redactor_for(context.settings, Requester())
    # Redacted before it is cut: half an address would be no address any more.
    safe_title = redact_or_withhold(redactor, " ".join(clean(title).split()))[:TITLE_MOST]
    if not safe_title:
        raise UserError("An insight needs a title.")
    return safe_title, redact_or_withhold(redactor, clean(note))[:NOTE_MOST]


def _known(session: Session, feature: str | None) -> str | None:
    return feature if feature in {value.id for value in feature_rows.every(session)} else None


def card(context: Context, insight: int) -> InsightCard:
    """An insight as its card shows it. Raises `NotFound`."""
    with context.store.read() as session:
        return cards.card(session, context, catalogues.load(session), _value(session, insight))


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
    title, note = _typed(context, title, note)
    with context.store.write() as session:
        _value(session, insight)
        rows.edit(
            session,
            insight,
            title=title,
            feature_id=_known(session, feature),
            kind=kind,
            note=note,
            now=now,
        )
        cards.refresh(session, context, insight, now)


def set_status(context: Context, insight: int, status: Status, now: datetime) -> None:
    """Move an insight to another status and plan the edit of its cards. Raises `NotFound`."""
    with context.store.write() as session:
        _value(session, insight)
        rows.set_status(session, insight, status, now)
        cards.refresh(session, context, insight, now)


def search(context: Context, words: str, until: datetime | None = None) -> InsightsReport:
    """Insights that have all the words in title, note, kind, status or feature; newest first.

    With `until` only those that were made before it.
    """
    with context.store.read() as session:
        catalogue = catalogues.load(session)
        found, total = rows.find(session, words, LISTED, until)
        lines = cards.lines(session, context, catalogue, found)
    return InsightsReport(" ".join(words.split()), lines, total)


def _value(session: Session, insight: int) -> InsightValue:
    value = rows.get(session, insight)
    if value is None:
        raise NotFound("This insight is no longer there.")
    return value
