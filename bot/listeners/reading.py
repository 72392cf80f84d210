"""Reads what Slack sent: who acts and where, what was pressed, chosen or typed.

What a button or a modal carries went through Slack and back, from an older version perhaps, or from
somebody who made it up: what is not as it should be is `NotFound`, like a thing that is gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from bot.errors import NotFound

Body = Mapping[str, Any]
GONE = "There is nothing such here any more."
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_Word = TypeVar("_Word", bound=StrEnum)


class Carried(dict[str, Any]):
    """What was carried; a part that is not there is `NotFound`."""

    def __missing__(self, name: str) -> NoReturn:
        raise NotFound(GONE)

    def text(self, name: str) -> str:
        """A part that must be text. Raises `NotFound`."""
        found = self[name]
        if not isinstance(found, str):
            raise NotFound(GONE)
        return found

    def text_or_none(self, name: str) -> str | None:
        """A part that is text where it is there at all. Raises `NotFound`."""
        return None if self.get(name) is None else self.text(name)


def team_of(body: Body) -> str:
    team = body.get("team")
    if isinstance(team, Mapping):
        return str(team.get("id") or "")
    return str(body.get("team_id") or team or "")


def user_of(body: Body) -> str:
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user.get("id") or "")
    event = body.get("event") or {}
    return str(body.get("user_id") or event.get("user") or "")


def channel_of(body: Body) -> str:
    channel = body.get("channel")
    if isinstance(channel, Mapping):
        return str(channel.get("id") or "")
    container, event = body.get("container") or {}, body.get("event") or {}
    place = body.get("channel_id") or container.get("channel_id") or event.get("channel")
    return str(place or "")


def is_direct(body: Body) -> bool:
    """Whether a command, a click or words came from a direct message.

    Slack gives all of them one name.
    """
    channel, event = body.get("channel"), body.get("event") or {}
    name = channel.get("name") if isinstance(channel, Mapping) else body.get("channel_name")
    return name == "directmessage" or event.get("channel_type") == "im"


def trigger_of(body: Body) -> str:
    """What lets a modal be opened. Raises `NotFound`."""
    return _text(body.get("trigger_id"))


def view_of(body: Body) -> Body:
    """The modal, or Home, in which a button was pressed. Raises `NotFound`."""
    view = body.get("view")
    if not isinstance(view, Mapping):
        raise NotFound(GONE)
    return view


def place_of(body: Body) -> Carried:
    """What the modal carries in which a button was pressed; nothing where it was in none."""
    view = body.get("view")
    return carried(view.get("private_metadata")) if isinstance(view, Mapping) else Carried()


def value_of(action: Body) -> str:
    """What a button carries, or the option that was chosen. Raises `NotFound`."""
    chosen = action.get("selected_option")
    return _text(chosen.get("value") if isinstance(chosen, Mapping) else action.get("value"))


def carried(raw: object) -> Carried:
    """The ids that a button or a modal carried through Slack and back."""
    try:
        found = json.loads(raw or "{}") if isinstance(raw, str) else {}
        # An escape can be half of a character, or none at all, which no database takes.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NotFound(GONE) from None
    if isinstance(raw, str) and _NUL.search(raw):
        raise NotFound(GONE)
    return Carried(found) if isinstance(found, dict) else Carried()


def values(view: Body) -> Carried:
    """What stands in a modal's inputs, by block id: text, option value, or list of values."""
    state = view.get("state") or {}
    return Carried(
        {
            block: _entered(element)
            for block, elements in (state.get("values") or {}).items()
            for element in elements.values()
        }
    )


def _entered(element: Mapping[str, Any]) -> Any:
    if "selected_options" in element:
        return [_value(option) for option in element["selected_options"] or ()]
    if "selected_conversations" in element:
        return [_text(one) for one in element["selected_conversations"] or ()]
    if "selected_option" in element:
        chosen = element["selected_option"]
        return _value(chosen) if chosen else None
    if "selected_user" in element:
        chosen = element["selected_user"]
        return _text(chosen) if chosen else None
    picked = element.get("selected_time") or element.get("selected_date")
    return _text(element.get("value") or picked or "")


def _value(option: object) -> str:
    return _text(option.get("value") if isinstance(option, Mapping) else None)


def _text(found: object) -> str:
    if not isinstance(found, str) or "\x00" in found:
        raise NotFound(GONE)
    return found


def moment_of(question: Carried, now: datetime) -> datetime:
    """The moment of the question that a button carries; `now`, where it carries none."""
    if "at" not in question:
        return now
    try:
        found = datetime.fromisoformat(question.text("at"))
    except ValueError:
        raise NotFound(GONE) from None
    if found.tzinfo is None:
        raise NotFound(GONE)
    return found


def day_in(value: object) -> date:
    """The day that a button carries. Raises `NotFound` for what can be none."""
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise NotFound(GONE) from None


def number_in(value: object) -> int:
    """The row that a button carries. Raises `NotFound` for what can be none."""
    written = str(value)
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise NotFound(GONE)
    return int(written)


def word_in(words: type[_Word], value: object) -> _Word:
    """One of our words that a button carries. Raises `NotFound` for any other."""
    try:
        return words(str(value))
    except ValueError:
        raise NotFound(GONE) from None
