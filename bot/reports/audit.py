"""What the audit tells."""

from __future__ import annotations

from enum import StrEnum


class Deed(StrEnum):
    """What is told of in the audit."""

    TAGGED = "tagged"
    INSIGHT_CHANGED = "insight changed"
    FEATURES_EDITED = "features edited"
    READING_CORRECTED = "reading corrected"
    CHANNEL_CONFIGURED = "channel configured"
    SHARED = "shared"
    EXPORTED = "exported"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    LEAK_REPORTED = "leak reported"
    ERASED = "erased"
    EXPIRED = "expired"
    REFUSED = "refused"
