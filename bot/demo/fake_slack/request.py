"""A Web API request, read the way Slack reads it: form or JSON, objects or their strings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from bot.demo.fake_slack.model import Channel, Json, SlackError, Token
from bot.demo.fake_slack.workspace import BOT_USER, Workspace
from bot.demo.slack_limits import Fault

OBJECTS: Mapping[str, str] = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "message": "invalid_arguments",
}
Repeats = Literal["posted", "known", "refused"]
"""What becomes of a second message with the `client_msg_id` of a first one: it is posted like any
other, it is answered with the first one's timestamp, or it is refused as a duplicate. Slack
documents none of them."""
TRUE = (True, 1, "1", "true", "True")


@dataclass(frozen=True)
class Request:
    """One call of a method by a token."""

    space: Workspace
    token: Token
    arguments: Json
    repeats: Repeats = "posted"
    socket_url: str = ""

    def text(self, name: str, default: str | None = None) -> str:
        """A required string argument."""
        value = self.arguments.get(name, default)
        if value is None or value == "":
            raise invalid_arguments(f"missing required field: {name}")
        return str(value)

    def optional(self, name: str) -> str | None:
        """An optional string argument; empty counts as absent."""
        value = self.arguments.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """An optional boolean argument."""
        value = self.arguments.get(name)
        return default if value is None else value in TRUE

    def integer(self, name: str, default: int) -> int:
        """An optional whole number."""
        value = self.arguments.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError as error:
            raise invalid_arguments(f"must be a number: {name}") from error

    def object(self, name: str) -> Any:
        """An argument that is an object, or its JSON."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise SlackError(OBJECTS[name]) from error

    def need(self, *scopes: str) -> None:
        """Refuse a token that has none of these scopes."""
        if scopes and not self.token.scopes.intersection(scopes):
            raise SlackError(
                "missing_scope", needed=scopes[0], provided=",".join(sorted(self.token.scopes))
            )

    def need_for(self, channel: Channel, what: str) -> None:
        """Refuse a token that lacks the scope for this sort of conversation."""
        prefix = "im" if channel.is_im else "groups" if channel.is_private else "channels"
        self.need(f"{prefix}:{what}")

    def visible_channel(self, name: str = "channel") -> Channel:
        """The channel argument, if the bot may know of it."""
        return self.space.visible_channel(self.text(name))

    def joined_channel(self, name: str = "channel") -> Channel:
        """The channel argument, if the bot is a member of it."""
        channel = self.visible_channel(name)
        if BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        return channel


def invalid_arguments(*messages: str) -> SlackError:
    """`invalid_arguments` with the sentences Slack gives beside it."""
    return SlackError(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


def refuse(faults: list[Fault], own_codes: frozenset[str], otherwise: str) -> None:
    """Answer limit faults with their own error code where Slack has one for them."""
    if not faults:
        return
    messages = [str(fault) for fault in faults]
    code = next((fault.code for fault in faults if fault.code in own_codes), otherwise)
    raise SlackError(code, response_metadata={"messages": messages})


def read_arguments(body: bytes, content_type: str, query: str) -> Json:
    """The arguments of a request, from its query and its form or JSON body."""
    arguments: Json = dict(parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("application/json"):
        try:
            parsed = json.loads(body or b"{}")
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(parsed, dict):
            raise SlackError("json_not_object")
        return {**arguments, **parsed}
    form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {**arguments, **dict(form)}


def page(request: Request, items: list[Any], default: int, most: int) -> tuple[list[Any], Json]:
    """One page of a list and the `response_metadata` that leads to the next."""
    limit = max(1, min(request.integer("limit", default), most))
    cursor = request.optional("cursor")
    if cursor is not None and not cursor.removeprefix("at:").isdigit():
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("at:")) if cursor else 0
    end = start + limit
    following = f"at:{end}" if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}
