"""The values that every layer speaks in.

Service functions return these, every edge (Slack, terminal, JSON) shows them, and the pure
layers `voice` and `blocks` know nothing else of Earshot. They are frozen, hold no session,
no client and no unredacted text; the one exception is `TicketDraft`, which lives in memory
between a source and the redactor and is never shown or stored.
"""

from bot.reports.digest import ChannelSettings, DigestItem, DigestReport, ScorePart, SettingsReport
from bot.reports.friction import (
    Choices,
    Count,
    FeatureLine,
    FrictionReport,
    HelpReport,
    InsightLine,
    Mark,
    RankingReport,
    Segment,
    Theme,
    ThemesReport,
    Understood,
    Usual,
    VersusReport,
    WayInReport,
    Week,
    Window,
)
from bot.reports.insights import AnswerCount, HomeReport, InsightCard, InsightsReport, TagSuggestion
from bot.reports.slack import Channel, Finding, Message, Person
from bot.reports.tickets import (
    BadRow,
    Feature,
    IngestReport,
    Passage,
    Quote,
    Reading,
    Redaction,
    Requester,
    RereadReport,
    TicketDraft,
    TicketView,
)
from bot.reports.words import FRICTION_KINDS, Answer, Kind, Status

__all__ = [
    "FRICTION_KINDS",
    "Answer",
    "AnswerCount",
    "BadRow",
    "Channel",
    "ChannelSettings",
    "Choices",
    "Count",
    "DigestItem",
    "DigestReport",
    "Feature",
    "FeatureLine",
    "Finding",
    "FrictionReport",
    "HelpReport",
    "HomeReport",
    "IngestReport",
    "InsightCard",
    "InsightLine",
    "InsightsReport",
    "Kind",
    "Mark",
    "Message",
    "Passage",
    "Person",
    "Quote",
    "RankingReport",
    "Reading",
    "Redaction",
    "Requester",
    "RereadReport",
    "ScorePart",
    "Segment",
    "SettingsReport",
    "Status",
    "TagSuggestion",
    "Theme",
    "ThemesReport",
    "TicketDraft",
    "TicketView",
    "Understood",
    "Usual",
    "VersusReport",
    "WayInReport",
    "Week",
    "Window",
]
