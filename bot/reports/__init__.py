"""The values that every layer speaks in.

Service functions return these, every edge (Slack, terminal, JSON) shows them, and the pure
layers `voice` and `blocks` know nothing else of Earshot. They are frozen, hold no session,
no client and no unredacted text; the one exception is `TicketDraft`, which lives in memory
between a source and the redactor and is never shown or stored.
"""

from bot.reports.alarms import AlarmReport, NoteLine, Silence
from bot.reports.digest import ChannelSettings, DigestItem, DigestReport, ScorePart, SettingsReport
from bot.reports.friction import (
    Count,
    FeatureLine,
    FrictionReport,
    HelpReport,
    InsightLine,
    RankingReport,
    Theme,
    ThemesReport,
    Understood,
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
    "AlarmReport",
    "Answer",
    "AnswerCount",
    "BadRow",
    "Channel",
    "ChannelSettings",
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
    "Message",
    "NoteLine",
    "Passage",
    "Person",
    "Quote",
    "RankingReport",
    "Reading",
    "Redaction",
    "Requester",
    "RereadReport",
    "ScorePart",
    "SettingsReport",
    "Silence",
    "Status",
    "TagSuggestion",
    "Theme",
    "ThemesReport",
    "TicketDraft",
    "TicketView",
    "Understood",
    "Week",
    "Window",
]
