"""What Slack sends to the bot, in its real shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.fake_slack.model import Json, Message, View
from bot.demo.fake_slack.shapes import message_json, view_json
from bot.demo.fake_slack.state import KEYS, ClientRefusal, state_values
from bot.demo.fake_slack.workspace import APP, BOT_USER, Workspace
from bot.demo.slack_limits import elements_of, flattened

VERIFICATION = "deprecated-verification-token"
SHOWN_IN_ACTION = ("text", "value", "style", "url", "placeholder", "confirm", "accessibility_label")


@dataclass(frozen=True)
class Found:
    """An element of a message or view, and the block it stands in."""

    block: Mapping[str, Any]
    element: Mapping[str, Any]

    @property
    def ids(self) -> tuple[str, str]:
        """Block id and action id."""
        return str(self.block["block_id"]), str(self.element["action_id"])


def find_element(
    where: Message | View,
    user: str,
    action_id: str,
    block_id: str | None = None,
    value: str | None = None,
) -> Found:
    """The one element a person means; no such element, or several, is refused."""
    every = [
        Found(block, element)
        for _, block in flattened(where.blocks, "")
        for element in elements_of(block)
        if "action_id" in element and user in element.get("visible_to_user_ids", [user])
    ]
    found = [
        each
        for each in every
        if each.ids[1] == action_id
        and block_id in (None, each.ids[0])
        and value in (None, each.element.get("value"))
    ]
    if not found:
        offered = ", ".join("/".join(each.ids) for each in every)
        raise ClientRefusal(f"no element {action_id!r} here, there are: {offered or 'none'}")
    if len(found) > 1:
        raise ClientRefusal(f"{len(found)} elements {action_id!r}: name block_id or value")
    return found[0]


def user_json(space: Workspace, user: str) -> Json:
    """The person of an interaction."""
    person = space.person(user)
    return {
        "id": user,
        "name": person.name,
        "username": person.name,
        "team_id": person.team_id,
    }


def _base(space: Workspace, user: str, kind: str) -> Json:
    return {
        "type": kind,
        "token": VERIFICATION,
        "api_app_id": APP,
        "team": {"id": space.team, "domain": space.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": user_json(space, user),
    }


def slash_command(
    space: Workspace, user: str, channel: str, typed: tuple[str, str], response_url: str
) -> Json:
    """The form fields of a slash command; `typed` is the command and its text."""
    command, text = typed
    place, person = space.channel(channel), space.person(user)
    return {
        "token": VERIFICATION,
        "team_id": space.team,
        "team_domain": space.domain,
        "channel_id": channel,
        "channel_name": "privategroup" if place.is_private else place.name,
        "user_id": user,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": space.grants.new_trigger(user),
    }


def action_of(space: Workspace, found: Found, state: Json | None) -> Json:
    """One entry of `actions`."""
    element = found.element
    block_id, action_id = found.ids
    shown = {key: element[key] for key in SHOWN_IN_ACTION if key in element}
    return {
        **shown,
        **({key: state[key] for key in state if key != "type"} if state else {}),
        "type": element["type"],
        "block_id": block_id,
        "action_id": action_id,
        "action_ts": space.next_ts("actions"),
    }


def message_action(
    space: Workspace, user: str, message: Message, actions: list[Json], response_url: str
) -> Json:
    """block_actions from a message; an ephemeral one is not repeated in the payload."""
    body = {
        **_base(space, user, "block_actions"),
        "container": _container(message),
        "trigger_id": space.grants.new_trigger(user),
        "channel": _channel(space, message.channel),
        "state": {"values": state_values(message.blocks, message.states.get(user, {}))},
        "response_url": response_url,
        "actions": actions,
    }
    if message.ephemeral_to is None:
        body["message"] = message_json(space, message)
    return body


def _container(message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return container


def _channel(space: Workspace, channel: str) -> Json:
    place = space.channel(channel)
    return {"id": channel, "name": "privategroup" if place.is_private else place.name}


def view_action(space: Workspace, user: str, view: View, actions: list[Json]) -> Json:
    """block_actions from a modal or Home."""
    return {
        **_base(space, user, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": space.grants.new_trigger(user, view.id),
        "view": view_json(space, view),
        "actions": actions,
    }


def message_shortcut(
    space: Workspace, user: str, message: Message, callback_id: str, response_url: str
) -> Json:
    """message_action: a shortcut from a message's menu."""
    return {
        **_base(space, user, "message_action"),
        "callback_id": callback_id,
        "trigger_id": space.grants.new_trigger(user),
        "response_url": response_url,
        "action_ts": space.next_ts("actions"),
        "channel": _channel(space, message.channel),
        "message_ts": message.ts,
        "message": message_json(space, message),
    }


def view_submission(space: Workspace, user: str, view: View, response_urls: list[Json]) -> Json:
    """A submitted modal."""
    return {
        **_base(space, user, "view_submission"),
        "trigger_id": space.grants.new_trigger(user, view.id),
        "view": view_json(space, view),
        "response_urls": response_urls,
    }


def view_closed(space: Workspace, user: str, view: View, cleared: bool) -> Json:
    """A modal closed by its person."""
    return {
        **_base(space, user, "view_closed"),
        "view": view_json(space, view),
        "is_cleared": cleared,
    }


def event_callback(space: Workspace, event: Mapping[str, Any], shared: bool) -> Json:
    """The envelope of an event."""
    return {
        "token": VERIFICATION,
        "team_id": space.team,
        "api_app_id": APP,
        "event": dict(event),
        "type": "event_callback",
        "event_id": space.new_id("Ev"),
        "event_time": int(space.clock().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": space.team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": space.new_id("4-"),
    }


def takes_a_choice(found: Found) -> bool:
    """Whether an element reports a choice and not only that it was pressed."""
    return found.element["type"] in KEYS
