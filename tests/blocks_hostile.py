"""Screens whose every foreign field holds harm, for properties of both faces.

Each harmful text begins with a mark that tells whose words it is, so that a property can find it
in a payload and judge the place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from blocks_screens import (
    ALARM,
    ANSWER,
    CARD,
    DIGEST,
    FEW,
    HELP,
    HOME,
    LISTED,
    MISSPELT,
    NOTHING,
    RANKING,
    SEARCHED,
    SETTINGS,
    SUGGESTION,
    Screen,
)
from bot.blocks import alarm, digest, friction, home, insights, notice, tickets
from bot.reports import (
    Count,
    DigestItem,
    Feature,
    FeatureLine,
    FrictionReport,
    InsightCard,
    InsightLine,
    Kind,
    NoteLine,
    Quote,
    Silence,
    Status,
    Theme,
    TicketView,
    Week,
)

THEIRS = "zqtheirs"
TYPED = "zqtyped"
NAMED = "zqnamed"
TICKET_ID = "zqid"
HARM = [
    "",
    " \n\t ",
    "<!channel> <!here> <!everyone>",
    "<@U1> <#C1> <!subteam^S1> <!date^1^{date}^https://evil.example|x>",
    "<https://evil.example|bank.example> [x](https://evil.example)",
    "```*_~`> & &amp; <b>bold</b><script>alert(1)</script>",
    "\u202eevil\u2066x\u2069\u200b\u200d\ufeff\u00ad",
    "\u0301\u0301\u0301",
    "Z" + "\u0301" * 50,
    "\u3164\u2800\u115f",
    "x" * 20_000,
    "word " * 4_000,
    "line\n" * 4_000,
    "😀" * 20_000,
    "漢字" * 10_000,
    ":tada: :everyone: @channel #general",
    "\x00\x1b[31mred\x07\r\n\x85\u2028",
    "\U000e0041\U000e007f",
    "[bold red]x[/] {x} %s",
    "\ud800",
    '"}], "type": "broadcast"',
]
HARMFUL = st.sampled_from(HARM) | st.text(max_size=200)
URLS = st.sampled_from(
    [None, "javascript:alert(1)", "https://evil.example|x>", "https://help.example/t/1?a=b"]
)
GOOD_URL = "https://help.example/t/1?a=b"


def marked(mark: str) -> st.SearchStrategy[str]:
    """A hostile text that can be found again, or one without a letter in it."""
    return HARMFUL.map(lambda harm: f"{mark} {harm}") | HARMFUL


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    return Quote(
        key=draw(st.integers(1, 10**9)),
        ticket_id=draw(marked(TICKET_ID)),
        kind=draw(st.sampled_from(Kind)),
        text=draw(marked(THEIRS)),
        url=draw(URLS),
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
        segment=draw(st.none() | marked(THEIRS)),
    )


@st.composite
def features(draw: st.DrawFn) -> Feature:
    return Feature(draw(st.sampled_from(["pay", "search", "x" * 140])), draw(marked(NAMED)))


@st.composite
def ticket_views(draw: st.DrawFn) -> TicketView:
    return TicketView(
        key=7,
        ticket_id=draw(marked(TICKET_ID)),
        source=draw(marked(THEIRS)),
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
        subject=draw(marked(THEIRS)),
        body=draw(marked(THEIRS)),
        url=draw(URLS),
        kinds=tuple(draw(st.lists(st.sampled_from(Kind), unique=True))),
        features=tuple(draw(st.lists(features(), max_size=4))),
        quotes=tuple(draw(st.lists(quotes(), max_size=2))),
        segment=draw(st.none() | marked(THEIRS)),
    )


@st.composite
def insight_lines(draw: st.DrawFn) -> InsightLine:
    return InsightLine(
        id=3,
        title=draw(marked(THEIRS)),
        feature=draw(st.none() | features()),
        kind=Kind.BROKEN,
        status=draw(st.sampled_from(Status)),
        tickets=9,
        customers=8,
        answers={draw(marked(THEIRS)): 2},
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


@st.composite
def answers(draw: st.DrawFn) -> FrictionReport:
    base = draw(st.sampled_from([ANSWER, MISSPELT, FEW, SEARCHED, NOTHING]))
    themes = st.builds(
        Theme,
        label=marked(THEIRS),
        ticket_ids=st.just(("1",)),
        tickets=st.just(5),
        customers=st.just(4),
        quote=st.none() | quotes(),
        previous=st.none() | st.integers(0, 10**6),
    )
    return replace(
        base,
        asked=draw(marked(TYPED)),
        reading=draw(marked(TYPED)),
        note=draw(marked(TYPED)),
        search=draw(marked(TYPED)) if base.search else None,
        feature=draw(features()) if base.feature else None,
        themes=tuple(draw(st.lists(themes, max_size=4))),
        quotes=tuple(draw(st.lists(quotes(), max_size=4))),
        praise=tuple(draw(st.lists(quotes(), max_size=2))),
        insights=tuple(draw(st.lists(insight_lines(), max_size=4))),
        suggestions=tuple(draw(st.lists(features(), max_size=4))),
        akin=tuple(draw(st.lists(quotes(), max_size=5))),
        kinds_unknown=draw(st.sampled_from([0, 1, 10**6])),
        weeks=tuple(Week(date(2020, 1, 6) + timedelta(weeks=n), n, n) for n in range(60)),
    )


@st.composite
def cards(draw: st.DrawFn) -> InsightCard:
    return replace(
        CARD,
        title=draw(marked(THEIRS)),
        feature=draw(st.none() | features()),
        note=draw(marked(THEIRS)),
        quote=draw(st.none() | quotes()),
        tagged_by=draw(st.sampled_from(["U0PRIYA", "<!channel>", ""])),
        others=((draw(marked(THEIRS)), 2), ("eyes", 1)),
        source_link=draw(URLS),
    )


@st.composite
def hostile_screens(draw: st.DrawFn) -> Screen:
    """Any screen, with harm in every field that a customer, a source or a person fills."""
    make: Callable[[st.DrawFn], Screen] = draw(st.sampled_from(MAKERS))
    return make(draw)


def hostile_digest(draw: st.DrawFn) -> Screen:
    items = st.builds(
        DigestItem,
        ticket=ticket_views(),
        quote=quotes(),
        score=st.just(1.0),
        parts=st.just(()),
        why=marked(THEIRS),
        similar=st.integers(0, 10**6),
    )
    report = replace(
        DIGEST,
        verdict=draw(marked(NAMED)),
        reason=draw(marked(THEIRS)),
        items=tuple(draw(st.lists(items, max_size=7))),
    )
    if draw(st.booleans()):
        return digest.render(report, date(2026, 9, 15))
    catalogue = tuple(draw(st.lists(features(), max_size=3)))
    now = replace(SETTINGS.settings, timezone=draw(marked(TYPED)))
    return digest.settings_view(
        replace(SETTINGS, settings=now, catalogue=catalogue, preview=report)
    )


def hostile_tag(draw: st.DrawFn) -> Screen:
    return insights.tag_view(
        replace(
            SUGGESTION,
            ticket=draw(st.none() | ticket_views()),
            title=draw(marked(THEIRS)),
            feature=draw(st.sampled_from(["pay", None])),
            catalogue=tuple(draw(st.lists(features(), max_size=3))),
            existing=draw(st.none() | insight_lines()),
            note=draw(marked(THEIRS)),
        )
    )


def hostile_ranking(draw: st.DrawFn) -> Screen:
    named = st.builds(FeatureLine, features(), st.integers(0, 99), st.just(3), st.just(Count(9, 9)))
    report = replace(RANKING, features=tuple(draw(st.lists(named, max_size=20))))
    if draw(st.booleans()):
        return home.view(replace(HOME, features=report.features, insights=(draw(insight_lines()),)))
    show = draw(st.sampled_from([friction.render_ranking, friction.ranking_as_text]))
    return show(report)


def hostile_list(draw: st.DrawFn) -> Screen:
    listed = tuple(draw(st.lists(insight_lines(), max_size=15)))
    return insights.render_list(
        replace(LISTED, words=draw(marked(TYPED)), insights=listed, total=len(listed))
    )


def hostile_edit(draw: st.DrawFn) -> Screen:
    return insights.edit_view(draw(cards()), draw(st.lists(features(), max_size=3)))


def hostile_help(draw: st.DrawFn) -> Screen:
    examples = draw(st.lists(st.tuples(marked(TYPED), marked(THEIRS)), max_size=4))
    return friction.render_help(replace(HELP, examples=tuple(examples), hint=draw(marked(TYPED))))


def hostile_alarm(draw: st.DrawFn) -> Screen:
    noted = st.builds(NoteLine, st.just(ALARM.opened), marked(TYPED), st.none() | features())
    report = replace(
        ALARM,
        features=tuple(draw(st.lists(features(), max_size=9))),
        theme=draw(marked(THEIRS)),
        quotes=tuple(draw(st.lists(quotes(), max_size=5))),
        notes=tuple(draw(st.lists(noted, max_size=8))),
        earlier=(ALARM.opened,) * draw(st.integers(0, 9)),
        closed=draw(st.sampled_from([None, ALARM.seen])),
        silence=draw(st.sampled_from([None, *Silence])),
        silenced_by=draw(st.sampled_from(["U0PRIYA", "<!channel>", None])),
    )
    if draw(st.booleans()):
        return alarm.listed([report] * draw(st.integers(0, 40)))
    return alarm.render(report)


MAKERS: list[Callable[[st.DrawFn], Screen]] = [
    lambda draw: friction.render(draw(answers())),
    lambda draw: friction.render_shared(draw(answers()), draw(marked(THEIRS))),
    lambda draw: tickets.render(draw(ticket_views())),
    lambda draw: tickets.view(draw(ticket_views())),
    lambda draw: insights.card(draw(cards())),
    lambda draw: notice.notice(draw(marked(TYPED))),
    hostile_alarm,
    hostile_digest,
    hostile_tag,
    hostile_edit,
    hostile_list,
    hostile_ranking,
    hostile_help,
]
