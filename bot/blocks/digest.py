"""A channel's digest: the verdict, and a few customers in their own words."""

from __future__ import annotations

from datetime import date

from bot.blocks import digest_less, forms, parts, words
from bot.blocks.digest_why import why_button
from bot.blocks.kit import (
    ACTION_DIGEST_SETTINGS,
    QUOTE,
    Block,
    actions,
    button,
    context,
    header,
    line,
    message,
    ours,
    rich,
    theirs,
)
from bot.blocks.text import shown
from bot.reports import DigestItem, DigestReport, Message

SIZE = 9_000
MOST_ITEMS = 5
QUOTE_LENGTH = 260
LEGEND = (
    "Details in the thread. React: ✅ knew it · 😮 surprised me · 🙋 we own it · "
    "🙅 not a problem · 🛠️ fixed · 💡 tag. Under ⋯: less of this"
)


def render(report: DigestReport, day: date) -> Message:
    """The digest of one day: the verdict, then a few customers in their own words."""
    settings = actions(button("Settings", ACTION_DIGEST_SETTINGS, report.channel))
    weekday = words.WEEKDAYS[day.weekday()]
    if not report.items:
        return message(
            f"No digest for {weekday}, {words.day(day)}",
            [header("Nothing to report today"), rich(line(silence(report))), settings],
        )
    ask = actions(
        why_button(day.isoformat()), button("Settings", ACTION_DIGEST_SETTINGS, report.channel)
    )
    blocks: list[Block | None] = [header(report.verdict)]
    for item in report.items[:MOST_ITEMS]:
        blocks += [item_block(item), _buttons(item)]
    read = f"{weekday}, {words.day(day)}"
    if report.left_out:
        read = f"{read}. {words.number(report.left_out, 'more ticket')} read and left out"
    closing = [context(LEGEND, emoji=True), context(read), ask]
    return message(_summary(report), [*blocks, *closing], SIZE)


def item_block(item: DigestItem) -> Block:
    """One ticket: its quote, and why it is here."""
    named = item.ticket.features[0].name if item.ticket.features else ""
    similar = [ours(f", and {item.similar:,} like it")] if item.similar else []
    why = line(theirs(item.why[:1].upper() + item.why[1:], QUOTE), *similar)
    return parts.quoted(item.quote, why, feature=named, most=QUOTE_LENGTH)


def _buttons(item: DigestItem) -> Block | None:
    quote = item.quote
    return actions(
        parts.open_button(quote.ticket_id, quote.url),
        parts.tag_button(quote.key, quote.ticket_id),
        digest_less.menu(item),
    )


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
