"""The words that every report speaks in."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a customer's sentence reports, in the order in which kinds are always listed."""

    BROKEN = "broken"
    CONFUSING = "confusing"
    UNEXPECTED = "unexpected"
    REQUEST = "request"
    PRAISE = "praise"


FRICTION_KINDS = (Kind.BROKEN, Kind.CONFUSING, Kind.UNEXPECTED, Kind.REQUEST)


class Status(StrEnum):
    """Where an insight stands."""

    OPEN = "open"
    OWNED = "owned"
    SHIPPED = "shipped"
    VERIFIED = "verified"
    DECLINED = "declined"


class Happened(StrEnum):
    """What can happen to an insight."""

    TAGGED = "tagged"
    STATUS = "status"
    OWNER = "owner"
    LEFT = "owner left"
    TITLE = "title"
    FEATURE = "feature"
    KIND = "kind"
    ISSUE = "issue"
    TEXT = "text"
    NOTE = "note"
    ADDED = "added"
    DETACHED = "detached"
    MERGED = "merged"
    MOVED = "moved"
    LOOKED = "looked at"


class Answer(StrEnum):
    """What a team member says to a ticket or an insight by one emoji."""

    KNEW = "knew it"
    SURPRISED = "surprised me"
    OWN = "we own it"
    NOT_A_PROBLEM = "not a problem"
    FIXED = "fixed"


class Corrected(StrEnum):
    """What of a ticket can be corrected."""

    FEATURE = "feature"
    KIND = "kind"


class Verdict(StrEnum):
    """What is said of a ticket's feature or kind."""

    NOT = "not"
    IS = "is"


class EffectVerdict(StrEnum):
    """What is said of a fix."""

    HELPED = "helped"
    NO_CHANGE = "no change seen"
    WORSE = "worse"
    TOO_EARLY = "too early to say"
