"""What the audit tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """What is told of in the audit."""

    TAGGED = "tagged"
    INSIGHT_CHANGED = "insight changed"
    FEATURES_EDITED = "features edited"
    READING_CORRECTED = "reading corrected"
    CHANNEL_CONFIGURED = "channel configured"
    SHARED = "shared"
    POST_DECIDED = "post decided"
    EXPORTED = "exported"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    LEAK_REPORTED = "leak reported"
    ERASED = "erased"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to which thing, and when; `team` is empty for the command line and the clock."""

    id: int
    at: datetime
    by: str
    team: str
    deed: str
    about: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """A page (from 0) of what was asked for, the newest first; `total` in all."""

    lines: tuple[AuditLine, ...]
    total: int
    page: int
    per_page: int
    since: datetime | None = None
    by: str = ""
    deed: str = ""
