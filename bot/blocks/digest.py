"""A channel's digest: the verdict, and a few customers in their own words."""

from __future__ import annotations

from datetime import date, timedelta

from bot.blocks import alive, digest_less, forms, parts, words
from bot.blocks.digest_why import like_button, why_button
from bot.blocks.kit import (
    ACTION_DIGEST_SETTINGS,
    ACTION_TICKETS,
    QUOTE,
    Block,
    actions,
    button,
    context,
    data,
    divider,
    header,
    line,
    message,
    rich,
    theirs,
)
from bot.blocks.text import shown
from bot.reports import FRICTION_KINDS, DigestItem, DigestReport, Message, Window

SIZE = 9_000
MOST_ITEMS = 5
QUOTE_LENGTH = 260
BRIGHT = "Bright spot"
WEEK = timedelta(days=7)
LEGEND = (
    "Each ticket is in the thread, to be answered: ✅ knew it · 😮 surprised me · 🙋 we own it · "
    "🙅 not a problem · 🛠️ fixed · 💡 tag. Under ⋯: less of this"
)


def render(report: DigestReport, day: date) -> Message:
    """The digest of one day: the verdict, a few customers in their own words, a bright spot."""
    settings = button("Settings", ACTION_DIGEST_SETTINGS, report.channel)
    blocks: list[Block | None]
    date_said = f"{words.WEEKDAYS[day.weekday()]}, {words.day(day)}"
    if not report.items:
        nothing = [rich(line(silence(report))), _alive(report), actions(settings)]
        blocks = [header("Nothing to report today"), *nothing]
        return message(f"No digest for {date_said}", [block for block in blocks if block])
    shown_items = report.items[:MOST_ITEMS]
    friction = [item for item in shown_items if not _is_bright(item)]
    bright = [item for item in shown_items if _is_bright(item)]
    blocks = [header(report.verdict)]
    for item in friction:
        blocks += [item_block(item), _buttons(item, day)]
    blocks.append(divider() if friction and bright else None)
    for item in bright:
        blocks += [item_block(item), _buttons(item, day)]
    closing = [
        context(LEGEND, emoji=True),
        context(f"{date_said}. {_read(report)}. {report.level}"),
        _alive(report),
        actions(why_button(day.isoformat()), _all_of_them(report), settings),
    ]
    return message(_summary(report), [block for block in (*blocks, *closing) if block], SIZE)


def _is_bright(item: DigestItem) -> bool:
    return item.quote.kind not in FRICTION_KINDS


def item_block(item: DigestItem) -> Block:
    """One ticket: its quote, and why it is here."""
    named = item.ticket.features[0].name if item.ticket.features else ""
    why = line(theirs(item.why[:1].upper() + item.why[1:], QUOTE))
    label = BRIGHT if _is_bright(item) else ""
    return parts.quoted(item.quote, why, feature=named, label=label, most=QUOTE_LENGTH)


def _buttons(item: DigestItem, day: date) -> Block | None:
    quote = item.quote
    return actions(
        parts.source_button(quote.key, quote.ticket_id, quote.url),
        parts.tag_button(quote.key, quote.ticket_id),
        like_button(day, quote.key, item.similar),
        digest_less.menu(item),
    )


def _read(report: DigestReport) -> str:
    """`31 new tickets from 29 customers read, 28 left out`."""
    who = f" from {words.number(report.customers, 'customer')}" if report.customers else ""
    left = f", {report.left_out:,} left out" if report.left_out else ""
    return f"{words.number(report.new, 'new ticket')}{who} read{left}"


def _all_of_them(report: DigestReport) -> Block | None:
    """The tickets that the verdict counts, where it tells of a feature."""
    if report.about is None or report.at is None:
        return None
    week = Window(report.at - WEEK, report.at, "last 7 days")
    question = data(q=words.question(report.about, week), at=report.at.isoformat())
    return button(f"All on {parts.name_of(report.about)}", ACTION_TICKETS, question)


def _alive(report: DigestReport) -> Block | None:
    return rich(alive.said(report.alive)) if report.alive else None


def _summary(report: DigestReport) -> str:
    """The verdict, and which kinds on which features follow: enough for who only listens."""
    named = []
    for item in report.items[:MOST_ITEMS]:
        features = item.ticket.features
        about = f" on {shown(features[0].name, forms.OPTION)}" if features else ""
        named.append(f"{item.quote.kind}{about}")
    return f"{report.verdict} ({', '.join(dict.fromkeys(named))})"


def silence(report: DigestReport) -> Block:
    """Why there is nothing."""
    return theirs(report.reason or "No ticket stood out.", QUOTE)
