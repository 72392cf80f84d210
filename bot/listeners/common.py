"""What listeners share: who acts, where, and the way an answer takes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.directory import Directory, slack_code
from bot.errors import NotAllowed, NotFound, Refused
from bot.guard import Guard
from bot.limits import Limits
from bot.listeners.reading import (
    Body,
    channel_of,
    is_direct,
    team_of,
    trigger_of,
    user_of,
    view_of,
)
from bot.native_blocks import REFUSALS, Blocks, BlocksRefused, NativeBlocks
from bot.refusals import GONE
from bot.reports import Act, Identity, Message, Person, Right
from bot.service import acts, policy, refused
from bot.service.context import Context

Now = Callable[[], datetime]
OK = 200
HOOKS = ("hooks.slack.com", "hooks.slack-gov.com")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that listeners work with; made once, in `bot.app`."""

    context: Context
    directory: Directory
    guard: Guard
    limits: Limits
    clock: Clock
    now: Now
    native: NativeBlocks
    identity: Identity

    def person(self, body: Body, right: Right = Right.ASK) -> Person:
        """Who acts. Raises `NotAllowed` for who may not, `Refused` where Slack does not tell."""
        if self.is_elsewhere(body):
            raise NotAllowed(policy.OUTSIDER, right.value)
        return self.guard.check(team_of(body), user_of(body), right)

    def is_elsewhere(self, body: Body) -> bool:
        """Whether Slack says in the request that the person is of another company."""
        who = self.identity
        return policy.is_elsewhere(body, who.team, who.enterprise, user_of(body))

    def may(self, body: Body, right: Right) -> bool:
        """Whether the person who acts may do something more."""
        return self.guard.may(team_of(body), user_of(body), right)

    def check_channel(self, body: Body, channel: str, right: Right = Right.CONFIGURE) -> None:
        """Raises `Refused` where customers' words may not be posted, or who acts is not in it."""
        if channel == channel_of(body) and is_direct(body):
            raise Refused(
                "This is a conversation between you and Earshot. Do it in the channel that should "
                "see it."
            )
        # Slack lets nobody type a command where they are not.
        typed_there = "command" in body and channel == channel_of(body)
        self.guard.check_channel(self.person(body), channel, right, is_inside=typed_there)

    def check_card(self, body: Body, channel: str, *, here: str) -> None:
        """Raises `Refused` where a card may not be posted: in the channel that owns its feature, of
        which nobody has to be a member, else `here`, where who acts has to be in."""
        if channel == here:
            self.check_channel(body, channel, Right.TAG)
        else:
            policy.check_channel(self.directory.postable(team_of(body), channel))

    def check_inside(self, body: Body, channel: str, right: Right = Right.CONFIGURE) -> None:
        """Raises `Refused` for who is not in the channel that something is to be changed of."""
        self.guard.check_inside(self.person(body), channel, right)

    def refused(self, body: Body, error: NotAllowed) -> None:
        """Tell the audit that somebody was refused something."""
        refused.record(self.context, team_of(body), user_of(body), error.right, self.now())

    def is_slacks(self, address: str | None) -> bool:
        """Whether answers may be sent to an address: it came in a request, and must be Slack's."""
        if not address:
            return False
        ours = urlsplit(self.context.settings.api_url)
        try:
            found = urlsplit(address)
        except ValueError:
            return False
        by_hook = found.scheme == "https" and found.netloc in HOOKS
        return by_hook or (found.scheme, found.netloc) == (ours.scheme, ours.netloc)

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


def answer(desk: Desk, respond: Respond, message: Message, *, replace: bool = False) -> None:
    """Answer the one who asked, for their eyes only.

    Raises `BlocksRefused` where Slack takes the message in no form.
    """

    if not desk.is_slacks(respond.response_url):
        _log.warning("an answer was not shown: it was not to go to Slack")
        return

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

    try:
        desk.native.deliver(message.blocks, message.plain, send)
    except SlackApiError as error:
        if slack_code(error) not in GONE:
            raise
        # The channel or the thread went while it was answered: nobody is there to read it.
        _log.warning("an answer was not shown: %s", slack_code(error))


def _refusal(body: str) -> str:
    """Slack's word for why a response address did not take a message, given as JSON or bare."""
    try:
        found = json.loads(body)
    except ValueError:
        found = body.strip()
    code = found.get("error") if isinstance(found, dict) else found
    return code if isinstance(code, str) and re.fullmatch("[a-z_]{3,40}", code) else ""


def show_modal(client: WebClient, body: Body, view: Body) -> None:
    """Open a modal, or put it on top of the one in which a button was pressed."""
    inside = (body.get("view") or {}).get("type") == "modal"
    show = client.views_push if inside else client.views_open
    show(trigger_id=trigger_of(body), view=dict(view))


def update_modal(client: WebClient, body: Body, view: Body) -> None:
    """Show the modal anew in which a button was pressed."""
    shown = view_of(body)
    if not shown.get("id"):
        raise NotFound("There is nothing such here any more.")
    try:
        client.views_update(view_id=str(shown["id"]), hash=str(shown.get("hash")), view=dict(view))
    except SlackApiError as error:
        # Pressed twice: the modal shows something newer than this.
        if slack_code(error) != "hash_conflict":
            raise
