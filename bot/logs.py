"""What Earshot writes to its log: ids and facts of its own, and nothing that a customer wrote.

Three things see to it, because any of them may fail. Our own lines are written so that they hold
no words of anybody's. Of other libraries only warnings are let through, and of those the
beginning, as some (Slack's among them) print whole requests behind it. And each line that is
written, with its traceback, goes through the rules that tickets are redacted by: what cannot be
masked is not shown.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from types import TracebackType
from typing import Final, TextIO

OURS: Final = frozenset({"earshot", "bot", "storage"})
HELD: Final = (
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "httpx",
    "httpcore",
    "sqlalchemy",
    "alembic",
    "uvicorn",
    "asyncio",
)
"""Libraries that tell what they send and receive, were they asked for more than warnings."""
LONGEST: Final = 4_000
"""Characters of a line, with its traceback."""
MOST_READ: Final = 20_000
"""Characters that are masked at all; redaction knows its cost up to there."""
WITHHELD: Final = "[withheld: this line could not be masked]"

_HEAD: Final = re.compile(r"[^:=({\[<\"'`%\r\n]{0,120}")
_CONTROL: Final = re.compile(r"[^\S\n ]|[^\x20-\x7e\n\xa0-\U0010ffff]")
_CODE: Final = re.compile(r"\w{3,60}", re.ASCII)
_TOLD: Final = (ImportError, NameError, OSError, MemoryError, RecursionError)
"""Errors whose words are the interpreter's or the system's, and no request's or ticket's."""


class Masked(logging.Handler):
    """Writes to standard error, as it is just then, what may be shown of a record."""

    def __init__(self, level: str | int, layout: str) -> None:
        super().__init__(level)
        self.setFormatter(MaskedFormatter(layout))

    def filter(self, record: logging.LogRecord) -> bool:
        return (_is_ours(record) or record.levelno >= logging.WARNING) and bool(
            super().filter(record)
        )

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _stream().write(self.format(record) + "\n")
        except (OSError, ValueError):
            # Nobody listens any more. `handleError` would print the record, values and all.
            return


class MaskedFormatter(logging.Formatter):
    """A record as it may be shown; made so that whatever goes wrong with it shows nothing."""

    def format(self, record: logging.LogRecord) -> str:
        shown = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None})
        shown.msg, shown.args, shown.stack_info = _masked_or_withheld(record), None, None
        return super().format(shown)


def _masked_or_withheld(record: logging.LogRecord) -> str:
    try:
        return masked(_said(record))
    # Whatever a record holds, and whatever the rules make of it, must not break the work that
    # wanted to tell of it.
    except Exception as error:  # noqa: BLE001
        return f"{WITHHELD} ({type(error).__name__}, {record.module}:{record.lineno})"


def _said(record: logging.LogRecord) -> str:
    message = record.getMessage() if _is_ours(record) else _beginning(record)
    error = record.exc_info[1] if record.exc_info else None
    return message if error is None else "\n".join([message, *frames(error)])


def _beginning(record: logging.LogRecord) -> str:
    """A library's message up to where values may begin."""
    found = _HEAD.match(str(record.msg))
    return f"{found.group().strip() if found else ''} ({record.module}:{record.lineno})".strip()


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def masked(text: str) -> str:
    """A text as it may be written to a log: personal data and secrets masked, short, one stream."""
    plain = _CONTROL.sub("?", text[:MOST_READ])
    found = _mask()(plain)
    return found if len(found) <= LONGEST else f"{found[:LONGEST]} [cut]"


@cache
def _mask() -> Callable[[str], str]:
    """The rules that hold for everybody; loaded when there is something to tell."""
    from time import thread_time

    from bot.voice.redact import Redactor, Rules, redact_or_withhold

    rules = Rules(stopwatch=thread_time)
    return lambda text: redact_or_withhold(Redactor(rules=rules), text)


def frames(error: BaseException) -> Iterator[str]:
    """The lines of a traceback without the errors' own words, which may quote what was read."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from frames(cause)
        yield "… and then:"
    for frame in traceback.format_tb(error.__traceback__):
        yield frame.rstrip("\n")
    words = f": {error}" if isinstance(error, _TOLD) else _code(error)
    yield f"{type(error).__module__}.{type(error).__qualname__}{words}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from frames(one)


def _code(error: BaseException) -> str:
    """The name that Slack, SQLite or PostgreSQL gives a fault."""
    answer = getattr(getattr(error, "response", None), "data", None)
    found = [answer.get("error")] if isinstance(answer, dict) else []
    found += [getattr(error, name, None) for name in ("sqlite_errorname", "sqlstate")]
    codes = [one for one in found if isinstance(one, str) and _CODE.fullmatch(one)]
    return f" ({codes[0]})" if codes else ""


def hold() -> None:
    """Keep other libraries from telling more than warnings, whatever level is asked for."""
    for name in HELD:
        logging.getLogger(name).setLevel(logging.WARNING)


def write_to_standard_error(level: str | int, layout: str = "%(message)s") -> None:
    """Have lines of ours from `level` on, and warnings of others, written and masked.

    Takes the place of an earlier call.
    """
    hold()
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Masked)]:
        root.removeHandler(handler)
    root.addHandler(Masked(level, layout))
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def take_over_hooks() -> None:
    """Have errors that nobody caught told like any other: without their words."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(
        found.exc_type, found.exc_value, found.exc_traceback
    )
    sys.unraisablehook = lambda found: _uncaught(
        found.exc_type, found.exc_value, found.exc_traceback
    )


def _uncaught(
    kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    if issubclass(kind, SystemExit):
        return
    if issubclass(kind, KeyboardInterrupt):
        _stream().write("Interrupted.\n")
        return
    logging.getLogger("earshot").critical(
        "Something went wrong in Earshot itself. Please report it with these lines.",
        exc_info=error or kind(),
    )


def _stream() -> TextIO:
    return sys.stderr
