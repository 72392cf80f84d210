"""What listeners share: who acts, where, and the way an answer takes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt import App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.directory import Directory, slack_code
from bot.errors import NotFound, Refused
from bot.native_blocks import REFUSALS, Blocks, BlocksRefused, NativeBlocks
from bot.reports import Act, Message, Person
from bot.service import acts, policy
from bot.service.context import Context

Body = Mapping[str, Any]
Now = Callable[[], datetime]
OK = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that listeners work with; made once, in `bot.app`."""

    bolt: App
    context: Context
    directory: Directory
    clock: Clock
    now: Now
    native: NativeBlocks

    def person(self, body: Body) -> Person:
        """The member who acts. Raises `Refused` for anyone who may not see tickets."""
        person = self.directory.person(team_of(body), user_of(body))
        policy.check_person(person)
        return person

    def may_edit(self, body: Body) -> bool:
        """Whether the person who acts may edit features."""
        return policy.may_edit(self.person(body), self.context.settings.editors)

    def check_editor(self, body: Body) -> None:
        """Raises `Refused` for anyone who may not edit features."""
        policy.check_editor(self.person(body), self.context.settings.editors)

    def check_channel(self, body: Body, channel: str) -> None:
        """Raises `Refused` where customers' words may not be posted."""
        if channel == channel_of(body) and is_direct(body):
            raise Refused(
                "This is a conversation between you and Earshot. Do it in the channel that should "
                "see it."
            )
        policy.check_channel(self.directory.postable(team_of(body), channel))

    def acted(self, body: Body, kind: Act, channel: str = "") -> None:
        """Keep that a person did something in a channel; done in a direct message or inside a
        modal it counts nowhere, unless a `channel` is given."""
        where = channel or ("" if is_direct(body) else channel_of(body))
        if where and not where.startswith("D"):
            acts.record(
                self.context,
                team_of(body),
                where,
                user=user_of(body),
                kind=kind,
                now=self.now(),
            )


def team_of(body: Body) -> str:
    team = body.get("team")
    if isinstance(team, Mapping):
        return str(team["id"])
    return str(body.get("team_id") or team or "")


def user_of(body: Body) -> str:
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user["id"])
    event = body.get("event") or {}
    return str(body.get("user_id") or event.get("user") or "")


def channel_of(body: Body) -> str:
    channel = body.get("channel")
    if isinstance(channel, Mapping):
        return str(channel["id"])
    return str(body.get("channel_id") or (body.get("container") or {}).get("channel_id") or "")


def is_direct(body: Body) -> bool:
    """Whether a command, a click or words came from a direct message.

    Slack gives all of them one name.
    """
    channel, event = body.get("channel"), body.get("event") or {}
    name = channel.get("name") if isinstance(channel, Mapping) else body.get("channel_name")
    return name == "directmessage" or event.get("channel_type") == "im"


def answer(desk: Desk, respond: Respond, message: Message, *, replace: bool = False) -> None:
    """Answer the one who asked, for their eyes only.

    Raises `BlocksRefused` where Slack takes the message in no form.
    """

    def send(blocks: Blocks) -> None:
        answered = respond(
            text=message.text,
            blocks=list(blocks),
            response_type="ephemeral",
            replace_original=replace,
            unfurl_links=False,
            unfurl_media=False,
        )
        refusal = _refusal(answered.body)
        if refusal in REFUSALS:
            raise BlocksRefused(refusal)
        if answered.status_code != OK:
            _log.warning("an answer was not shown: %s", refusal or answered.status_code)

    desk.native.deliver(message.blocks, message.plain, send)


def whisper(
    desk: Desk, client: WebClient, message: Message, *, channel: str, user: str, thread: str | None
) -> None:
    """Answer one person where there is no response address, as after a mention."""

    def send(blocks: Blocks) -> None:
        client.chat_postEphemeral(
            channel=channel, user=user, thread_ts=thread, text=message.text, blocks=list(blocks)
        )

    desk.native.deliver(message.blocks, message.plain, send)


def _refusal(body: str) -> str:
    """Slack's word for why a response address did not take a message, given as JSON or bare."""
    try:
        found = json.loads(body)
    except ValueError:
        found = body.strip()
    code = found.get("error") if isinstance(found, dict) else found
    return code if isinstance(code, str) and re.fullmatch("[a-z_]{3,40}", code) else ""


def values(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands in a modal's inputs, by block id: text, option value, or list of values."""
    found: dict[str, Any] = {}
    for block, elements in view["state"]["values"].items():
        for element in elements.values():
            found[block] = _entered(element)
    return found


def _entered(element: Mapping[str, Any]) -> Any:
    if "selected_options" in element:
        return [option["value"] for option in element["selected_options"] or []]
    if "selected_conversations" in element:
        return list(element["selected_conversations"] or [])
    if "selected_option" in element:
        chosen = element["selected_option"]
        return chosen["value"] if chosen else None
    return element.get("value") or element.get("selected_time") or ""


def carried(raw: str | None) -> dict[str, Any]:
    """The ids that a button or a modal carried through Slack and back."""
    found = json.loads(raw or "{}")
    return found if isinstance(found, dict) else {}


def moment_of(question: Mapping[str, Any], desk: Desk) -> datetime:
    """The moment of the question that a button carries; now, where it carries none."""
    return datetime.fromisoformat(question["at"]) if "at" in question else desk.now()


def number_in(value: object) -> int:
    """The row that a button carries. Raises `NotFound` for what can be none."""
    written = str(value)
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise NotFound("There is nothing such here any more.")
    return int(written)


def show_modal(client: WebClient, body: Body, view: Body) -> None:
    """Open a modal, or put it on top of the one in which a button was pressed."""
    inside = (body.get("view") or {}).get("type") == "modal"
    show = client.views_push if inside else client.views_open
    show(trigger_id=body["trigger_id"], view=dict(view))


def update_modal(client: WebClient, body: Body, view: Body) -> None:
    """Show the modal anew in which a button was pressed."""
    shown = body["view"]
    try:
        client.views_update(view_id=shown["id"], hash=shown["hash"], view=dict(view))
    except SlackApiError as error:
        # Pressed twice: the modal shows something newer than this.
        if slack_code(error) != "hash_conflict":
            raise
