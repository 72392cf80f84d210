"""What people do: type commands, press buttons, react, mention.

A gesture first changes the workspace as Slack would, then tells the bot, and never holds the
lock while it waits for the bot's answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.fake_slack import payloads, responses
from bot.demo.fake_slack.deliver import EVENT_SCOPES, Courier, Delivery
from bot.demo.fake_slack.model import Json, Message, SlackError, View
from bot.demo.fake_slack.people import emoji_of
from bot.demo.fake_slack.shapes import view_json
from bot.demo.fake_slack.state import ClientRefusal, picked
from bot.demo.fake_slack.workspace import BOT_USER, Workspace

Place = Message | View | tuple[str, str]


class Gestures:
    """Acts of people on channels and messages."""

    space: Workspace
    courier: Courier
    subscriptions: frozenset[str]
    response_base: Callable[[], str]
    bot_scopes: Callable[[], frozenset[str]]

    # --- commands

    def slash_command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command; what the bot answers in its ack is shown."""
        self._must_see(user, channel)
        key = self.space.grants.new_response(channel, user)
        payload = payloads.slash_command(
            self.space, user, channel, (command, text), self._response_url(key)
        )
        delivery = self.courier.send("slash_commands", payload)
        return self._show_answer(delivery, key, command)

    def _show_answer(self, delivery: Delivery, key: str, command: str) -> Delivery:
        address = self.space.grants.responses[key]
        if delivery.status != 200:
            code = "operation_timeout" if delivery.status == 0 else "dispatch_failed"
            text = f'{command} failed with the error "{code}"'
            self.space.post(address.channel, "USLACKBOT", text, ephemeral_to=address.user)
            return delivery
        body = _answer_body(delivery.body)
        if not body:
            return delivery
        try:
            responses.answer(self.space, address, body)
        except SlackError as error:
            return self.courier.judged(delivery, faults_of(error))
        return delivery

    # --- pressing and choosing

    def click(
        self,
        user: str,
        where: Place,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
    ) -> Delivery:
        """Press a button; `value` tells buttons with the same action id apart."""
        place = self._place(where)
        found = payloads.find_element(place, user, action_id, block_id, value)
        if payloads.takes_a_choice(found):
            raise ClientRefusal(f"{action_id!r} is a {found.element['type']}: use select")
        return self._act(user, place, payloads.action_of(self.space, found, None))

    def select(
        self, user: str, where: Place, action_id: str, choice: object, block_id: str | None = None
    ) -> Delivery:
        """Choose in a menu, picker or checkboxes: an option's value, an id, a date, a list."""
        place = self._place(where)
        found = payloads.find_element(place, user, action_id, block_id)
        state = picked(found.element, choice)
        with self.space.changing():
            touched = place.state if isinstance(place, View) else place.states.setdefault(user, {})
            touched.setdefault(found.ids[0], {})[found.ids[1]] = state
            self.space.announce("state", user=user)
        return self._act(user, place, payloads.action_of(self.space, found, state))

    def _place(self, where: Place) -> Message | View:
        return self.space.message(*where) if isinstance(where, tuple) else where

    def _act(self, user: str, place: Message | View, action: Json) -> Delivery:
        if isinstance(place, View):
            payload = payloads.view_action(self.space, user, place, [action])
            return self.courier.send("interactive", payload)
        self._must_see_message(user, place)
        key = self.space.grants.new_response(place.channel, user, place.ts, place.thread_ts)
        payload = payloads.message_action(
            self.space, user, place, [action], self._response_url(key)
        )
        return self.courier.send("interactive", payload)

    def shortcut(self, user: str, channel: str, message_ts: str, callback_id: str) -> Delivery:
        """Use a shortcut from a message's menu."""
        message = self.space.message(channel, message_ts)
        self._must_see_message(user, message)
        key = self.space.grants.new_response(channel, user, message_ts, message.thread_ts)
        payload = payloads.message_shortcut(
            self.space, user, message, callback_id, self._response_url(key)
        )
        return self.courier.send("interactive", payload)

    # --- reactions and words

    def react(self, user: str, channel: str, ts: str, emoji: str) -> Delivery:
        """Add a reaction and tell the bot."""
        message = self.space.message(channel, ts)
        self._must_see_message(user, message)
        self.space.react(message, user, emoji_of(emoji))
        return self._reaction("reaction_added", user, message, emoji)

    def unreact(self, user: str, channel: str, ts: str, emoji: str) -> Delivery:
        """Take a reaction back and tell the bot."""
        message = self.space.message(channel, ts)
        self.space.unreact(message, user, emoji)
        return self._reaction("reaction_removed", user, message, emoji)

    def invite(self, user: str, channel: str) -> Delivery:
        """Add the bot to a channel, as `/invite` does; it is told who did so."""
        self._must_see(user, channel)
        place = self.space.channel(channel)
        with self.space.changing():
            if BOT_USER in place.members:
                raise ClientRefusal(f"Earshot is in {place.name} already")
            place.members.append(BOT_USER)
            self.space.announce("channel", channel=channel, user=BOT_USER)
        event = {
            "type": "member_joined_channel",
            "user": BOT_USER,
            "channel": channel,
            "channel_type": "G" if place.is_private else "C",
            "team": self.space.team,
            "inviter": user,
            "event_ts": self.space.next_ts("events"),
        }
        return self._tell("member_joined_channel", channel, event)

    def share_channel(self, user: str, channel: str, company: str = "T0ACME") -> Delivery:
        """Share a channel with another company, which joins it; the bot in it is told."""
        self._must_see(user, channel)
        self.space.change_channel(channel, is_ext_shared=True)
        event = {
            "type": "channel_shared",
            "connected_team_id": company,
            "channel": channel,
            "event_ts": self.space.next_ts("events"),
        }
        return self._tell("channel_shared", channel, event)

    def remove(self, user: str, channel: str) -> None:
        """Take the bot out of a channel; it is not told."""
        self._must_see(user, channel)
        with self.space.changing():
            self.space.channel(channel).members.remove(BOT_USER)
            self.space.announce("channel", channel=channel, user=BOT_USER)

    def _reaction(self, kind: str, user: str, message: Message, emoji: str) -> Delivery:
        event = {
            "type": kind,
            "user": user,
            "reaction": emoji,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.space.next_ts("events"),
        }
        return self._tell(kind, message.channel, event)

    def mention(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Delivery:
        """Write to the bot in a channel; the mention is put before the text."""
        self._must_see(user, channel)
        whole = f"<@{BOT_USER}> {text}"
        message = self.space.post(channel, user, whole, thread_ts=thread_ts)
        return self._tell("app_mention", channel, self._words("app_mention", message))

    def direct_message(self, user: str, text: str) -> Delivery:
        """Write to the bot directly."""
        message = self.space.post(self.space.direct_channel(user).id, user, text)
        event = {**self._words("message", message), "channel_type": "im"}
        return self._tell("message.im", message.channel, event)

    def say(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> tuple[Message, Delivery]:
        """Write in a channel; the bot hears it if it subscribed to that sort of message."""
        self._must_see(user, channel)
        message = self.space.post(channel, user, text, thread_ts=thread_ts)
        kind = "groups" if self.space.channel(channel).is_private else "channels"
        event = {**self._words("message", message), "channel_type": kind.removesuffix("s")}
        return message, self._tell(f"message.{kind}", channel, event)

    def _words(self, kind: str, message: Message) -> Json:
        event: Json = {
            "type": kind,
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": self.space.team,
            "channel": message.channel,
            "event_ts": message.ts,
        }
        return {**event, "thread_ts": message.thread_ts} if message.thread_ts else event

    def open_home(self, user: str) -> Delivery:
        """Open the bot's Home tab."""
        home = self.space.views.homes.get(user)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.space.direct_channel(user).id,
            "tab": "home",
            "event_ts": self.space.next_ts("events"),
        }
        if home is not None:
            event["view"] = view_json(self.space, home)
        return self._tell("app_home_opened", event["channel"], event)

    def event(self, event: Mapping[str, Any]) -> Delivery:
        """Send any event as it is, whatever the bot subscribed to."""
        return self.courier.send_event(event)

    def _tell(self, kind: str, channel: str, event: Json) -> Delivery:
        """Send an event if the bot would get it: subscribed, permitted, and a member."""
        place, scope = self.space.channel(channel), EVENT_SCOPES.get(kind)
        allowed = scope is None or scope in self.bot_scopes()
        if kind not in self.subscriptions or not allowed or BOT_USER not in place.members:
            return Delivery("events_api", event, reason="not_subscribed")
        return self.courier.send_event(event, shared=place.is_ext_shared)

    # --- what people cannot do

    def _response_url(self, key: str) -> str:
        return f"{self.response_base()}{key}"

    def _must_see(self, user: str, channel: str) -> None:
        self.space.person(user)
        place = self.space.channel(channel)
        if user not in place.members:
            raise ClientRefusal(f"{user} is not in {place.name}")
        if place.is_archived:
            raise ClientRefusal(f"{place.name} is archived")

    def _must_see_message(self, user: str, message: Message) -> None:
        if message.deleted:
            raise ClientRefusal("the message is gone")
        if message.ephemeral_to not in (None, user):
            raise ClientRefusal(f"only {message.ephemeral_to} sees this message")
        self._must_see(user, message.channel)


def _answer_body(body: str) -> Json:
    """The message in an acknowledgement: JSON, or plain text as Bolt sends it."""
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body)
    except ValueError:
        return {"text": body}
    return parsed if isinstance(parsed, dict) else {"text": body}


def faults_of(error: SlackError) -> tuple[str, ...]:
    """What Slack would say of an answer that it refuses."""
    messages = error.extra.get("response_metadata", {}).get("messages", ())
    return (error.code, *messages)
