"""Screens whose every foreign field holds harm, for properties of both faces.

Each harmful text begins with a mark that tells whose words it is, so that a property can find it
in a payload and judge the place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

import effect_screens
from blocks_screens import (
    ALARM,
    ALIVE,
    ANSWER,
    CARD,
    DIGEST,
    EDIT,
    EFFECT_TICKETS,
    FEW,
    HELP,
    HOME,
    LESS,
    LIKE_IT,
    LISTED,
    LISTING,
    MISSPELT,
    MUTE,
    NARROWING,
    NOTHING,
    NOW,
    PLACE,
    PRAISED,
    QUESTION,
    RANKING,
    SEARCHED,
    SETTINGS,
    SPOKEN,
    SUGGESTION,
    THEMES,
    WHY,
    Screen,
)
from bot.blocks import (
    alarm,
    alive,
    audit,
    digest,
    digest_less,
    digest_settings,
    digest_useful,
    digest_why,
    editing,
    effect,
    effect_tickets,
    forgetting,
    friction,
    home,
    insight_card,
    insight_forms,
    insight_news,
    insight_tickets,
    insights,
    introduction,
    kit,
    leaks,
    listing,
    narrowing,
    notice,
    posts,
    ranking,
    theme_list,
    tickets,
    versus,
    way_in,
)
from bot.blocks import answers as by_any_door
from bot.blocks.answers import Answered
from bot.reports import (
    AliveReport,
    AuditLine,
    AuditReport,
    Choices,
    Corrected,
    Correction,
    Count,
    Deed,
    DigestItem,
    EffectVerdict,
    Feature,
    FeatureLine,
    Forget,
    ForgetReport,
    FrictionReport,
    Happened,
    InsightCard,
    InsightLine,
    InsightNews,
    InsightTicketLine,
    InsightTickets,
    Kind,
    LeakReport,
    LessOf,
    Look,
    Mark,
    Message,
    NameChange,
    NoteLine,
    PostLine,
    PostsEdited,
    PostsReport,
    Proof,
    Quote,
    Segment,
    Silence,
    SourceHeard,
    Status,
    Theme,
    TicketView,
    Verdict,
    VersusReport,
    WayInReport,
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
PIECES = [
    *(
        "<!",
        "<@",
        "<#",
        "<!subteam^",
        "<!date^1^{date}^",
        "channel",
        "here",
        "everyone",
        "U1",
        "C1",
    ),
    *(">", "<", "|", "&lt;", "&gt;", "&amp;", "&#60;", "&#x3c;!", "&amp;lt;", "\\", "\u200b"),
    *("https://", "evil.example", "mailto:", "tel:", "javascript:", "](", "[", ")", "@", "#", ":"),
    *(
        "```",
        "`",
        "*",
        "_",
        "~",
        "\n> ",
        "\n",
        " ",
        "\u202e",
        "\u2066",
        "＜！",
        "＠",
        "\0",
        "\u2028",
    ),
    *("@here", "@channel", "#general", ":tada:", '"', "'", "{", "}", "%s", "\U000e0041", "\u0301"),
]
"""What markup of Slack, mail and the web is made of, to be joined in any order."""
WOVEN = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)
HARMFUL = st.sampled_from(HARM) | st.text(max_size=200) | WOVEN
URLS = st.sampled_from(
    [None, "javascript:alert(1)", "https://evil.example|x>", "https://help.example/t/1?a=b"]
)
AS_OF = st.none() | st.just(NOW)
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
        corrections=tuple(draw(st.lists(corrections(), max_size=30))),
    )


def corrections() -> st.SearchStrategy[Correction]:
    return st.builds(
        Correction,
        what=st.sampled_from(Corrected),
        value=st.sampled_from(["pay", "broken", "x" * 140]),
        verdict=st.sampled_from(Verdict),
        name=marked(NAMED),
        by=st.sampled_from(["U0PRIYA", "<!channel>", ""]),
        said_at=st.just(datetime(2026, 9, 1, tzinfo=UTC)),
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
        looked=draw(st.none() | looks()),
    )


def looks() -> st.SearchStrategy[Look]:
    bound = st.none() | st.floats(0, 1e6)
    return st.builds(Look, st.sampled_from([2, 12]), st.sampled_from(EffectVerdict), *[bound] * 3)


def told_themes() -> st.SearchStrategy[Theme]:
    return st.builds(
        Theme,
        label=marked(THEIRS),
        ticket_ids=st.just(("1",)),
        tickets=st.just(5),
        customers=st.just(4),
        quote=st.none() | quotes(),
        previous=st.none() | st.integers(0, 10**6),
    )


def segments() -> st.SearchStrategy[Segment]:
    return st.builds(Segment, marked(THEIRS), st.just(5), st.just(4), st.none() | st.just(3))


@st.composite
def answers(draw: st.DrawFn) -> FrictionReport:
    base = draw(st.sampled_from([ANSWER, MISSPELT, FEW, SEARCHED, NOTHING, SPOKEN, PRAISED]))
    themes = told_themes()
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
        weeks=tuple(
            Week(date(2020, 1, 6) + timedelta(weeks=n), n, n)
            for n in range(draw(st.sampled_from([4, 20, 60, 800])))
        ),
        marks=tuple(draw(st.lists(marks(), max_size=6))),
        phrase=draw(marked(TYPED)),
        segment=draw(st.none() | marked(THEIRS)),
        source=draw(st.none() | marked(THEIRS)),
        segments=tuple(draw(st.lists(segments(), max_size=6))),
        as_of=draw(AS_OF),
    )


@st.composite
def marks(draw: st.DrawFn) -> Mark:
    return Mark(date(2026, 8, 20) + timedelta(days=draw(st.integers(0, 20))), draw(marked(THEIRS)))


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
        owner=draw(st.sampled_from(["U0PRIYA", "<!channel>", None])),
        issue_url=draw(URLS),
        status=draw(st.sampled_from(Status)),
        shipped_on=date(2026, 9, 10),
        shipped_what=draw(marked(TYPED)),
        declined_why=draw(marked(TYPED)),
        links=(draw(URLS) or "",),
        merged_into=draw(st.sampled_from([None, 3])),
    )


@st.composite
def hostile_screens(draw: st.DrawFn) -> Screen:
    """Any screen, with harm in every field that a customer, a source or a person fills."""
    make: Callable[[st.DrawFn], Screen] = draw(st.sampled_from(MAKERS))
    return make(draw)


def either(draw: st.DrawFn, message: Message) -> Message:
    """A message as it is, or as it is where Slack refuses charts and tables."""
    if message.plain is None or draw(st.booleans()):
        return message
    return Message(message.text, message.plain)


def hostile_versus(draw: st.DrawFn) -> Screen:
    left, right = draw(answers()), draw(answers())
    both = tuple(draw(st.lists(quotes(), max_size=5)))
    report = VersusReport(
        left=left,
        right=replace(right, window=left.window),
        both=both,
        both_tickets=len(both),
        reading=draw(marked(TYPED)),
        phrase=draw(marked(TYPED)),
        as_of=draw(AS_OF),
    )
    if draw(st.booleans()):
        return either(draw, versus.render_versus_shared(report, draw(marked(THEIRS))))
    return either(draw, versus.render_versus(report))


def hostile_way_in(draw: st.DrawFn) -> Screen:
    report = WayInReport(
        friction=draw(answers()),
        loved=tuple(draw(st.lists(quotes(), max_size=3))),
        first=tuple(draw(st.lists(quotes(), max_size=5))),
        shipped=tuple(draw(st.lists(insight_lines(), max_size=5))),
        reading=draw(marked(TYPED)),
        phrase=draw(marked(TYPED)),
        as_of=draw(AS_OF),
    )
    if draw(st.booleans()):
        return way_in.render_way_in_shared(report, draw(marked(THEIRS)))
    return way_in.render_way_in(report)


def hostile_themes(draw: st.DrawFn) -> Screen:
    return theme_list.themes_view(
        replace(
            THEMES,
            reading=draw(marked(TYPED)),
            themes=tuple(draw(st.lists(told_themes(), max_size=4))) * draw(st.integers(1, 12)),
            customers_known=draw(st.booleans()),
        )
    )


def hostile_narrowing(draw: st.DrawFn) -> Screen:
    """More names than a menu holds, names that no menu takes, and one that is chosen and gone."""
    names = tuple(draw(st.lists(marked(THEIRS), max_size=4)))
    many = names + tuple(f"plan {number}" for number in range(draw(st.sampled_from([0, 200]))))
    report = replace(
        NARROWING,
        reading=draw(marked(TYPED)),
        window=replace(NARROWING.window, label=draw(marked(TYPED))),
        kinds=tuple(draw(st.lists(st.sampled_from(Kind), unique=True))),
        segment=draw(st.none() | marked(THEIRS)),
        source=draw(st.none() | st.sampled_from(["plan 199", "gone"])),
        note=draw(marked(TYPED)),
        choices=Choices(many, many, tuple(draw(st.lists(features(), max_size=4)))),
    )
    show = draw(st.sampled_from([narrowing.narrow_view, narrowing.compare_view]))
    return show(report, PLACE)


@st.composite
def alive_reports(draw: st.DrawFn) -> AliveReport:
    heard = st.builds(SourceHeard, marked(THEIRS), st.just(NOW - timedelta(days=3)))
    return replace(
        ALIVE,
        sources=tuple(draw(st.lists(heard, max_size=8))),
        tickets=draw(st.integers(0, 10**9)),
        failed=draw(st.integers(0, 10**9)),
    )


def hostile_alive(draw: st.DrawFn) -> Screen:
    return alive.render(draw(alive_reports()), "C0CHECKOUT", draw(marked(THEIRS)))


def hostile_behind(draw: st.DrawFn) -> Screen:
    like = draw(st.sampled_from([None, 7]))
    report = replace(
        LIKE_IT,
        like=like,
        page=draw(st.integers(0, 999)),
        total=draw(st.integers(0, 10_000)),
        quote=draw(marked(THEIRS)),
        tickets=tuple(draw(st.lists(ticket_views(), max_size=10))),
        customers=draw(st.none() | st.integers(0, 10**6)),
    )
    return digest_why.behind_view(report)


def hostile_why(draw: st.DrawFn) -> Screen:
    item = replace(WHY.items[0], quote=draw(marked(THEIRS)), why=draw(marked(THEIRS)))
    return digest_why.view(replace(WHY, items=(item,) * draw(st.integers(0, 5))))


def hostile_introduction(draw: st.DrawFn) -> Screen:
    inviter = draw(st.sampled_from(["U0PRIYA", "<!channel>", "", "@here"]))
    return introduction.render(inviter, "C0CHECKOUT", is_set_up=draw(st.booleans()))


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
        level=draw(st.sampled_from(["", "No feature is far above its usual."])),
        reason=draw(marked(THEIRS)),
        items=tuple(draw(st.lists(items, max_size=7))),
        about=draw(st.none() | features()),
        alive=draw(st.none() | alive_reports()),
    )
    if draw(st.booleans()):
        shown = digest.render(report, date(2026, 9, 15))
        assert len(shown.blocks) <= 16
        return shown
    catalogue = tuple(draw(st.lists(features(), max_size=3)))
    now = replace(SETTINGS.settings, timezone=draw(marked(TYPED)))
    return digest_settings.settings_view(
        replace(
            SETTINGS,
            settings=now,
            catalogue=catalogue,
            preview=report,
            mute=replace(MUTE, by=draw(st.sampled_from(["U0TOM", "<!channel>"]))),
        )
    )


def hostile_less(draw: st.DrawFn) -> Screen:
    what = draw(st.sampled_from([LessOf.FEATURE, LessOf.STORY]))
    said = [replace(one, what=what, name=draw(marked(THEIRS))) for one in LESS]
    shows = draw(st.sampled_from([digest_less.confirmed, digest_less.taken_back]))
    if draw(st.booleans()):
        return shows(said[0])
    return digest_less.list_view("C0CHECKOUT", said * draw(st.integers(0, 30)))


def hostile_tag(draw: st.DrawFn) -> Screen:
    return insight_forms.tag_view(
        replace(
            SUGGESTION,
            ticket=draw(st.none() | ticket_views()),
            title=draw(marked(THEIRS)),
            feature=draw(st.sampled_from(["pay", None])),
            catalogue=tuple(draw(st.lists(features(), max_size=3))),
            existing=draw(st.none() | insight_lines()),
            note=draw(marked(THEIRS)),
            similar=tuple(draw(st.lists(insight_lines(), max_size=5))),
        )
    )


def hostile_ranking(draw: st.DrawFn) -> Screen:
    named = st.builds(FeatureLine, features(), st.integers(0, 99), st.just(3), st.just(Count(9, 9)))
    report = replace(RANKING, features=tuple(draw(st.lists(named, max_size=20))))
    if draw(st.booleans()):
        return home.view(replace(HOME, features=report.features, insights=(draw(insight_lines()),)))
    report = replace(report, blind=tuple(draw(st.lists(features(), max_size=12))))
    return either(draw, friction.render_ranking(report))


def hostile_list(draw: st.DrawFn) -> Screen:
    listed = tuple(draw(st.lists(insight_lines(), max_size=15)))
    return insights.render_list(
        replace(LISTED, words=draw(marked(TYPED)), insights=listed, total=len(listed))
    )


def hostile_edit(draw: st.DrawFn) -> Screen:
    return insight_forms.edit_view(draw(cards()), draw(st.lists(features(), max_size=3)))


def hostile_forms(draw: st.DrawFn) -> Screen:
    card, others = draw(cards()), draw(st.lists(insight_lines(), max_size=5))
    makers = [
        lambda: insight_forms.ship_view(card, date(2026, 9, 10)),
        lambda: insight_forms.decline_view(card),
        lambda: insight_forms.note_view(card),
        lambda: insight_forms.merge_view(card, others),
    ]
    return draw(st.sampled_from(makers))()


def hostile_told(draw: st.DrawFn) -> Screen:
    lines = st.builds(
        InsightTicketLine,
        ticket_views(),
        st.sampled_from(["U0PRIYA", "<!channel>", ""]),
        st.just(ALARM.opened),
        st.booleans(),
    )
    shown = tuple(draw(st.lists(lines, max_size=10)))
    return insight_tickets.view(InsightTickets(7, draw(marked(THEIRS)), shown, len(shown)))


def hostile_news(draw: st.DrawFn) -> Screen:
    one = st.builds(
        InsightNews,
        st.just(ALARM.opened),
        st.sampled_from(["U0PRIYA", "<!channel>", ""]),
        st.sampled_from([what for what in Happened if what is not Happened.MERGED]),
        marked(THEIRS),
        marked(THEIRS),
        marked(TYPED),
    )
    return insight_news.told(7, draw(st.lists(one, min_size=1, max_size=6)))


def hostile_help(draw: st.DrawFn) -> Screen:
    examples = draw(st.lists(st.tuples(marked(TYPED), marked(THEIRS)), max_size=4))
    return friction.render_help(replace(HELP, examples=tuple(examples), hint=draw(marked(TYPED))))


@st.composite
def drawn_screens(draw: st.DrawFn) -> Screen:
    """Those with charts and tables, or with what stands in their place."""
    make = draw(st.sampled_from([hostile_versus, hostile_answer, hostile_ranking]))
    return make(draw)


def hostile_answer(draw: st.DrawFn) -> Screen:
    return either(draw, friction.render(draw(answers())))


def hostile_listing(draw: st.DrawFn) -> Screen:
    shown = tuple(draw(st.lists(ticket_views(), max_size=10)))
    return listing.view(
        replace(LISTING, asked=draw(marked(TYPED)), reading=draw(marked(TYPED)), tickets=shown)
    )


def hostile_editing(draw: st.DrawFn) -> Screen:
    names = st.lists(marked(NAMED), max_size=40).map(tuple)
    channels = st.lists(st.sampled_from(["C0A", "<!channel>", "C0B"]), unique=True).map(tuple)
    before, after = (
        replace(draw(features()), aliases=draw(names), channels=draw(channels)) for _ in range(2)
    )
    changes = st.builds(
        NameChange,
        name=marked(NAMED),
        added=st.booleans(),
        tickets=st.integers(0, 10**6),
        about=st.just(0),
        others=names,
    )
    report = replace(
        EDIT, before=before, after=after, names=tuple(draw(st.lists(changes, max_size=60)))
    )
    if draw(st.booleans()):
        return editing.feature_view(after, draw(st.sampled_from([None, report])))
    catalogue = draw(st.lists(features(), max_size=3))
    return editing.alias_view(draw(marked(TYPED)), catalogue, chosen="pay", report=report)


def hostile_effect(draw: st.DrawFn) -> Screen:
    base = draw(st.sampled_from([effect_screens.HELPED, effect_screens.WORSE, effect_screens.SAME]))
    near = [replace(each, name=draw(marked(THEIRS))) for each in base.next_door]
    without = tuple(draw(st.lists(marked(NAMED), max_size=3)))
    feature = base.feature and replace(base.feature, name=draw(marked(NAMED)), without=without)
    report = replace(
        base,
        title=draw(marked(THEIRS)),
        about=draw(st.none() | features()),
        feature=feature,
        story=base.story and replace(base.story, without=without),
        next_door=tuple(near * draw(st.integers(0, 20))),
    )
    return effect.render(report, posted=draw(st.booleans()), offer=draw(st.booleans()))


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


def hostile_answered(draw: st.DrawFn) -> Screen:
    """By the one door for every answer, as listeners and the terminal go."""
    answer: Answered = draw(answers() | ticket_views() | st.just(RANKING) | st.just(HELP))
    if draw(st.booleans()):
        shared = by_any_door.render_shared(answer, draw(marked(THEIRS)))
        return either(draw, shared) if shared else theme_list.waiting_view()
    return either(draw, by_any_door.render(answer, in_channel=draw(st.booleans())))


def hostile_ranked(draw: st.DrawFn) -> Screen:
    named = st.builds(FeatureLine, features(), st.integers(0, 99), st.just(3), st.just(Count(9, 9)))
    report = replace(RANKING, features=tuple(draw(st.lists(named, max_size=20))))
    return either(draw, ranking.render_ranking(report))


def hostile_question(draw: st.DrawFn) -> Screen:
    answer = draw(st.sampled_from([None, "kept", "used", "weekly", "back"]))
    report = replace(QUESTION, answer=answer, by=draw(st.sampled_from(["U0TOM", "<!channel>"])))
    return draw(st.sampled_from([digest_useful.render, digest_useful.turned_weekly]))(report)


def hostile_line(draw: st.DrawFn) -> Screen:
    """One line to somebody, or a small modal."""
    place = draw(st.sampled_from(["C0A", "<!channel>", ""]))
    link = draw(st.sampled_from(["javascript:alert(1)", "https://evil.example|x>", GOOD_URL]))
    makers: list[Callable[[], Screen]] = [
        lambda: insight_news.new_tickets(7, draw(st.integers(1, 10**9)), 2),
        lambda: insights.tag_offer(place, "1757900000.000100"),
        lambda: insights.found_card(7, link),
        lambda: insights.new_card(7, kit.channel(place)),
        lambda: introduction.unusable(f"No: {draw(marked(TYPED))}"),
        lambda: notice.about_channel(draw(marked(TYPED)), place, draw(marked(THEIRS))),
        lambda: notice.view(draw(marked(TYPED))),
        lambda: leaks.form(draw(st.integers(1, 10**9))),
    ]
    return draw(st.sampled_from(makers))()


def hostile_leak(draw: st.DrawFn) -> Screen:
    return leaks.done(
        LeakReport(
            ticket=7,
            ticket_id=draw(marked(THEIRS)),
            places=draw(st.integers(0, 10**6)),
            tickets=draw(st.integers(0, 50)),
            posts=draw(st.integers(0, 9)),
            insights=draw(st.integers(0, 9)),
            is_whole=draw(st.booleans()),
            offered=draw(st.integers(0, 50)),
        )
    )


def hostile_counted(draw: st.DrawFn) -> Screen:
    """The tickets behind a look at whether a fix helped."""
    if draw(st.booleans()):
        return effect_tickets.counting(draw(st.integers(1, 10**6)))
    shown = tuple(draw(st.lists(ticket_views(), max_size=10)))
    return effect_tickets.view(replace(EFFECT_TICKETS, title=draw(marked(THEIRS)), tickets=shown))


def hostile_forgetting(draw: st.DrawFn) -> Screen:
    counts = draw(st.sampled_from([{}, {"tickets": 3, "quotes": 5}]))
    refused = draw(st.lists(st.tuples(marked(THEIRS), marked(THEIRS)), max_size=30))
    posts_edited = PostsEdited(draw(st.integers(0, 9)), 1, 2, tuple(refused))
    proof = Proof({"e-mail address": 1}, 0, ("ticket.body",), ("earshot.db",), 10**6, True)
    report = ForgetReport(
        what=draw(st.sampled_from(Forget)),
        counts=counts,
        posts=posts_edited,
        proof=draw(st.none() | st.just(proof)),
        before=draw(AS_OF),
        is_unproved=draw(st.booleans()),
    )
    return draw(st.sampled_from([forgetting.preview, forgetting.render]))(report)


def hostile_posts(draw: st.DrawFn) -> Screen:
    """For the operator's terminal, but messages all the same."""
    if draw(st.booleans()):
        report = replace(DIGEST, items=tuple(replace(each) for each in DIGEST.items))
        return posts.reasons(report, None, is_set_up=draw(st.booleans()))
    line = st.builds(
        PostLine,
        id=st.integers(1, 10**6),
        state=st.sampled_from(["held", "unknown", "failed"]),
        channel=marked(THEIRS),
        what=marked(THEIRS),
        action=st.sampled_from(["post", "update"]),
        since=st.just(NOW),
        attempts=st.just(3),
        error=marked(THEIRS),
        is_open=st.booleans(),
    )
    lines = tuple(draw(st.lists(line, max_size=20)))
    return posts.render(PostsReport({"held": 3}, lines, draw(st.integers(0, 9))))


def hostile_audit(draw: st.DrawFn) -> Screen:
    line = st.builds(
        AuditLine,
        id=st.integers(1, 10**6),
        at=st.just(NOW),
        by=marked(THEIRS),
        team=marked(THEIRS),
        deed=st.sampled_from(Deed),
        about=marked(THEIRS),
    )
    lines = tuple(draw(st.lists(line, max_size=20)))
    by = draw(st.sampled_from(["", "U0ADA"]))
    return audit.render(AuditReport(lines, len(lines) + 50, 0, 40, draw(AS_OF), by))


MAKERS: list[Callable[[st.DrawFn], Screen]] = [
    hostile_answer,
    lambda draw: friction.render(draw(answers()), may_edit=True),
    lambda draw: either(draw, friction.render_shared(draw(answers()), draw(marked(THEIRS)))),
    hostile_versus,
    lambda draw: tickets.render(draw(ticket_views())),
    lambda draw: tickets.view(draw(ticket_views())),
    lambda draw: insight_card.card(draw(cards())),
    lambda draw: notice.notice(draw(marked(TYPED))),
    hostile_alarm,
    hostile_effect,
    hostile_digest,
    hostile_alive,
    hostile_behind,
    hostile_why,
    hostile_introduction,
    hostile_less,
    hostile_tag,
    hostile_edit,
    hostile_forms,
    hostile_told,
    hostile_news,
    hostile_list,
    hostile_ranking,
    hostile_help,
    hostile_way_in,
    hostile_themes,
    hostile_narrowing,
    hostile_listing,
    hostile_editing,
    hostile_answered,
    hostile_ranked,
    hostile_question,
    hostile_line,
    hostile_leak,
    hostile_posts,
    hostile_audit,
    hostile_forgetting,
    hostile_counted,
]
