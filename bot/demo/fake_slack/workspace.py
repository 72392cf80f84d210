"""The state of the workspace, with no network around it.

One lock guards everything, and every change is announced through it, so that a test can wait
for a state instead of sleeping and the demo page can follow along.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bot.demo.fake_slack.grants import Grants
from bot.demo.fake_slack.model import Change, Channel, Clock, Json, Message, Person, SlackError
from bot.demo.fake_slack.views import Views, with_ids

APP = "A0EARSHOT"
BOT_ID = "B0EARSHOT"
BOT_USER = "U0EARSHOT"


class Workspace:
    """A team with its people, channels, messages and open views."""

    def __init__(self, team: str, domain: str, clock: Clock) -> None:
        self.team = team
        self.domain = domain
        self.clock = clock
        self.condition = threading.Condition(threading.RLock())
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.history: dict[str, list[Message]] = {}
        self.ephemerals: list[Message] = []
        self.usergroups: dict[str, list[str]] = {}
        self.views = Views(self.new_id)
        self.grants = Grants(clock, self.new_id)
        self.refused_blocks: frozenset[str] = frozenset()
        self.changes = 0
        self._ids = 0
        self._last_ts: dict[str, int] = {}
        self._watchers: list[Callable[[Change], None]] = []

    # --- being watched

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock: what happens inside is one step for everyone else."""
        with self.condition:
            yield

    def announce(
        self,
        kind: str,
        *,
        channel: str | None = None,
        user: str | None = None,
        ts: str | None = None,
    ) -> None:
        """Tell watchers and waiters that something changed."""
        with self.condition:
            self.changes += 1
            change = Change(self.changes, kind, channel, user, ts)
            for watcher in list(self._watchers):
                watcher(change)
            self.condition.notify_all()

    def await_change(self, before: int, timeout: float) -> None:
        """Wait until more than `before` changes have happened, or the time has passed."""
        with self.condition:
            self.condition.wait_for(lambda: self.changes > before, timeout)

    def subscribe(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call `watcher` on each change, under the lock: it must be quick. Returns the undo."""
        with self.condition:
            self._watchers.append(watcher)

        def unsubscribe() -> None:
            with self.condition:
                self._watchers.remove(watcher)

        return unsubscribe

    # --- names and times

    def new_id(self, prefix: str) -> str:
        """An id nobody has used, in the look of Slack's."""
        with self.condition:
            self._ids += 1
            return f"{prefix}{self._ids:08X}"

    def next_ts(self, channel: str) -> str:
        """A message time: unique and strictly rising per channel, also when the clock stands."""
        now = int(self.clock().timestamp() * 1_000_000)
        micros = max(now, self._last_ts.get(channel, 0) + 1)
        self._last_ts[channel] = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # --- people and channels

    def person(self, user: str) -> Person:
        """The person, or `user_not_found`."""
        if user not in self.people:
            raise SlackError("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """The channel, or `channel_not_found`."""
        if channel not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel]

    def visible_channel(self, channel: str) -> Channel:
        """The channel as the bot may know of it: strangers' private ones do not exist."""
        found = self.channel(channel)
        if (found.is_private or found.is_im) and BOT_USER not in found.members:
            raise SlackError("channel_not_found")
        return found

    def add_person(self, person: Person) -> None:
        """Let a person join the team."""
        with self.changing():
            self.people[person.id] = person
            self.announce("person", user=person.id)

    def change_person(self, user: str, **changes: Any) -> None:
        """Make someone a guest, a stranger, gone…"""
        self.add_person(replace(self.person(user), **changes))

    def add_channel(self, channel: Channel) -> None:
        """Open a channel."""
        with self.changing():
            self.channels[channel.id] = channel
            self.history.setdefault(channel.id, [])
            self.announce("channel", channel=channel.id)

    def change_channel(self, channel: str, **changes: Any) -> None:
        """Archive it, share it with another company, make it private…"""
        self.add_channel(replace(self.channel(channel), **changes))

    def direct_channel(self, user: str) -> Channel:
        """The direct messages of the bot and a person; opened when first asked for."""
        self.person(user)
        with self.changing():
            for channel in self.channels.values():
                if channel.is_im and channel.user == user:
                    return channel
            channel = Channel(
                self.new_id("D"), "directmessage", is_im=True, user=user, members=[user, BOT_USER]
            )
            self.add_channel(channel)
            return channel

    # --- messages

    def message(self, channel: str, ts: str) -> Message:
        """A message that is still there, or `message_not_found`."""
        for message in self.history.get(channel, ()):
            if message.ts == ts and not message.deleted:
                return message
        raise SlackError("message_not_found")

    def shown(self, channel: str) -> list[Message]:
        """The messages of a channel that are still there, oldest first, replies included."""
        return [each for each in self.history.get(channel, ()) if not each.deleted]

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        blocks: list[Json] | None = None,
        thread_ts: str | None = None,
        ephemeral_to: str | None = None,
        **fields: Any,
    ) -> Message:
        """Put a message into a channel, or before one person's eyes."""
        with self.changing():
            message = Message(
                channel=channel,
                ts=self.next_ts(channel),
                user=user,
                text=text,
                blocks=with_ids(blocks or [], self.new_id),
                thread_ts=self._root_ts(channel, thread_ts),
                ephemeral_to=ephemeral_to,
                **fields,
            )
            if ephemeral_to:
                self.ephemerals.append(message)
            else:
                self.history[channel].append(message)
            kind = "ephemeral" if ephemeral_to else "message"
            self.announce(kind, channel=channel, user=ephemeral_to or user, ts=message.ts)
            return message

    def _root_ts(self, channel: str, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        for message in self.history.get(channel, ()):
            if message.ts == thread_ts:
                return message.thread_ts or message.ts
        raise SlackError("cannot_reply_to_message")

    def edit(self, message: Message, **changes: Any) -> None:
        """Change what a message says; it is then marked as edited."""
        with self.changing():
            for name, value in changes.items():
                filled = with_ids(value, self.new_id) if name == "blocks" else value
                setattr(message, name, filled)
            message.edited = self.next_ts(message.channel)
            self.announce("message_changed", channel=message.channel, ts=message.ts)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        with self.changing():
            message.deleted = True
            self.announce("message_deleted", channel=message.channel, ts=message.ts)

    def react(self, message: Message, user: str, emoji: str) -> None:
        """Add a reaction, once per person and emoji."""
        with self.changing():
            people = message.reactions.setdefault(emoji, [])
            if user in people:
                raise SlackError("already_reacted")
            people.append(user)
            self.announce("reaction", channel=message.channel, user=user, ts=message.ts)

    def unreact(self, message: Message, user: str, emoji: str) -> None:
        """Take a reaction back."""
        with self.changing():
            people = message.reactions.get(emoji, [])
            if user not in people:
                raise SlackError("no_reaction")
            people.remove(user)
            if not people:
                del message.reactions[emoji]
            self.announce("reaction", channel=message.channel, user=user, ts=message.ts)
