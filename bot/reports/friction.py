"""The answers to `/friction`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.reports.alarms import AlarmReport
from bot.reports.insight_lines import InsightLine
from bot.reports.tickets import Feature, Quote
from bot.reports.words import Kind


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time `[since, until)`; `label` is how a person says it."""

    since: datetime
    until: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Count:
    """Tickets with friction, and the distinct customers who wrote them."""

    tickets: int
    customers: int


@dataclass(frozen=True, slots=True)
class Week:
    """Friction in the seven days that begin on `start`; the first week of a window may be cut."""

    start: date
    tickets: int
    customers: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something noted on a day, such as a deploy or a shipped fix, to be shown on a trend."""

    day: date
    label: str


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a window: `low` to `high` of `unit` ("tickets" or "customers").

    Told from the counts of `weeks` earlier weeks; see `bot.voice.usual`.
    """

    low: int
    high: int
    weeks: int
    unit: str = "tickets"


@dataclass(frozen=True, slots=True)
class Theme:
    """Tickets that tell the same story, labelled with a customer's words.

    `previous` counts the tickets of the window before that tell it too; None where not all
    tickets of both windows were looked at.
    """

    label: str
    ticket_ids: tuple[str, ...]
    tickets: int
    customers: int
    quote: Quote | None
    previous: int | None = None


class Understood(StrEnum):
    """How a question's words were understood."""

    EXACT = "exact"
    MISSPELT = "misspelt"
    SEARCH = "search"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Segment:
    """Tickets with friction of one sort of account; `name` is "" where that is not known.

    `accounts` is None where none is known, or too many tickets were to be looked up.
    """

    name: str
    tickets: int
    customers: int
    accounts: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What an answer can be narrowed to, or compared with, by a click."""

    segments: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True)
class FrictionReport:
    """The answer to `/friction WORDS`.

    `tickets` and `customers` count tickets with at least one friction kind, written in the window;
    `mentioned` counts all tickets on the feature, those without a kind included. `enough` is false
    below the floor of five tickets: then no comparison is made. Weeks are counted back from the
    window's end. `note` says what of the question was not understood, and where stored tickets
    begin, if that is after the window before does. `customers_known` is false when no ticket in the
    window has a requester. `kinds_unknown` counts tickets in languages whose kinds cannot be read;
    `akin` quotes tickets that tell the same as a search in other words. `sampled` says that themes
    and quotes come from the newest tickets only. `capped` is 0 where all tickets were counted;
    otherwise so many match a search that only this many of them, the newest, were looked at, and
    there is nothing to compare with. `marks` are what was noted in these days; `usual` is None
    where too little came before to say. `phrase` is what asks the same again; `narrowed`, `segment`
    and `source` are what it was narrowed to. `segments` say who wrote, with `accounts` where they
    are known and few; `most_of_one` are the tickets of the customer who wrote most, where that is
    at least half of them, else 0. `as_of` is the moment of an earlier answer that this one goes on
    from, where that is not now. `alarm` is the last one on the feature that lasted in the window.
    `is_a_name` says that a feature is called like the words, which were searched all the same.
    """

    asked: str
    reading: str
    understood: Understood
    feature: Feature | None
    search: str | None
    window: Window
    enough: bool
    tickets: int
    customers: int
    customers_known: bool
    mentioned: int
    previous: Count
    kinds: Mapping[Kind, int]
    weeks: tuple[Week, ...]
    themes: tuple[Theme, ...]
    quotes: tuple[Quote, ...]
    praise: tuple[Quote, ...]
    insights: tuple[InsightLine, ...]
    suggestions: tuple[Feature, ...]
    sampled: bool = False
    note: str = ""
    kinds_unknown: int = 0
    akin: tuple[Quote, ...] = ()
    capped: int = 0
    marks: tuple[Mark, ...] = ()
    usual: Usual | None = None
    phrase: str = ""
    narrowed: tuple[Kind, ...] = ()
    segment: str | None = None
    source: str | None = None
    segments: tuple[Segment, ...] = ()
    accounts: int | None = None
    most_of_one: int = 0
    as_of: datetime | None = None
    alarm: AlarmReport | None = None
    is_a_name: bool = False


@dataclass(frozen=True, slots=True)
class VersusReport:
    """The answer to `/friction ONE vs OTHER`: two features in one window, asked as one question.

    Each side's `phrase` asks for that side alone, `phrase` for both. `both_tickets` counts the
    tickets of the window that are about both, with friction or without, of the kinds that were
    asked for; `both` quotes some. `as_of` is as in `FrictionReport`.
    """

    left: FrictionReport
    right: FrictionReport
    both: tuple[Quote, ...]
    both_tickets: int
    reading: str
    phrase: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class WayInReport:
    """The answer to `/friction read FEATURE`: a feature from the outside, for someone new to it.

    `first` are the tickets to read first, each of another story; `shipped` are insights whose fix
    has shipped. `phrase` asks for this again, `friction.phrase` for the figures alone; `as_of` is
    as in `FrictionReport`.
    """

    friction: FrictionReport
    loved: tuple[Quote, ...]
    first: tuple[Quote, ...]
    shipped: tuple[InsightLine, ...]
    reading: str
    phrase: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class NarrowingReport:
    """An answer as it is, and what it can be narrowed to or held beside.

    `note` says what of the question is not understood any more.
    """

    reading: str
    window: Window
    kinds: tuple[Kind, ...]
    segment: str | None
    source: str | None
    choices: Choices
    note: str = ""


@dataclass(frozen=True, slots=True)
class ThemesReport:
    """All themes of a feature, of words or of everything in a window, the largest first.

    `tickets` counts the tickets with friction in the window, `alone` those that are in no theme
    of the ones looked at: the newest, where `sampled`. `understood` is NOTHING where the words
    name no feature and stand in no ticket; `kinds` are those that it was narrowed to.
    """

    reading: str
    understood: Understood
    feature: Feature | None
    search: str | None
    window: Window
    tickets: int
    alone: int
    customers_known: bool
    themes: tuple[Theme, ...]
    suggestions: tuple[Feature, ...] = ()
    sampled: bool = False
    note: str = ""
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One feature in the ranking of `/friction` alone.

    `acted` is when somebody in a channel that owns it last answered, tagged or shared a customer's
    words; `is_owned` is false where no channel owns it.
    """

    feature: Feature
    tickets: int
    customers: int
    previous: Count
    acted: datetime | None = None
    is_owned: bool = False


@dataclass(frozen=True, slots=True)
class RankingReport:
    """The answer to `/friction` alone; `total` counts every stored ticket.

    `features` are those with friction in the window or the one before, of the `catalogue` that
    are known. `blind` are those of the catalogue that no ticket of both windows names, with
    friction or without. `note` says what of the question was not understood.
    """

    window: Window
    features: tuple[FeatureLine, ...]
    total: int
    catalogue: int = 0
    note: str = ""
    blind: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpReport:
    """What may be typed, with examples made of this installation's own features."""

    examples: tuple[tuple[str, str], ...]
    hint: str = ""
