"""What is masked by this installation: its settings, its own patterns, and the optional layer."""

from __future__ import annotations

import time
from functools import lru_cache

from bot.config import Settings
from bot.reports import Beside, Requester
from bot.semantic.names import names_of
from bot.service import patterns
from bot.voice.redact import NO_OTHERS, Redactor, Rules
from bot.voice.redact_patterns import Pattern


def rules_of(settings: Settings) -> Rules:
    """The rules as they stand, with the patterns that are in the file now.

    Raises `UserError` where a pattern or the installed model of names cannot be used: tickets
    would pass without a mask that the operator counts on.
    """
    own = patterns.every(settings.patterns_file) if settings.patterns_file else ()
    return _made(settings.phone_regions, settings.own_domains, own, settings.names)


def redactor_for(settings: Settings, requester: Requester, beside: Beside = NO_OTHERS) -> Redactor:
    """What redacts the texts of one ticket by the installation's settings."""
    return Redactor(requester, rules=rules_of(settings), beside=beside)


@lru_cache(maxsize=8)
def _made(
    regions: tuple[str, ...], domains: tuple[str, ...], own: tuple[Pattern, ...], names: bool
) -> Rules:
    return Rules(
        regions=regions,
        own_domains=frozenset(domains),
        patterns=own,
        names=names_of() if names else None,
        stopwatch=time.thread_time,
    )
