"""What somebody may want to do with customers' words."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """A deed that `bot.service.policy` decides about; its word stands in the audit."""

    ASK = "ask"
    ANSWER = "answer"
    CORRECT = "correct"
    REPORT_LEAK = "report a leak"
    SILENCE = "silence an alarm"
    TAG = "tag"
    CHANGE_INSIGHT = "change an insight"
    EDIT_FEATURES = "edit features"
    CONFIGURE = "configure a channel"
    SHARE = "share"
    EXPORT = "export"
    ERASE = "erase"
