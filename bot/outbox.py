"""The only module that posts, edits and deletes messages in Slack.

A message is a row that is committed as `sending` before the call, and the client's own retries
are off: slack_sdk would repeat a POST whose connection broke after Slack had taken it. So a crash
or a lost answer leaves an `unknown` row, never a second message. What is unknown is looked up in
the channel's history by the opaque key in the message's metadata; where history cannot be read,
the row is held, `earshot doctor` says so, and it is looked up again while it is not too late.

Nothing can call back a request that left a process which was thought dead. Whoever posts so takes
its copy back, and for a day after a message was sent again it is looked for second copies.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session

from bot import history, outcomes, refusals
from bot.directory import Directory
from bot.history import EVENT_TYPE
from bot.native_blocks import Blocks, NativeBlocks
from bot.outcomes import Outcome
from bot.service import alarm_posts, cards, connection, policy, posting, shared_channels
from bot.service.context import Context
from storage import copies as copy_rows
from storage import digests as digest_rows
from storage import outbox as rows
from storage import posts as post_rows
from storage import sending
from storage.values import Outgoing, PostValue

LEASE = timedelta(seconds=90)
READS_TO_BE_SURE = 2
LOOK_AGAIN_FOR = timedelta(days=1)
"""A second copy of a message that was sent again is looked for so long: ever less often."""

_ANYWHERE = (*posting.WORDLESS, posting.REMOVAL)
_log = logging.getLogger(__name__)


class LeaseOver(Exception):
    """This process stood still: another has taken the message over, or may before a call ends."""


class Outbox:
    """Sends what was planned for one workspace, one message at a time."""

    def __init__(
        self,
        context: Context,
        client: WebClient,
        directory: Directory,
        *,
        team: str,
        bot_id: str,
        native: NativeBlocks,
        now: Callable[[], datetime],
    ) -> None:
        if client.retry_handlers:
            raise ValueError("a posting client must not retry by itself")
        self._context = context
        self._client = client
        self._directory = directory
        self._team = team
        self._bot_id = bot_id
        self._native = native
        self._now = now
        self._not_before: datetime | None = None

    def run_one(self, now: datetime) -> bool:
        """Send, or look up, one message; False when there is nothing to do."""
        store = self._context.store
        with store.write() as session:
            moved = sending.sweep(session, now)
            if self._is_refused(session, now):
                return moved > 0
            message = sending.claim(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._send(message, now), now)
            return True
        with store.write() as session:
            message = sending.claim_unknown(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._look_up(message), now)
            return True
        with store.write() as session:
            sent = copy_rows.claim_second_look(session, self._team, now, LEASE)
        if sent is not None:
            again, ts = self._look_again(sent, now)
            with store.write() as session:
                copy_rows.look_again(session, sent.message.id, again)
                if ts != sent.ts and copy_rows.turned_up(session, sent.message.id, ts, now):
                    self._follow(session, sent.message, Outcome(rows.SENT, ts=ts), now)
            return True
        return moved > 0

    def _is_refused(self, session: Session, now: datetime) -> bool:
        """Whether Slack takes nothing from us: then one message at a time is tried, or none."""
        if self._not_before is not None and now < self._not_before:
            return True
        return connection.lost(session, self._team) is not None

    def _settle(self, message: Outgoing, outcome: Outcome, now: datetime) -> None:
        # A call may have taken many seconds: what waits, waits from its end.
        now = max(now, self._now())
        is_refused = outcome.state == rows.PLANNED and outcome.error in refusals.NO_TOKEN
        self._not_before = now + refusals.LONGEST_WAIT if is_refused else None
        late = copy_rows.Late.KNOWN
        with self._context.store.write() as session:
            mine = sending.settle(
                session,
                message,
                outcome.state,
                now,
                ts=outcome.ts,
                error=outcome.error,
                not_before=now + outcome.wait,
                absent_reads=outcome.absent_reads,
                may_turn_up=outcome.may_turn_up,
            )
            if not mine and outcome.is_new and outcome.ts:
                late = copy_rows.came_late(session, message, outcome.ts, now)
            if mine or late is copy_rows.Late.FOUND:
                self._follow(session, message, outcome, now)
        if late is copy_rows.Late.ONE_TOO_MANY and outcome.ts:
            self._take_back(message, outcome.ts)
        if outcome.error:
            _log.warning("message %s is %s: %s", message.id, outcome.state, outcome.error)

    def _follow(self, session: Session, message: Outgoing, outcome: Outcome, now: datetime) -> None:
        """What else changes with a message's state."""
        is_digest = (message.action, message.shows) == ("post", posting.DIGEST)
        if outcome.state == rows.FAILED and is_digest:
            digest_rows.fail(session, message.subject_id, outcome.error or "")
        if outcome.state == rows.FAILED:
            self._lose(session, message, outcome.error or "", now)
        if outcome.state != rows.SENT or not outcome.ts:
            return
        if is_digest:
            digest_rows.stand(session, message.subject_id)
        post = PostValue(
            message.team, message.channel, outcome.ts, message.shows, message.subject_id
        )
        post_rows.remember(session, post, now)
        if message.shows == posting.INSIGHT:
            # People may have answered while the card was on its way.
            cards.refresh(session, self._context, message.subject_id, now)
        if message.shows == posting.ALARM:
            alarm_posts.refresh_sent(session, message.team, message.subject_id, now)

    def _lose(self, session: Session, message: Outgoing, error: str, now: datetime) -> None:
        """Mark what is gone; an insight whose channel is gone moves to another that owns it.

        In a channel that is shared by now, all that is posted there stops.
        """
        if error == policy.SHARED:
            shared_channels.stop(session, message.team, message.channel, now)
        if error in refusals.GONE and message.target_ts:
            place = (message.team, message.channel, message.target_ts)
            post_rows.mark_gone(session, *place, now)
        is_insight = message.shows in (posting.INSIGHT, posting.NEWS)
        if is_insight and error in (policy.ARCHIVED, policy.SHARED, *refusals.NO_CHANNEL):
            cards.move_from(session, self._context, message.subject_id, message.channel, now)

    # --- sending ----------------------------------------------------------------------------

    def _send(self, message: Outgoing, begun: datetime) -> Outcome:
        try:
            reason = self._refusal(message)
        except SlackApiError as error:
            return outcomes.refused(message, error, asked_to_post=False)
        except refusals.NO_ANSWER as error:
            return outcomes.later(
                message, f"the channel could not be checked: {refusals.name_of(error)}"
            )
        if reason is not None:
            return Outcome(rows.FAILED, error=reason)
        try:
            answer = self._call(message, begun)
        except LeaseOver:
            return outcomes.later(message, "the lease was nearly over before the call")
        except SlackApiError as error:
            return outcomes.refused(message, error)
        except refusals.NO_ANSWER as error:
            return outcomes.broken(message, error)
        ts = str(answer.get("ts") or message.target_ts)
        return Outcome(rows.SENT, ts=ts, is_new=message.action == "post")

    def _refusal(self, message: Outgoing) -> str | None:
        """Why a channel may not have it. What shows no customer's words may go anywhere, and what
        takes them away must."""
        if message.shows in _ANYWHERE:
            return None
        return policy.refusal(self._directory.channel(message.team, message.channel))

    def _call(self, message: Outgoing, begun: datetime) -> Any:
        content: dict[str, Any] = dict(message.payload)
        blocks, plain = content.pop("blocks", []), content.pop("plain", None)

        def send(blocks: Blocks) -> Any:
            self._hold(message, begun)
            if message.action == "update":
                return self._client.chat_update(
                    channel=message.channel, ts=message.target_ts or "", blocks=blocks, **content
                )
            return self._client.chat_postMessage(
                channel=message.channel,
                thread_ts=message.thread_ts,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
                # Not documented, so nothing is built on it: where Slack knows a repeat by it,
                # a repeat shows nothing.
                client_msg_id=str(UUID(message.key)),
                blocks=blocks,
                **content,
            )

        return self._native.deliver(blocks, plain, send)

    def _hold(self, message: Outgoing, begun: datetime) -> None:
        """Make sure, at the last moment, that nobody else sends it. Raises `LeaseOver`."""
        now = max(begun, self._now())
        with self._context.store.read() as session:
            if not sending.holds(session, message, now + LEASE / 2):
                raise LeaseOver

    # --- looking up -------------------------------------------------------------------------

    def _look_up(self, message: Outgoing) -> Outcome:
        if message.action == "update":
            return Outcome(rows.PLANNED, error="edited or not? an edit may be sent again")
        if message.shows == posting.NOTICE:
            # It goes to a person, whose messages have no history that we may read.
            return Outcome(rows.FAILED, error="sent or not? a notice is not sent again")
        try:
            copies = history.copies(self._client, self._bot_id, message)
            for extra in copies[1:]:
                self._delete(message, extra)
        except SlackApiError as error:
            return outcomes.unread(error)
        except refusals.NO_ANSWER as error:
            return Outcome(rows.UNKNOWN, error=refusals.name_of(error), wait=outcomes.LOOK_UP_AFTER)
        if copies:
            return Outcome(rows.SENT, ts=copies[0])
        reads = message.absent_reads + 1
        if reads < READS_TO_BE_SURE:
            return Outcome(rows.UNKNOWN, wait=outcomes.LOOK_UP_AFTER, absent_reads=reads)
        reason = "not in history: to be sent again"
        return Outcome(rows.PLANNED, error=reason, may_turn_up=True)

    def _look_again(self, sent: copy_rows.Sent, now: datetime) -> tuple[datetime | None, str]:
        """Delete second copies of a message; when to look next, and which copy stays."""
        since, kept = now - sent.at, sent.ts
        wait = max(LEASE, since)
        try:
            found = history.copies(self._client, self._bot_id, sent.message)
            kept = sent.ts if sent.ts in found else next(iter(found), sent.ts)
            for extra in found:
                if extra != kept:
                    self._delete(sent.message, extra)
        except SlackApiError as error:
            unread = outcomes.unread(error)
            wait = wait if unread.state == rows.HELD else unread.wait
        except refusals.NO_ANSWER:
            wait = outcomes.LOOK_UP_AFTER
        return (now + wait if since < LOOK_AGAIN_FOR else None), kept

    def _take_back(self, message: Outgoing, ts: str) -> None:
        """Delete the copy that this worker posted beside another's."""
        for _ in range(3):
            try:
                self._delete(message, ts)
            except (SlackApiError, *refusals.NO_ANSWER) as error:
                _log.warning("a second copy of message %s: %s", message.id, refusals.name_of(error))
            else:
                return

    def _delete(self, message: Outgoing, ts: str) -> None:
        """Take a second copy away. What Slack will not let go, or no longer has, is left."""
        try:
            self._client.chat_delete(channel=message.channel, ts=ts)
        except SlackApiError as error:
            if refusals.code(error) not in {"message_not_found", "cant_delete_message"}:
                raise
            _log.warning("a second copy of message %s stays: %s", message.id, refusals.code(error))
