"""What is let in to Bolt, over either transport: only what has the shape that Slack gives it.

Bolt and listeners take the shape for granted. A signed body of another would break them, and their
tracebacks would show pieces of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import App, BoltRequest, BoltResponse

_log = logging.getLogger("earshot.intake")
_Check = Callable[[object], bool]


def _is_text(found: object) -> bool:
    """No half of a character either: no database takes one, and Slack sends none."""
    if not isinstance(found, str):
        return found is None
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_flag(found: object) -> bool:
    return found is None or isinstance(found, bool | str)


def _each(check: _Check) -> _Check:
    return lambda found: found is None or (isinstance(found, list) and all(map(check, found)))


def _object(needs: str = "", **parts: _Check) -> _Check:
    """An object whose parts, where they are there, pass their checks; `needs` names one that must
    be text."""

    def check(found: object) -> bool:
        if not isinstance(found, Mapping):
            return False
        if needs and not isinstance(found.get(needs), str):
            return False
        return all(part(found[name]) for name, part in parts.items() if name in found)

    return check


def _maybe(check: _Check) -> _Check:
    return lambda found: found is None or check(found)


def _all_values(check: _Check) -> _Check:
    return lambda found: isinstance(found, Mapping) and all(map(check, found.values()))


def _either(*checks: _Check) -> _Check:
    return lambda found: any(check(found) for check in checks)


_OPTION: Final = _maybe(_object(value=_is_text))
_ENTERED: Final = _object(
    value=_is_text,
    selected_option=_OPTION,
    selected_options=_each(_OPTION),
    selected_user=_is_text,
    selected_time=_is_text,
    selected_date=_is_text,
    selected_conversations=_each(_is_text),
)
_STATE: Final = _maybe(_object(values=_maybe(_all_values(_all_values(_ENTERED)))))
_PLACE: Final = _either(_is_text, _object(id=_is_text, name=_is_text))
_VIEW: Final = _object(
    id=_is_text,
    hash=_is_text,
    type=_is_text,
    callback_id=_is_text,
    private_metadata=_is_text,
    previous_view_id=_is_text,
    app_installed_team_id=_is_text,
    team_id=_is_text,
    blocks=_each(_object(type=_is_text, block_id=_is_text)),
    state=_STATE,
)
_EVENT: Final = _object(
    "type",
    user=_is_text,
    channel=_PLACE,
    text=_is_text,
    reaction=_is_text,
    item=_either(_is_text, _object(type=_is_text, channel=_is_text, ts=_is_text)),
    event_ts=_is_text,
    ts=_is_text,
    thread_ts=_is_text,
    inviter=_is_text,
    tab=_is_text,
    channel_type=_is_text,
    subtype=_is_text,
    bot_id=_is_text,
    team=_is_text,
    user_team=_is_text,
    source_team=_is_text,
)
_AUTHORIZATION: Final = _object(
    team_id=_is_text, enterprise_id=_is_text, user_id=_is_text, is_enterprise_install=_is_flag
)
_TEAM: Final = _either(_is_text, _object("id", enterprise_id=_is_text))
_REQUEST: Final = _object(
    type=_is_text,
    event_id=_is_text,
    event=_EVENT,
    team_id=_is_text,
    team=_TEAM,
    enterprise=_maybe(_either(_is_text, _object(id=_is_text))),
    enterprise_id=_is_text,
    is_enterprise_install=_is_flag,
    authorizations=_each(_AUTHORIZATION),
    user=_either(_is_text, _object(id=_is_text, team_id=_is_text)),
    user_id=_is_text,
    channel=_PLACE,
    channel_id=_is_text,
    channel_name=_is_text,
    container=_maybe(_object(channel_id=_is_text, type=_is_text)),
    message=_maybe(_object(ts=_is_text, text=_is_text)),
    view=_VIEW,
    actions=_each(
        _object(
            "action_id",
            type=_is_text,
            block_id=_is_text,
            value=_is_text,
            selected_option=_OPTION,
        )
    ),
    callback_id=_is_text,
    command=_is_text,
    text=_is_text,
    trigger_id=_is_text,
    response_url=_is_text,
)
_OF_VIEW: Final = ("type", "callback_id")
_NEEDED: Final = {
    "event_callback": ("event", "event_id"),
    "block_actions": ("actions", "user", "team"),
    "view_submission": ("view", "user", "team"),
    "view_closed": ("view", "user", "team"),
    "message_action": ("message", "user", "team", "callback_id"),
}


def is_request(found: object) -> bool:
    """Whether a body, parsed, has the shape of what Slack sends."""
    if not (isinstance(found, Mapping) and _REQUEST(found)):
        return False
    sort = str(found.get("type"))
    if not all(found.get(part) for part in _NEEDED.get(sort, ())):
        return False
    return not sort.startswith("view_") or all(found["view"].get(part) for part in _OF_VIEW)


def dispatch(bolt: App, request: BoltRequest) -> BoltResponse:
    """What Bolt answers; 400 where the request broke it before its own error door."""
    try:
        return bolt.dispatch(request)
    except Exception as error:  # noqa: BLE001
        _log.error("a request could not be handled: %s", type(error).__name__)
        return BoltResponse(status=400)


def take(bolt: App, payload: Any, headers: Mapping[str, Any] | None) -> BoltResponse:
    """What is answered to an envelope of Socket Mode, which carries no signature.

    A malformed one is taken and forgotten: sent again, it would be no better.
    """
    if not is_request(payload):
        _log.warning("a request was refused: malformed")
        return BoltResponse(status=200)
    request = BoltRequest(mode="socket_mode", body=payload, headers=dict(headers or {}))
    answered = dispatch(bolt, request)
    return BoltResponse(status=200) if answered.status in (400, 404) else answered
