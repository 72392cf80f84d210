"""Every screen with the words of an invented web shop, for the golden files of both faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import effect_screens
from bot.blocks import (
    alarm,
    alive,
    digest,
    digest_less,
    digest_settings,
    digest_useful,
    digest_why,
    editing,
    effect,
    effect_tickets,
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
    theme_list,
    tickets,
    versus,
    way_in,
)
from bot.reports import (
    AlarmReport,
    AliveReport,
    AnswerCount,
    BehindReport,
    Cadence,
    ChannelSettings,
    Choices,
    Corrected,
    Correction,
    Count,
    DigestItem,
    DigestLine,
    DigestReport,
    EditReport,
    EffectTickets,
    EffectVerdict,
    Feature,
    FeatureLine,
    FrictionReport,
    Happened,
    HelpReport,
    HomeReport,
    InsightCard,
    InsightLine,
    InsightNews,
    InsightsReport,
    InsightTicketLine,
    InsightTickets,
    Kind,
    LeakReport,
    LessLine,
    LessOf,
    Look,
    Mark,
    Message,
    Mute,
    NameChange,
    NarrowingReport,
    NoteLine,
    QuestionReport,
    Quote,
    RankingReport,
    ScorePart,
    Segment,
    SettingsReport,
    Silence,
    SourceHeard,
    Status,
    TagSuggestion,
    Theme,
    ThemesReport,
    TicketsReport,
    TicketView,
    Understood,
    Usual,
    Verdict,
    VersusReport,
    WayInReport,
    Week,
    WhyItem,
    WhyReport,
    Window,
)

Screen = Message | Mapping[str, object]

NOW = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)
MONTH = Window(NOW - timedelta(days=30), NOW, "last 30 days")
CHECKOUT = Feature("checkout", "Checkout", ("basket", "pay page"), channels=("C0CHECKOUT",))
COUPONS = Feature("coupons", "Coupons")
LABELS = Feature("shipping-labels", "Shipping labels")
SEARCH = Feature("search", "Search")
GIFT = Feature("gift-cards", "Gift cards")
CATALOGUE = (CHECKOUT, COUPONS, LABELS, SEARCH, GIFT)


def said(key: int, kind: Kind, text: str, days: int, segment: str | None = None) -> Quote:
    url = f"https://help.larder.example/tickets/{4700 + key}"
    return Quote(key, str(4700 + key), kind, text, url, NOW - timedelta(days=days), segment)


STUCK = said(
    11,
    Kind.BROKEN,
    "When I press Pay the basket just empties, and nobody can tell me if my card was charged.",
    2,
    "business",
)
TOTALS = said(
    12,
    Kind.CONFUSING,
    "I cannot tell whether the delivery fee is already in the total or comes on top.",
    5,
    "starter",
)
ADDRESS = said(
    13,
    Kind.UNEXPECTED,
    "I changed the delivery address on the last page and it went to the old one anyway.",
    9,
)
LOVED = said(14, Kind.PRAISE, "Paying with a saved card takes me four seconds, lovely.", 4, "pro")

COUPON_LOST = InsightLine(
    id=7,
    title="Coupon vanishes when the basket changes",
    feature=COUPONS,
    kind=Kind.BROKEN,
    status=Status.OWNED,
    tickets=12,
    customers=11,
    answers={"knew it": 2, "surprised me": 4},
    created_at=NOW - timedelta(days=12),
)
FEE = InsightLine(
    id=9,
    title="Nobody finds the delivery fee before the last page",
    feature=CHECKOUT,
    kind=Kind.CONFUSING,
    status=Status.OPEN,
    tickets=6,
    customers=6,
    answers={},
    created_at=NOW - timedelta(days=3),
)

ANSWER = FrictionReport(
    asked="checkout",
    reading="Checkout · last 30 days",
    understood=Understood.EXACT,
    feature=CHECKOUT,
    search=None,
    window=MONTH,
    enough=True,
    tickets=34,
    customers=29,
    customers_known=True,
    mentioned=52,
    previous=Count(21, 19),
    kinds={
        Kind.BROKEN: 14,
        Kind.CONFUSING: 11,
        Kind.UNEXPECTED: 7,
        Kind.REQUEST: 5,
        Kind.PRAISE: 6,
    },
    weeks=tuple(
        Week(start, count, count)
        for start, count in (
            (date(2026, 8, 16), 1),
            (date(2026, 8, 18), 6),
            (date(2026, 8, 25), 4),
            (date(2026, 9, 1), 8),
            (date(2026, 9, 8), 15),
        )
    ),
    themes=(
        Theme("the basket empties when I press Pay", ("4711", "4720"), 9, 8, STUCK, 3),
        Theme("is the delivery fee in the total", ("4712",), 6, 6, TOTALS, 0),
        Theme("it went to the old address", ("4713",), 4, 3, ADDRESS),
    ),
    quotes=(STUCK, TOTALS, ADDRESS),
    praise=(LOVED,),
    insights=(COUPON_LOST, FEE),
    suggestions=(),
)


def answer(**changes: object) -> FrictionReport:
    fields = {name: getattr(ANSWER, name) for name in ANSWER.__slots__}
    return FrictionReport(**(fields | changes))


MISSPELT = answer(
    asked="chekout since 2026-02-31",
    note='"since 2026-02-31" is no date: showing the last 30 days.',
    understood=Understood.MISSPELT,
    suggestions=(COUPONS, GIFT),
    themes=(),
)
FEW = answer(
    asked="gift cards",
    reading="Gift cards · last 30 days",
    feature=GIFT,
    enough=False,
    tickets=3,
    customers=3,
    mentioned=4,
    previous=Count(1, 1),
    kinds={Kind.REQUEST: 2, Kind.CONFUSING: 1},
    weeks=ANSWER.weeks[:2],
    themes=(),
    quotes=(said(21, Kind.REQUEST, "I want to send a gift card on a date I choose.", 6),),
    praise=(),
    insights=(),
)
SEARCHED = answer(
    asked="apple pay",
    reading="apple pay · last 30 days",
    understood=Understood.SEARCH,
    feature=None,
    search="apple pay",
    tickets=8,
    customers=0,
    customers_known=False,
    mentioned=8,
    previous=Count(0, 0),
    kinds={Kind.REQUEST: 6, Kind.BROKEN: 2},
    themes=(),
    quotes=(said(31, Kind.REQUEST, "Please add Apple Pay, I shop on my phone only.", 1),),
    praise=(),
    insights=(),
    suggestions=(CHECKOUT,),
    sampled=True,
)
NOTHING = answer(
    asked="warp drive",
    reading="",
    understood=Understood.NOTHING,
    feature=None,
    tickets=0,
    suggestions=(SEARCH,),
)
LINES = (
    FeatureLine(CHECKOUT, 34, 29, Count(21, 19)),
    FeatureLine(COUPONS, 18, 17, Count(18, 18)),
    FeatureLine(LABELS, 9, 4, Count(16, 9)),
    FeatureLine(SEARCH, 3, 3, Count(7, 7)),
    FeatureLine(GIFT, 0, 0, Count(1, 1)),
)
WISHES = Feature("wish-lists", "Wish lists")
RANKING = RankingReport(MONTH, LINES, total=1_482, catalogue=6, blind=(WISHES,))
LONG_RANKING = RankingReport(
    MONTH,
    tuple(
        FeatureLine(Feature(f"part-{n}", f"Part {n}"), 40 - n, 30 - n, Count(20, 20))
        for n in range(16)
    ),
    total=1_482,
    catalogue=16,
)
NOTED = answer(
    usual=Usual(12, 25, 12),
    marks=(
        Mark(date(2026, 9, 10), "deployed 4.2"),
        Mark(date(2026, 8, 27), "fee shown on the first page"),
        Mark(date(2026, 8, 1), "before the window"),
    ),
)
YEAR = answer(
    reading="Checkout · last 12 months",
    window=Window(NOW - timedelta(days=365), NOW, "last 12 months"),
    weeks=tuple(
        Week(max(date(2025, 9, 15), date(2025, 9, 9) + timedelta(weeks=n)), n % 7 + 1, n % 7 + 1)
        for n in range(53)
    ),
)
OTHER = answer(
    asked="checkout vs coupons",
    reading="Coupons · last 30 days",
    feature=COUPONS,
    tickets=18,
    customers=17,
    mentioned=20,
    previous=Count(18, 18),
    kinds={Kind.BROKEN: 9, Kind.UNEXPECTED: 9, Kind.PRAISE: 1},
    weeks=tuple(Week(week.start, 4, 4) for week in ANSWER.weeks),
    themes=(),
    quotes=(said(41, Kind.BROKEN, "I added one more jar and my 10% was gone.", 14, "starter"),),
    praise=(),
    insights=(),
)
MENTIONS_BOTH = said(
    42, Kind.UNEXPECTED, "The coupon counts in the basket, at checkout it is gone again.", 3, "pro"
)
VERSUS = VersusReport(
    answer(asked="checkout vs coupons", phrase='last 30 days feature:"checkout"'),
    replace(OTHER, phrase='last 30 days feature:"coupons"'),
    both=(MENTIONS_BOTH,),
    both_tickets=4,
    reading="Checkout vs Coupons · last 30 days",
    phrase='last 30 days feature:"checkout" vs feature:"coupons"',
)
VERSUS_FEW = replace(
    VERSUS,
    right=replace(FEW, phrase='last 30 days feature:"gift-cards"'),
    both=(),
    both_tickets=0,
    reading="Checkout vs Gift cards · last 30 days",
    phrase='last 30 days feature:"checkout" vs feature:"gift-cards"',
)


def of_broken(report: FrictionReport) -> FrictionReport:
    kinds = {Kind.BROKEN: 9}
    return replace(report, narrowed=(Kind.BROKEN,), segment="business", kinds=kinds)


VERSUS_NARROWED = replace(
    VERSUS,
    left=of_broken(VERSUS.left),
    right=of_broken(VERSUS.right),
    reading="Checkout vs Coupons · last 30 days · business · broken only",
    as_of=NOW,
)
SPOKEN = answer(
    tickets=9,
    customers=3,
    mentioned=12,
    most_of_one=7,
    accounts=2,
    segments=(
        Segment("business", 7, 1, 1),
        Segment("", 1, 1),
        Segment("starter", 1, 1, 1),
    ),
    themes=(),
)
PRAISED = answer(
    reading="Checkout · last 30 days · praise only",
    tickets=6,
    customers=5,
    mentioned=52,
    previous=Count(5, 5),
    kinds={Kind.PRAISE: 6},
    narrowed=(Kind.PRAISE,),
    phrase='last 30 days feature:"checkout" kind:praise',
    themes=(),
    quotes=(LOVED,),
    praise=(),
    insights=(),
)
OLDER = answer(
    reading="Checkout · last 30 days · business · from zendesk",
    segment="business",
    source="zendesk",
    as_of=NOW,
    phrase='last 30 days feature:"checkout" segment:"business" source:"zendesk"',
    themes=(),
)
SHIPPED = replace(
    FEE, id=4, title="The total is shown on every page", status=Status.SHIPPED, tickets=9
)
WAY_IN = WayInReport(
    friction=answer(phrase='last 30 days feature:"checkout"'),
    loved=(LOVED,),
    first=(STUCK, TOTALS, ADDRESS),
    shipped=(SHIPPED,),
    reading="Read Checkout · last 30 days",
    phrase='last 30 days read feature:"checkout"',
)
WAY_IN_FEW = WayInReport(
    friction=FEW, loved=(), first=FEW.quotes, shipped=(), reading="Read Gift cards", phrase="read"
)
THEMES = ThemesReport(
    reading="Checkout · last 30 days",
    understood=Understood.EXACT,
    feature=CHECKOUT,
    search=None,
    window=MONTH,
    tickets=34,
    alone=15,
    customers_known=True,
    themes=ANSWER.themes,
    sampled=True,
)
NARROWING = NarrowingReport(
    reading="Checkout · last 30 days",
    window=MONTH,
    kinds=(),
    segment=None,
    source=None,
    choices=Choices(("business", "pro", "starter"), ("zendesk", "reviews"), CATALOGUE[1:]),
)
NARROWED = replace(
    NARROWING,
    reading="Checkout · last 30 days · gone · broken and requests only",
    kinds=(Kind.BROKEN, Kind.REQUEST),
    segment="gone",
    source="zendesk",
)
PLACE = '{"q": "checkout", "at": "2026-09-15T08:00:00+00:00", "to": "", "direct": false}'


def in_text(message: Message) -> Message:
    """What is shown where Slack refuses charts and tables."""
    assert message.plain is not None
    return Message(message.text, message.plain)


HELP = HelpReport(
    (
        ("", "which features have the most friction, and what changed"),
        ("checkout", "how much friction, of which kind, in whose words, in the last 30 days"),
        ("coupons 12w", "the last twelve weeks: also 30d, 6m, last month"),
        ('"cannot log in"', "words that are no feature are searched in all tickets"),
    ),
)
TICKET = TicketView(
    key=11,
    ticket_id="4711",
    source="zendesk",
    created_at=STUCK.created_at,
    subject="Basket empty after Pay",
    body=(
        "Hello,\n\nI have tried three times since Monday. When I press Pay the basket just "
        "empties, and nobody can tell me if my card was charged.\n\nPlease call [phone 1].\n\n"
        "[name 1]"
    ),
    url=STUCK.url,
    kinds=(Kind.BROKEN,),
    features=(CHECKOUT, COUPONS),
    quotes=(STUCK,),
    segment="business",
)
LONG_TICKET = TicketView(
    key=12,
    ticket_id="4712",
    source="zendesk",
    created_at=TOTALS.created_at,
    subject="Delivery fee?",
    body="\n".join(
        f"{number}. On page {number} the fee is a different one." for number in range(40)
    ),
    url=None,
    kinds=(Kind.CONFUSING, Kind.REQUEST),
    features=(CHECKOUT,),
    quotes=(TOTALS,),
)
CORRECTED = replace(
    TICKET,
    kinds=(Kind.CONFUSING,),
    features=(COUPONS,),
    corrections=(
        Correction(Corrected.FEATURE, "checkout", Verdict.NOT, "Checkout", "U0PRIYA", NOW),
        Correction(Corrected.KIND, "confusing", Verdict.IS, "confusing", "U0TOM", NOW),
        Correction(Corrected.KIND, "broken", Verdict.NOT, "broken", "U0TOM", NOW),
    ),
)
EDIT = EditReport(
    before=CHECKOUT,
    after=replace(CHECKOUT, aliases=("basket", "till"), channels=("C0PAYMENTS",)),
    names=(
        NameChange("till", True, 14, 5, ("Search", "Coupons")),
        NameChange("pay page", False, 9, 8),
    ),
    days=90,
    mark="0123456789abcdef",
)
LISTING = TicketsReport(
    asked="checkout",
    at=NOW,
    reading="Checkout · last 30 days",
    page=1,
    size=10,
    total=34,
    tickets=(TICKET, LONG_TICKET),
)


def item(quote: Quote, feature: Feature, why: str, similar: int) -> DigestItem:
    ticket = TicketView(
        key=quote.key,
        ticket_id=quote.ticket_id,
        source="zendesk",
        created_at=quote.created_at,
        subject="",
        body=quote.text,
        url=quote.url,
        kinds=(quote.kind,),
        features=(feature,),
        quotes=(quote,),
        segment=quote.segment,
    )
    return DigestItem(ticket, quote, 0.8, (ScorePart("breadth", 0.5, 0.9),), why, similar)


ALIVE = AliveReport(
    until=NOW,
    days=7,
    sources=(
        SourceHeard("zendesk", NOW - timedelta(minutes=20)),
        SourceHeard("reviews", NOW - timedelta(hours=31)),
        SourceHeard("app-store", NOW - timedelta(days=9)),
        SourceHeard("github", NOW - timedelta(days=20)),
    ),
    tickets=212,
    digests=4,
    failed=0,
    doubtful=0,
)
SILENT_WEEK = AliveReport(NOW, 7, (), 0, 0, 2, 1)
DIGEST = DigestReport(
    channel="C0CHECKOUT",
    due=NOW,
    silent=False,
    reason="",
    verdict="Checkout: 14 customers this week, twice the usual",
    items=(
        item(STUCK, CHECKOUT, "8 customers this week, new since Tuesday", 6),
        item(TOTALS, CHECKOUT, "6 customers this week", 5),
        item(
            said(15, Kind.REQUEST, "Let me print forty labels at once, not one by one.", 1, "pro"),
            LABELS,
            "First of its kind in 90 days",
            0,
        ),
    ),
    left_out=17,
    at=NOW,
    new=31,
    customers=29,
    about=CHECKOUT,
)
PLAIN = replace(
    DIGEST,
    verdict="3 of 31 new tickets worth reading, 2 of them on Checkout",
    level="No feature is far above its usual.",
    about=None,
    customers=None,
)
FULL = replace(
    DIGEST,
    items=(
        *DIGEST.items,
        item(ADDRESS, COUPONS, "It cost them money", 0),
        item(LOVED, CHECKOUT, "What a customer likes", 2),
    ),
    alive=ALIVE,
)
ONLY_PRAISE = replace(
    PLAIN,
    verdict="A bright spot, and no trouble that stands out in 12 new tickets",
    items=FULL.items[-1:],
    left_out=0,
    new=12,
)
SILENT = DigestReport("C0CHECKOUT", NOW, True, "4 new tickets, none above the bar.", "", (), 4)
WHY = WhyReport(
    "C0CHECKOUT",
    NOW.date(),
    (
        WhyItem(
            STUCK.text,
            (
                ScorePart("clarity", 0.44, 0.777),
                ScorePart("breadth", 0.15, 0.6),
                ScorePart("severity", 0.08, 0.8),
                ScorePart("novelty", 0.08, 1.0),
            ),
            "8 customers this week, it keeps them from using it",
            6,
            STUCK.key,
        ),
    ),
    17,
)
LEFT_OUT = BehindReport("C0CHECKOUT", NOW.date(), 1, 2, 5, (TICKET, LONG_TICKET))
LIKE_IT = BehindReport(
    "C0CHECKOUT", NOW.date(), 0, 10, 2, (LONG_TICKET, TICKET), 11, STUCK.text, 8, 7
)
SETTINGS = SettingsReport(
    ChannelSettings(
        "T0LARDER", "C0CHECKOUT", ("checkout", "coupons"), ("checkout",), timezone="Europe/Berlin"
    ),
    CATALOGUE,
    DIGEST,
    exists=True,
)
MUTE = Mute(NOW, NOW + timedelta(days=7), "U0TOM")
LESS = (
    LessLine(4, "C0CHECKOUT", LessOf.STORY, "The fee shows only at the end.", "U0LEA", NOW),
    LessLine(3, "C0CHECKOUT", LessOf.KIND, "request", "U0TOM", NOW - timedelta(days=2)),
    LessLine(1, "C0CHECKOUT", LessOf.FEATURE, "Gift cards", "U0TOM", NOW - timedelta(days=9)),
)
QUESTION = QuestionReport(
    5, "C0CHECKOUT", None, "", quiet=10, patience=5, weekday=1, before=Cadence.DAYS, days=(1, 2, 4)
)
CARD = InsightCard(
    id=7,
    title="Coupon vanishes when the basket changes",
    feature=COUPONS,
    kind=Kind.BROKEN,
    status=Status.OWNED,
    note="Seen since the basket was rewritten.",
    quote=said(16, Kind.BROKEN, "I added one more jar and my 10% was gone.", 14, "starter"),
    tagged_by="U0PRIYA",
    created_at=NOW - timedelta(days=12),
    tickets=12,
    customers=11,
    answers=(
        AnswerCount("knew it", "white_check_mark", ("U0TOM", "U0LEA")),
        AnswerCount("surprised me", "open_mouth", ("U0A", "U0B", "U0C", "U0D", "U0E", "U0F")),
        AnswerCount("fixed", "hammer_and_wrench", ()),
    ),
    others=(("eyes", 2),),
    source_link="https://larder.slack.com/archives/C0SUPPORT/p1757000000000100",
)
SHIPPED_CARD = replace(
    CARD,
    status=Status.SHIPPED,
    owner="U0TOM",
    issue_url="https://larder.atlassian.net/browse/CART-12",
    shipped_on=date(2026, 9, 10),
    shipped_what="The coupon is kept with the basket.",
    weeks=(1, 0, 3, 7),
    last_day=date(2026, 9, 14),
    links=("https://larder.slack.com/archives/C0SUPPORT/p1757000000000200",),
    looked=Look(4, EffectVerdict.HELPED, 0.38, 0.24, 0.6),
)
DECLINED = replace(
    CARD, status=Status.DECLINED, declined_why="Coupons end with the basket, by contract."
)
MERGED = replace(CARD, merged_into=3)
EFFECT_TICKETS = EffectTickets(
    insight=7,
    title=CARD.title,
    shipped_on=date(2026, 9, 10),
    weeks=8,
    after=False,
    weeks_counted=11,
    counted=52,
    customers_known=True,
    tickets=(TICKET, LONG_TICKET),
    total=55,
    page=1,
)
SHIPPED_LINE = replace(
    COUPON_LOST,
    status=Status.SHIPPED,
    looked=Look(8, EffectVerdict.WORSE, 2.18, 1.82, 2.62),
)
LISTED = InsightsReport("basket", (FEE, COUPON_LOST, SHIPPED_LINE), total=15)
MINE = InsightsReport("", (FEE, COUPON_LOST), total=32, page=1, size=10, mine=True)
TOLD = InsightTickets(
    7,
    CARD.title,
    (
        InsightTicketLine(TICKET, "", NOW, can_detach=True),
        InsightTicketLine(replace(TICKET, key=13, ticket_id="4713"), "U0LEA", NOW, can_detach=True),
        InsightTicketLine(LONG_TICKET, "U0PRIYA", NOW, can_detach=False),
    ),
    total=31,
    page=1,
)


def news(what: Happened, before: str = "", after: str = "", said: str = "") -> InsightNews:
    return InsightNews(NOW, "U0PRIYA", what, before, after, said)


EDITED = (
    news(Happened.TITLE, "Coupon gone", "Coupon vanishes"),
    news(Happened.KIND, "unexpected", "broken"),
    news(Happened.OWNER, "U0TOM", "U0LEA"),
    news(Happened.ISSUE, "", "https://github.com/larder/shop/issues/7"),
    news(Happened.TEXT, said="Seen twice."),
)
SUGGESTION = TagSuggestion(
    TICKET, None, "Basket empties on Pay", "checkout", Kind.BROKEN, CATALOGUE, COUPON_LOST
)
FROM_MESSAGE = TagSuggestion(
    None, ("C0SUPPORT", "1757900000.000100"), "", None, Kind.REQUEST, (), note="From the fair"
)
HOME = HomeReport(MONTH, LINES[:3], (FEE, COUPON_LOST), 1_482, ("C0CHECKOUT", "C0COUPONS"), False)
DIGESTS = (
    DigestLine("C0CHECKOUT", Cadence.DAYS, (1, 2, 3, 4, 5), "09:30", NOW, MUTE),
    DigestLine("C0COUPONS", Cadence.WEEKLY, (4,), "08:00", NOW, None),
    DigestLine("C0GIFTS", Cadence.RISES, (1, 3), "08:00", None, None),
)
NEW_HOME = HomeReport(MONTH, (), (), 0, (), True)

ALARM = AlarmReport(
    key=3,
    opened=NOW - timedelta(hours=5),
    began=NOW - timedelta(hours=7, minutes=10),
    seen=NOW - timedelta(hours=1),
    closed=None,
    features=(CHECKOUT, COUPONS, GIFT),
    theme="the basket just empties when I press Pay",
    observed=31,
    expected=3.6,
    hours=24,
    is_theme=False,
    tickets=38,
    ticket_ids=("4711", "4712"),
    customers_known=True,
    quotes=(STUCK, ADDRESS),
    earlier=(NOW - timedelta(days=40), NOW - timedelta(days=300)),
    notes=(
        NoteLine(NOW - timedelta(hours=9), "deployed 4.2"),
        NoteLine(NOW - timedelta(hours=5), "payment provider is down", CHECKOUT),
    ),
)
OVER = replace(
    ALARM,
    is_theme=True,
    closed=NOW + timedelta(hours=30),
    seen=NOW + timedelta(hours=6),
    customers_known=False,
)
SILENCED = replace(
    ALARM,
    silence=Silence.KNOWN,
    silenced_by="U0PRIYA",
    silenced_at=NOW - timedelta(hours=2),
    theme="",
    features=(),
    quotes=(),
    notes=(),
    earlier=(),
    expected=0.2,
)

LEAK = LeakReport(ticket=12, ticket_id="4711", places=3, tickets=1, posts=2, insights=1, offered=8)

SCREENS: dict[str, Screen] = {
    "alarm": alarm.render(ALARM),
    "alarm_over": alarm.render(OVER),
    "alarm_silenced": alarm.render(SILENCED),
    "alarm_list": alarm.listed([ALARM, OVER, SILENCED]),
    "alarm_list_empty": alarm.listed([]),
    "effect_helped": effect.render(effect_screens.HELPED, posted=True, offer=True),
    "effect_helped_as_text": in_text(effect.render(effect_screens.HELPED, posted=True, offer=True)),
    "effect_stands": effect.render(effect_screens.STANDS, posted=True),
    "effect_tickets": effect_tickets.view(EFFECT_TICKETS),
    "effect_tickets_unknown": effect_tickets.view(
        replace(EFFECT_TICKETS, customers_known=False, after=True, tickets=(), total=0)
    ),
    "effect_same": effect.render(effect_screens.SAME),
    "effect_worse": effect.render(effect_screens.WORSE, posted=True, offer=True),
    "effect_new": effect.render(effect_screens.NEW, posted=True),
    "effect_silent": effect.render(effect_screens.GONE_SILENT, posted=True),
    "effect_without": effect.render(effect_screens.WITHOUT, posted=True, offer=True),
    "effect_early": effect.render(effect_screens.EARLY),
    "effect_never": effect.render(effect_screens.NEVER),
    "effect_not_yet": effect.render(effect_screens.NOT_YET),
    "effect_unstored": effect.render(effect_screens.UNSTORED),
    "leak_form": leaks.form(12),
    "leak_done": leaks.done(LEAK),
    "leak_done_beside": leaks.done(replace(LEAK, places=12, tickets=9, posts=0, offered=0)),
    "leak_withheld": leaks.done(replace(LEAK, is_whole=True, offered=0, insights=0)),
    "friction": friction.render(ANSWER),
    "friction_as_text": in_text(friction.render(ANSWER)),
    "friction_noted": friction.render(NOTED),
    "friction_noted_as_text": in_text(friction.render(NOTED)),
    "friction_year": friction.render(YEAR),
    "friction_misspelt": friction.render(MISSPELT),
    "friction_few": friction.render(FEW),
    "friction_search": friction.render(SEARCHED),
    "friction_nothing": friction.render(NOTHING),
    "friction_shared": friction.render_shared(ANSWER, "U0PRIYA"),
    "friction_help": friction.render_help(HELP),
    "ranking": friction.render_ranking(RANKING),
    "ranking_as_text": in_text(friction.render_ranking(RANKING)),
    "ranking_long": friction.render_ranking(LONG_RANKING),
    "versus": versus.render_versus(VERSUS),
    "versus_as_text": in_text(versus.render_versus(VERSUS)),
    "versus_few": versus.render_versus(VERSUS_FEW),
    "versus_shared": versus.render_versus_shared(VERSUS, "U0PRIYA"),
    "versus_narrowed_as_text": in_text(versus.render_versus(VERSUS_NARROWED)),
    "friction_spoken": friction.render(SPOKEN),
    "friction_praise": friction.render(PRAISED),
    "friction_older": friction.render(OLDER),
    "friction_older_shared": friction.render_shared(OLDER, "U0PRIYA"),
    "friction_direct": friction.render(ANSWER, may_edit=True, in_channel=False),
    "way_in": way_in.render_way_in(WAY_IN),
    "way_in_few": way_in.render_way_in(WAY_IN_FEW, in_channel=False),
    "way_in_shared": way_in.render_way_in_shared(WAY_IN, "U0PRIYA"),
    "themes": theme_list.themes_view(THEMES),
    "themes_none": theme_list.themes_view(replace(THEMES, themes=(), alone=34)),
    "themes_waiting": theme_list.waiting_view(),
    "narrow": narrowing.narrow_view(NARROWING, PLACE),
    "narrow_chosen": narrowing.narrow_view(NARROWED, PLACE),
    "narrow_least": narrowing.narrow_view(
        replace(NARROWING, choices=Choices((), ("zendesk",), ())), PLACE
    ),
    "compare": narrowing.compare_view(NARROWING, PLACE),
    "compare_none": narrowing.compare_view(replace(NARROWING, choices=Choices()), PLACE),
    "ranking_empty": friction.render_ranking(RankingReport(MONTH, (), 0)),
    "ticket": tickets.render(TICKET),
    "ticket_folded": tickets.render(LONG_TICKET),
    "ticket_modal": tickets.view(LONG_TICKET),
    "friction_editor": friction.render(ANSWER, may_edit=True),
    "friction_search_editor": friction.render(SEARCHED, may_edit=True),
    "friction_nothing_editor": friction.render(
        replace(NOTHING, search="warp drive"), may_edit=True
    ),
    "feature_edit": editing.feature_view(CHECKOUT),
    "feature_edit_changes": editing.feature_view(EDIT.after, EDIT),
    "feature_alias": editing.alias_view("apple pay", CATALOGUE),
    "feature_alias_changes": editing.alias_view(
        "till", CATALOGUE, chosen="checkout", report=replace(EDIT, names=EDIT.names[:1])
    ),
    "feature_alias_none": editing.alias_view("apple pay", ()),
    "tickets": listing.view(LISTING),
    "tickets_of_kinds": listing.view(replace(LISTING, kinds=(Kind.BROKEN, Kind.REQUEST))),
    "tickets_of_customers": listing.view(replace(LISTING, customers=29)),
    "tickets_none": listing.view(replace(LISTING, page=0, total=0, tickets=())),
    "ticket_corrected": tickets.view(CORRECTED),
    "digest": digest.render(DIGEST, NOW.date()),
    "digest_plain": digest.render(PLAIN, NOW.date()),
    "digest_full": digest.render(FULL, NOW.date()),
    "digest_praise": digest.render(ONLY_PRAISE, NOW.date()),
    "digest_silent": digest.render(SILENT, NOW.date()),
    "digest_silent_week": digest.render(replace(SILENT, alive=ALIVE), NOW.date()),
    "alive": alive.render(ALIVE, "C0CHECKOUT", SILENT.reason),
    "alive_failing": alive.render(SILENT_WEEK, "C0CHECKOUT", "No new tickets."),
    "introduction": introduction.render("U0PRIYA", "C0CHECKOUT", is_set_up=False),
    "introduction_by_nobody": introduction.render("", "C0CHECKOUT", is_set_up=False),
    "introduction_again": introduction.render("U0PRIYA", "C0CHECKOUT", is_set_up=True),
    "introduction_shared": introduction.unusable(
        "This channel is shared with another company, so Earshot does not post customers' words "
        "here. Choose a channel of your own."
    ),
    "digest_settings": digest_settings.settings_view(SETTINGS),
    "digest_settings_weekly": digest_settings.settings_view(
        replace(
            SETTINGS,
            settings=replace(SETTINGS.settings, cadence=Cadence.WEEKLY, weekday=4),
            mute=MUTE,
            less=LESS,
        )
    ),
    "digest_settings_rises": digest_settings.settings_view(
        replace(SETTINGS, settings=replace(SETTINGS.settings, cadence=Cadence.RISES), exists=False)
    ),
    "digest_less": digest_less.list_view("C0CHECKOUT", LESS),
    "digest_less_none": digest_less.list_view("C0CHECKOUT", ()),
    "digest_less_said": digest_less.confirmed(LESS[2]),
    "digest_less_undone": digest_less.taken_back(LESS[0]),
    "digest_question": digest_useful.render(QUESTION),
    "digest_question_kept": digest_useful.render(replace(QUESTION, answer="kept", by="U0TOM")),
    "digest_question_used": digest_useful.render(replace(QUESTION, answer="used")),
    "digest_question_late": digest_useful.render(replace(QUESTION, answer="weekly")),
    "digest_weekly": digest_useful.turned_weekly(replace(QUESTION, answer="weekly")),
    "digest_weekly_back": digest_useful.turned_weekly(replace(QUESTION, answer="back", by="U0TOM")),
    "digest_why": digest_why.view(WHY),
    "insight_card": insight_card.card(CARD),
    "insight_card_shipped": insight_card.card(SHIPPED_CARD),
    "insight_card_declined": insight_card.card(DECLINED),
    "insight_card_merged": insight_card.card(MERGED),
    "insight_ship": insight_forms.ship_view(CARD, NOW.date()),
    "insight_decline": insight_forms.decline_view(DECLINED),
    "insight_note": insight_forms.note_view(CARD),
    "insight_merge": insight_forms.merge_view(CARD, (FEE, COUPON_LOST)),
    "insight_merge_none": insight_forms.merge_view(CARD, ()),
    "insight_tag_similar": insight_forms.tag_view(
        replace(SUGGESTION, existing=None, similar=(COUPON_LOST, FEE))
    ),
    "insight_tickets": insight_tickets.view(TOLD),
    "insight_tickets_none": insight_tickets.view(InsightTickets(7, CARD.title, (), 0)),
    "insight_news_status": insight_news.told(
        7, [news(Happened.STATUS, "owned", "shipped", "2026-09-10: The coupon is kept.")]
    ),
    "insight_news_edit": insight_news.told(7, EDITED),
    "insight_news_note": insight_news.told(7, [news(Happened.NOTE, said="Two shops\nagain.")]),
    "insight_news_new": insight_news.new_tickets(7, 3, 2),
    "insight_list_mine": insights.render_list(MINE),
    "insight_found": insights.found_card(7, "https://larder.slack.com/archives/C0A/p1"),
    "insight_anew": insights.new_card(7, kit.channel("C0COUPONS")),
    "insight_tag": insight_forms.tag_view(SUGGESTION),
    "insight_tag_message": insight_forms.tag_view(FROM_MESSAGE),
    "insight_edit": insight_forms.edit_view(CARD, CATALOGUE),
    "digest_left_out": digest_why.behind_view(LEFT_OUT),
    "digest_like_it": digest_why.behind_view(LIKE_IT),
    "insight_list": insights.render_list(LISTED),
    "insight_list_empty": insights.render_list(InsightsReport("", (), 0)),
    "insight_offer": insights.tag_offer("C0SUPPORT", "1757900000.000100"),
    "home": home.view(HOME),
    "home_digests": home.view(replace(HOME, digests=DIGESTS)),
    "home_new": home.view(NEW_HOME),
    "notice_modal": notice.view("This ticket is no longer stored."),
    "notice": notice.notice("“warp 9” is no time I know. Try 30d, 12w or since 2026-09-01."),
}
