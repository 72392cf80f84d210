"""A channel's digest, and the modal in which it is set up with a preview of what it would say."""

from __future__ import annotations

from datetime import date, timedelta

from bot.blocks import alive, forms, parts, words
from bot.blocks.digest_why import like_button, why_button
from bot.blocks.kit import (
    ACTION_DIGEST_PREVIEW,
    ACTION_DIGEST_SETTINGS,
    ACTION_TICKETS,
    BLOCK_ALARMS,
    BLOCK_DAYS,
    BLOCK_FEATURES,
    BLOCK_MOST,
    BLOCK_ON,
    BLOCK_OWNS,
    BLOCK_TIME,
    BLOCK_TIMEZONE,
    QUOTE,
    VIEW_DIGEST,
    Block,
    actions,
    button,
    channel,
    context,
    data,
    divider,
    header,
    line,
    message,
    ours,
    rich,
    theirs,
)
from bot.blocks.text import shown
from bot.reports import (
    FRICTION_KINDS,
    DigestItem,
    DigestReport,
    Message,
    SettingsReport,
    Window,
)

SIZE = 9_000
MOST_ITEMS = 5
QUOTE_LENGTH = 260
TIMEZONE_LENGTH = 60
ALARMS_HINT = "About the features above and those you own. One message each, edited while it lasts."
BRIGHT = "Bright spot"
WEEK = timedelta(days=7)
LEGEND = (
    "Each ticket is in the thread, to be answered: ✅ knew it · 😮 surprised me · 🙋 we own it · "
    "🙅 not a problem · 🛠️ fixed · 💡 tag"
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


def settings_view(report: SettingsReport) -> Block:
    """All of a channel's digest on one modal; the preview shows what stands in the inputs."""
    now = report.settings
    refresh = button("Refresh preview", ACTION_DIGEST_PREVIEW)
    return forms.modal(
        VIEW_DIGEST,
        "Digest settings",
        [
            rich(line(ours("The digest of "), channel(now.channel))),
            *_what(report),
            *_when(report),
            divider(),
            header("Preview"),
            *_preview(report.preview),
            actions(refresh),
        ],
        submit="Save" if report.exists else "Start digest",
        metadata=data(team=now.team, channel=now.channel),
    )


def _is_bright(item: DigestItem) -> bool:
    return item.quote.kind not in FRICTION_KINDS


def item_block(item: DigestItem) -> Block:
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


def _what(report: SettingsReport) -> list[Block | None]:
    now = report.settings
    if not report.catalogue:
        hint = "No features are named yet: the digest looks at every ticket."
        return [rich(line(ours(hint)))]
    options = forms.feature_options(report.catalogue, (*now.features, *now.owns))
    missing = len(report.catalogue) - len(options)
    more = f" {missing:,} more features do not fit here." if missing else ""
    wanted = forms.multi_select(options, now.features, "All features")
    owned = forms.multi_select(options, now.owns, "None")
    about = f"Empty: all features.{more}"
    cards = "Cards of insights on these come to this channel."
    return [
        forms.field(BLOCK_FEATURES, "About", wanted, hint=about, optional=True),
        forms.field(BLOCK_OWNS, "We own", owned, hint=cards, optional=True),
    ]


def _when(report: SettingsReport) -> list[Block | None]:
    now = report.settings
    days = [forms.option(str(number), name) for number, name in enumerate(words.WEEKDAYS, 1)]
    most = [forms.option(str(count), words.number(count, "ticket")) for count in range(1, 6)]
    sending = [forms.option("on", "Post the digest")]
    zone = forms.text_input(now.timezone, TIMEZONE_LENGTH)
    chosen = [str(number) for number in now.days]
    switch = forms.checkboxes(sending, ["on"] if now.on else [])
    bell = [forms.option("on", "Say at once when more customers write than usual")]
    alarms = forms.checkboxes(bell, ["on"] if now.alarms else [])
    return [
        forms.field(BLOCK_TIME, "At", forms.time_input(now.at)),
        forms.field(BLOCK_TIMEZONE, "Time zone", zone, hint="As in Europe/Berlin."),
        forms.field(BLOCK_DAYS, "On", forms.checkboxes(days, chosen)),
        forms.field(BLOCK_MOST, "At most", forms.select(most, str(now.most), "Tickets")),
        forms.field(BLOCK_ON, "Sending", switch, optional=True),
        forms.field(BLOCK_ALARMS, "Alarms", alarms, hint=ALARMS_HINT, optional=True),
    ]


def _preview(report: DigestReport) -> list[Block | None]:
    if not report.items:
        return [rich(line(ours("Nothing would be posted. "), silence(report)))]
    verdict = rich(line(theirs(report.verdict, QUOTE, bold=True)))
    return [verdict, *(item_block(item) for item in report.items[:MOST_ITEMS])]


def silence(report: DigestReport) -> Block:
    return theirs(report.reason or "No ticket stood out.", QUOTE)
