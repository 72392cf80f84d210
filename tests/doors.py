"""Every door of the app: what is registered with Bolt, and a request that each of them acts on.

A new listener is found by itself. One that acts on nothing that is tried here has to get a request
in `CARRIED`, `CHOSEN` or `ENTERED`, and the test that walks the doors says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.blocks import kit
from bot.demo.fake_slack.transport import Kind
from bot.listeners import register_all
from bot.listeners.common import Desk
from conftest import NOW
from people import ADA, BEN, CHECKOUT, SUPPORT, TEAM

DAY = "2026-11-03"


class Recorder:
    """Takes the place of Bolt's App and notes what is registered."""

    def __init__(self) -> None:
        self.seen: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def register(name: Any = None, *_: Any, **__: Any) -> Any:
            if callable(name):
                return name
            listened_to = name.pattern if isinstance(name, re.Pattern) else str(name)
            self.seen.setdefault(kind, []).append(listened_to)
            return lambda function: function

        return register


@dataclass(frozen=True)
class Door:
    """A listener: its sort (command, action, view, message_shortcut, event) and its name."""

    sort: str
    name: str

    def __str__(self) -> str:
        return f"{self.sort} {self.name}"


def doors() -> Iterator[Door]:
    """All that is registered, by what it listens to."""
    recorder = Recorder()
    register_all(cast(Any, recorder), cast(Desk, None))
    for sort, names in recorder.seen.items():
        for name in names:
            yield Door(sort, re.sub(r"^\^|\(.*$", "", name))


# --- what buttons and modals carry ----------------------------------------------------------

QUESTION = {"q": "checkout", "at": NOW.isoformat()}
PLACE = {"channel": CHECKOUT}
CARRIED: dict[str, Any] = {
    kit.ACTION_SHARE: QUESTION,
    kit.ACTION_ASK: QUESTION,
    kit.ACTION_NARROW: QUESTION,
    kit.ACTION_COMPARE: QUESTION,
    kit.ACTION_THEMES: QUESTION,
    kit.ACTION_TICKETS: QUESTION,
    kit.ACTION_ALIAS: {"alias": "basket", "feature": "checkout"},
    kit.ACTION_TAG_MESSAGE: {"channel": SUPPORT, "ts": "1.1"},
    kit.ACTION_INSIGHTS: {"q": "", "page": 0},
    kit.ACTION_DIGEST_MUTE: PLACE | {"length": "day"},
    kit.ACTION_DIGEST_UNMUTE: PLACE,
    kit.ACTION_DIGEST_UNSHOWN: {"day": DAY, "page": 0},
    kit.ACTION_DIGEST_OLDER: {"day": DAY, "page": 0},
    kit.ACTION_DIGEST_NEWER: {"day": DAY, "page": 0},
    kit.ACTION_DIGEST_LIKE: {"day": DAY, "page": 0, "like": 1},
    kit.ACTION_EFFECT: {"insight": 2, "on": DAY, "weeks": 2, "after": 1},
    kit.ACTION_DIGEST_HERE: "checkout",
    kit.ACTION_DIGEST_WHY: DAY,
    kit.ACTION_UNDO: "kind:request",
    kit.ACTION_DETACH: "1:2",
    kit.ACTION_VERIFY: "2",
}
CHOSEN = {
    kit.ACTION_ASK_OTHER: json.dumps(QUESTION),
    kit.ACTION_MORE: "edit:checkout",
    kit.ACTION_CORRECT: "kind:not:request",
    kit.ACTION_STATUS: "1:owned",
    kit.ACTION_DIGEST_LESS: "kind:broken",
    kit.ACTION_DIGEST_CADENCE: "daily",
}
IN_MODAL: dict[str, dict[str, Any]] = {
    kit.ACTION_NEXT: QUESTION | {"page": 0},
    kit.ACTION_PREVIOUS: QUESTION | {"page": 0},
    kit.ACTION_TOLD_NEXT: {"insight": 1, "page": 0},
    kit.ACTION_TOLD_PREVIOUS: {"insight": 1, "page": 0},
    kit.ACTION_DETACH: {"insight": 1, "page": 0},
    kit.ACTION_EFFECT_NEXT: {"insight": 2, "on": DAY, "weeks": 2, "after": 1, "page": 0},
    kit.ACTION_EFFECT_PREVIOUS: {"insight": 2, "on": DAY, "weeks": 2, "after": 1, "page": 0},
    kit.ACTION_CORRECT: {"ticket": 1},
    kit.ACTION_UNDO: {"ticket": 1},
    kit.ACTION_DIGEST_PREVIEW: PLACE,
    kit.ACTION_DIGEST_CADENCE: PLACE,
    kit.ACTION_DIGEST_MUTE: PLACE,
    kit.ACTION_DIGEST_UNMUTE: PLACE,
    kit.ACTION_DIGEST_LESS_LIST: PLACE,
    kit.ACTION_DIGEST_LESS_UNDO: PLACE,
    kit.ACTION_DIGEST_UNSHOWN: PLACE,
    kit.ACTION_DIGEST_OLDER: PLACE,
    kit.ACTION_DIGEST_NEWER: PLACE,
}
IN_VIEW: dict[str, dict[str, Any]] = {
    kit.VIEW_TAG: {"ticket": 4, "home": CHECKOUT},
    kit.VIEW_EDIT: {"insight": 1},
    kit.VIEW_SHIP: {"insight": 1},
    kit.VIEW_DECLINE: {"insight": 1},
    kit.VIEW_NOTE: {"insight": 1},
    kit.VIEW_MERGE: {"insight": 1},
    kit.VIEW_DIGEST: PLACE,
    kit.VIEW_ALIAS: {},
    kit.VIEW_FEATURE: {"feature": "checkout"},
    kit.VIEW_NARROW: QUESTION,
    kit.VIEW_COMPARE: QUESTION,
}
TITLED = {
    kit.BLOCK_TITLE: "Charged twice",
    kit.BLOCK_FEATURE: "checkout",
    kit.BLOCK_KIND: "broken",
    kit.BLOCK_NOTE: "Seen by all.",
}
ENTERED: dict[str, dict[str, Any]] = {
    kit.VIEW_TAG: TITLED,
    kit.VIEW_EDIT: TITLED,
    kit.VIEW_SHIP: {kit.BLOCK_NOTE: "Out."},
    kit.VIEW_DECLINE: {kit.BLOCK_NOTE: "As it should be."},
    kit.VIEW_NOTE: {kit.BLOCK_NOTE: "Look at this."},
    kit.VIEW_MERGE: {kit.BLOCK_INSIGHT: "2"},
    kit.VIEW_DIGEST: {kit.BLOCK_TIMEZONE: "Europe/Berlin", kit.BLOCK_ON: "on"},
    kit.VIEW_ALIAS: {kit.BLOCK_ALIAS: "basket", kit.BLOCK_FEATURE: "checkout"},
    kit.VIEW_FEATURE: {kit.BLOCK_NAME: "Paying"},
    kit.VIEW_NARROW: {kit.BLOCK_WINDOW: "90d"},
    kit.VIEW_COMPARE: {kit.BLOCK_FEATURE: "csv-export"},
}

# --- whole requests -------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """Who acts, and where Slack says they and the request are from."""

    user: str = ADA
    team: str = TEAM
    home: str = TEAM
    enterprise: str | None = None


@dataclass(frozen=True)
class Request:
    """A payload, and how Slack sends it."""

    kind: Kind
    payload: Mapping[str, Any]


def request(
    door: Door, who: Who, trigger: str, response_url: str, channel: str = CHECKOUT
) -> Request:
    """What Slack sends when somebody goes through a door; `trigger` tells requests apart."""
    if door.sort == "event":
        return Request("events_api", _event(door.name, who, trigger, channel))
    if door.sort == "command":
        made = _command(door.name, who, channel)
        return Request("slash_commands", made | _way_back(trigger, response_url))
    if door.sort == "view":
        made = _person(who) | {
            "type": "view_submission",
            "view": _view(door.name, IN_VIEW, response_url),
        }
        return Request("interactive", made | {"trigger_id": trigger})
    make = _action if door.sort == "action" else _shortcut
    return Request("interactive", make(door.name, who, channel) | _way_back(trigger, response_url))


def _way_back(trigger: str, response_url: str) -> dict[str, Any]:
    return {"trigger_id": trigger, "response_url": response_url}


def _person(who: Who) -> dict[str, Any]:
    return {
        "team": {"id": who.team, "domain": "x"},
        "enterprise": {"id": who.enterprise} if who.enterprise else None,
        "user": {"id": who.user, "team_id": who.home},
        "is_enterprise_install": False,
    }


def _command(name: str, who: Who, channel: str) -> dict[str, Any]:
    made = {
        "command": name,
        "text": "checkout",
        "user_id": who.user,
        "team_id": who.team,
        "channel_id": channel,
        "channel_name": "somewhere",
    }
    return made | ({"enterprise_id": who.enterprise} if who.enterprise else {})


def _view(name: str, place: Mapping[str, dict[str, Any]], response_url: str = "") -> dict[str, Any]:
    carried = place.get(name, {})
    if name in (kit.VIEW_NARROW, kit.VIEW_COMPARE):
        carried = carried | {"to": response_url}
    return {
        "id": "V1",
        "type": "modal",
        "hash": "H1",
        "callback_id": name,
        "private_metadata": json.dumps(carried),
        "blocks": [{"type": "input", "block_id": "title"}],
        "state": {"values": {b: {"value": _element(v)} for b, v in ENTERED.get(name, {}).items()}},
    }


def _element(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def _action(name: str, who: Who, channel: str) -> dict[str, Any]:
    action: dict[str, Any] = {"type": "button", "action_id": name, "block_id": "b"}
    if name in CHOSEN:
        action["selected_option"] = {"value": CHOSEN[name]}
    else:
        carried = CARRIED.get(name, "1")
        action["value"] = carried if isinstance(carried, str) else json.dumps(carried)
    made = _person(who) | {"type": "block_actions", "actions": [action]}
    if name in IN_MODAL:
        return made | {
            "container": {"type": "view", "view_id": "V1"},
            "view": _view(name, IN_MODAL),
        }
    place = {"id": channel, "name": "somewhere"}
    container = {"type": "message", "channel_id": channel, "message_ts": "1.1"}
    return made | {"container": container, "channel": place}


def _shortcut(name: str, who: Who, channel: str) -> dict[str, Any]:
    return _person(who) | {
        "type": "message_action",
        "callback_id": name,
        "channel": {"id": channel, "name": "somewhere"},
        "message": {"type": "message", "user": BEN, "text": "checkout is broken", "ts": "1.1"},
    }


def _event(name: str, who: Who, told_apart: str, channel: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": name,
        "user": who.user,
        "channel": channel,
        "text": "checkout",
        "ts": "1.1",
        "event_ts": "9999999999.1",
        "tab": "home",
    }
    if who.home != TEAM:
        event["user_team"] = who.home
    if name == "message":
        event |= {"channel": f"D{who.user}", "channel_type": "im"}
    if name.startswith("reaction"):
        item = {"type": "message", "channel": CHECKOUT, "ts": "CARD"}
        event |= {"reaction": "bulb", "item": item}
    if name.startswith(("channel_shared", "shared_channel")):
        del event["user"]
        event["channel"] = channel
    return {
        "type": "event_callback",
        "team_id": who.team,
        "event_id": f"Ev{told_apart}",
        "event": event,
        "authorizations": [
            {"team_id": who.team, "enterprise_id": who.enterprise, "user_id": "U0BOT"}
        ],
    }
