"""The modal in which a channel's digest is set up, with a preview of what it would say."""

from __future__ import annotations

from bot.blocks import cadence, forms, words
from bot.blocks.digest import MOST_ITEMS, item_block, silence
from bot.blocks.digest_less import list_button
from bot.blocks.kit import (
    ACTION_DIGEST_CADENCE,
    ACTION_DIGEST_PREVIEW,
    BLOCK_ALARMS,
    BLOCK_CADENCE,
    BLOCK_DAYS,
    BLOCK_FEATURES,
    BLOCK_MOST,
    BLOCK_ON,
    BLOCK_OWNS,
    BLOCK_TIME,
    BLOCK_TIMEZONE,
    BLOCK_WEEKDAY,
    QUOTE,
    VIEW_DIGEST,
    Block,
    actions,
    button,
    channel,
    data,
    divider,
    header,
    line,
    ours,
    rich,
    theirs,
)
from bot.reports import Cadence, DigestReport, SettingsReport

TIMEZONE_LENGTH = 60
ALARMS_HINT = "About the features above and those you own. One message each, edited while it lasts."
RISES_HINT = (
    "It looks on these days, and posts where a feature or a theme is above its usual level."
)


def settings_view(report: SettingsReport) -> Block:
    """All of a channel's digest on one modal; the preview shows what stands in the inputs."""
    now = report.settings
    refresh = button("Refresh preview", ACTION_DIGEST_PREVIEW)
    return forms.modal(
        VIEW_DIGEST,
        "Digest settings",
        [
            rich(line(ours("The digest of "), channel(now.channel))),
            *(cadence.muted_rows(now.channel, report.mute) if report.mute else []),
            *_what(report),
            *_when(report),
            *([] if report.mute or not report.exists else cadence.mute_rows(now.channel)),
            *list_button(report.less),
            divider(),
            header("Preview"),
            *_preview(report.preview),
            actions(refresh),
        ],
        submit="Save" if report.exists else "Start digest",
        metadata=data(team=now.team, channel=now.channel),
    )


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
    most = [forms.option(str(count), words.number(count, "ticket")) for count in range(1, 6)]
    sending = [forms.option("on", "Post the digest")]
    zone = forms.text_input(now.timezone, TIMEZONE_LENGTH)
    switch = forms.checkboxes(sending, ["on"] if now.on else [])
    bell = [forms.option("on", "Say at once when more customers write than usual")]
    alarms = forms.checkboxes(bell, ["on"] if now.alarms else [])
    return [
        *_how_often(report),
        forms.field(BLOCK_TIME, "At", forms.time_input(now.at)),
        forms.field(BLOCK_TIMEZONE, "Time zone", zone, hint="As in Europe/Berlin."),
        forms.field(BLOCK_MOST, "At most", forms.select(most, str(now.most), "Tickets")),
        forms.field(BLOCK_ON, "Sending", switch, optional=True),
        forms.field(BLOCK_ALARMS, "Alarms", alarms, hint=ALARMS_HINT, optional=True),
    ]


def _how_often(report: SettingsReport) -> list[Block | None]:
    """The cadence, and the days that go with it; choosing another shows its own."""
    now = report.settings
    offered = [forms.option(one.value, name) for one, name in cadence.NAMES.items()]
    menu = forms.select(offered, now.cadence.value, "How often")
    often: Block = {
        "type": "actions",
        "block_id": BLOCK_CADENCE,
        "elements": [{**menu, "action_id": ACTION_DIGEST_CADENCE}],
    }
    found: list[Block | None] = [rich(line(ours("How often", bold=True))), often]
    days = [forms.option(str(number), name) for number, name in enumerate(words.WEEKDAYS, 1)]
    if now.cadence is Cadence.WEEKLY:
        day = forms.select(days, str(now.weekday), "Day")
        found.append(forms.field(BLOCK_WEEKDAY, "On", day))
    elif now.cadence is not Cadence.DAILY:
        boxes = forms.checkboxes(days, [str(number) for number in now.days])
        hint = RISES_HINT if now.cadence is Cadence.RISES else ""
        found.append(forms.field(BLOCK_DAYS, "On", boxes, hint=hint))
    return found


def _preview(report: DigestReport) -> list[Block | None]:
    if not report.items:
        return [rich(line(ours("Nothing would be posted. "), silence(report)))]
    verdict = rich(line(theirs(report.verdict, QUOTE, bold=True)))
    return [verdict, *(item_block(item) for item in report.items[:MOST_ITEMS])]
