"""Settings of redaction, as they are written and as they are read."""

from __future__ import annotations

import re
from pathlib import Path


def words(value: str) -> tuple[str, ...]:
    """What is written with commas between."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def regions(value: str) -> tuple[str, ...]:
    """Countries by their ISO codes. Raises `ValueError`."""
    found = tuple(region.upper() for region in words(value))
    wrong = [region for region in found if not re.fullmatch("[A-Z]{2}", region)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: give two-letter countries, such as US,GB,DE")
    from phonenumbers import SUPPORTED_REGIONS

    unknown = [region for region in found if region not in SUPPORTED_REGIONS]
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: no such country; give ISO codes (the United Kingdom is GB)"
        )
    return found


def domains(value: str) -> tuple[str, ...]:
    """Mail domains. Raises `ValueError`."""
    found = tuple(domain.lstrip("@.") for domain in words(value.lower()))
    wrong = [domain for domain in found if not re.fullmatch(r"[^\s@/:.]+(\.[^\s@/:.]+)+", domain)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: give whole mail domains, such as example.com")
    return found


def patterns_file(value: str, key: Path) -> Path:
    """Where the operator's patterns lie: beside the key, unless said."""
    return Path(value).expanduser() if value else key.with_name("patterns.toml")
