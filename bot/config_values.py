"""What single settings may be: each function reads one sort of value, or says what is wrong with it
by a `ValueError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bot.config_redaction import words
from bot.reports import Answer

LONGEST_DAYS = 36_500


def api_url(value: str) -> str:
    local = re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]", value)
    if not re.match(r"https://[^/\s]", value) and not local:
        raise ValueError("must begin with https:// (http:// only for this machine)")
    return value if value.endswith("/") else value + "/"


def port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ValueError("must be a number from 1 to 65535")
    return int(value)


def days(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value[:6]) > LONGEST_DAYS:
        raise ValueError(f"must be a number of days from 0 (for ever) to {LONGEST_DAYS:,}")
    return int(value)


def people(value: str) -> tuple[str, ...]:
    people = words(value)
    wrong = [person for person in people if not re.fullmatch("[UW][A-Z0-9]+", person)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: give member ids, such as U012AB3CD")
    return people


def taggers(value: str) -> tuple[str, ...]:
    taggers = words(value)
    wrong = [id for id in taggers if not re.fullmatch("[SUW][A-Z0-9]+", id)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: give ids of user groups, such as S012AB3CD")
    return taggers


def long_secret(value: str) -> str:
    if not value:
        return ""
    if len(value) < 16 or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("give at least 16 letters, digits and signs, such as a random word")
    return value


def emoji(value: str) -> str:
    name = value.strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
        raise ValueError("must be an emoji's name, such as bulb")
    return name


def answers(value: str) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for pair in words(value):
        name, _, answer = pair.partition("=")
        if answer not in set(Answer):
            raise ValueError(f"{answer!r} is not an answer; there are {', '.join(Answer)}")
        found[emoji(name)] = Answer(answer)
    return found


def log_level(value: str) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def auto(value: str) -> bool:
    if value not in {"auto", "off"}:
        raise ValueError("must be auto or off")
    return value == "auto"


def file(value: str) -> Path | None:
    path = Path(value).expanduser() if value else None
    if path and not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


def token(prefix: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and not value.startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        return value

    return check
