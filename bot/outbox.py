"""The only module that posts, edits and deletes messages in Slack.

A message is a row that is committed as `sending` before the call, and the client's own retries
are off: slack_sdk would repeat a POST whose connection broke after Slack had taken it. So a crash
or a lost answer leaves an `unknown` row, never a second message. What is unknown is looked up in
the channel's history by the opaque key in the message's metadata; where history cannot be read,
the row is held, `earshot doctor` says so, and it is looked up again while it is not too late.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from socket import gaierror
from typing import Any
from uuid import UUID

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session

from bot import history, refusals
from bot.directory import Directory
from bot.history import EVENT_TYPE
from bot.native_blocks import Blocks, NativeBlocks
from bot.service import alarm_posts, cards, policy, posting
from bot.service.context import Context
from storage import digests as digest_rows
from storage import outbox as rows
from storage import posts as post_rows
from storage import sending
from storage.values import Outgoing, PostValue

LEASE = timedelta(seconds=90)
LOOK_UP_AFTER = timedelta(seconds=5)
READS_TO_BE_SURE = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went: the row's next state, and when to look again."""

    state: str
    ts: str | None = None
    error: str | None = None
    wait: timedelta = timedelta(0)
    absent_reads: int = 0
    is_new: bool = False
    """Whether this very attempt made the message, rather than found it."""


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

    def run_one(self, now: datetime) -> bool:
        """Send, or look up, one message; False when there is nothing to do."""
        store = self._context.store
        with store.write() as session:
            moved = sending.sweep(session, now)
            message = sending.claim(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._send(message, now), now)
            return True
        with store.write() as session:
            message = sending.claim_unknown(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._look_up(message), now)
            return True
        return moved > 0

    def _settle(self, message: Outgoing, outcome: Outcome, now: datetime) -> None:
        # A call may have taken many seconds: what waits, waits from its end.
        now = max(now, self._now())
        one_too_many = False
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
            )
            if mine:
                self._follow(session, message, outcome, now)
            elif outcome.is_new and outcome.ts:
                one_too_many = sending.came_late(session, message, outcome.ts, now)
        if one_too_many and outcome.ts:
            self._take_back(message, outcome.ts)
        if outcome.error:
            _log.warning("message %s is %s: %s", message.id, outcome.state, outcome.error)

    def _follow(self, session: Session, message: Outgoing, outcome: Outcome, now: datetime) -> None:
        """What else changes with a message's state."""
        is_digest = (message.action, message.shows) == ("post", posting.DIGEST)
        if outcome.state == rows.FAILED and is_digest:
            digest_rows.fail(session, message.subject_id, outcome.error or "")
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

    # --- sending ----------------------------------------------------------------------------

    def _send(self, message: Outgoing, begun: datetime) -> Outcome:
        try:
            reason = self._refusal(message)
        except SlackApiError as error:
            return self._refused(message, error, asked_to_post=False)
        except refusals.NO_ANSWER as error:
            return self._later(
                message, f"the channel could not be checked: {refusals.name_of(error)}"
            )
        if reason is not None:
            return Outcome(rows.FAILED, error=reason)
        if self._now() - begun > LEASE / 2:
            # This process stood still: another may take the message over before the call ends.
            return self._later(message, "the lease was nearly over before the call")
        try:
            answer = self._call(message)
        except SlackApiError as error:
            return self._refused(message, error)
        except refusals.NO_ANSWER as error:
            return self._broken(message, error)
        ts = str(answer.get("ts") or message.target_ts)
        return Outcome(rows.SENT, ts=ts, is_new=message.action == "post")

    def _refusal(self, message: Outgoing) -> str | None:
        """Why a channel may not have it. What shows no customer's words may go anywhere."""
        if message.shows in (posting.DIRECT, posting.NOTICE, posting.INTRODUCTION):
            return None
        return policy.refusal(self._directory.channel(message.team, message.channel))

    def _call(self, message: Outgoing) -> Any:
        content: dict[str, Any] = dict(message.payload)
        blocks, plain = content.pop("blocks", []), content.pop("plain", None)

        def send(blocks: Blocks) -> Any:
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

    def _refused(
        self, message: Outgoing, error: SlackApiError, *, asked_to_post: bool = True
    ) -> Outcome:
        """Slack answered, but not with a success."""
        status, code = refusals.status(error), refusals.code(error)
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            return Outcome(rows.PLANNED, error="rate limited", wait=refusals.retry_after(error))
        if code in refusals.MENDABLE:
            return Outcome(rows.PLANNED, error=code, wait=refusals.LONGEST_WAIT)
        if code in refusals.MAYBE_DONE or status >= 500 or not refusals.is_word(code):
            reason = code if refusals.is_word(code) else f"HTTP {status}"
            return self._unsure(message, reason) if asked_to_post else self._later(message, reason)
        return Outcome(rows.FAILED, error=code)

    def _broken(self, message: Outgoing, error: Exception) -> Outcome:
        """No answer. Only a connection that was never made is sure to have posted nothing."""
        cause = getattr(error, "reason", error)
        if isinstance(cause, ConnectionRefusedError | gaierror):
            return self._later(message, "Slack cannot be reached")
        return self._unsure(message, refusals.name_of(error))

    def _unsure(self, message: Outgoing, reason: str) -> Outcome:
        if message.action == "update":
            return self._later(message, reason)
        return Outcome(rows.UNKNOWN, error=reason, wait=LOOK_UP_AFTER)

    def _later(self, message: Outgoing, reason: str) -> Outcome:
        wait = min(refusals.LONGEST_WAIT, timedelta(seconds=2 ** min(message.attempts, 10)))
        return Outcome(rows.PLANNED, error=reason, wait=wait)

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
            return self._unread(error)
        except refusals.NO_ANSWER as error:
            return Outcome(rows.UNKNOWN, error=refusals.name_of(error), wait=LOOK_UP_AFTER)
        if copies:
            return Outcome(rows.SENT, ts=copies[0])
        reads = message.absent_reads + 1
        if reads < READS_TO_BE_SURE:
            return Outcome(rows.UNKNOWN, wait=LOOK_UP_AFTER, absent_reads=reads)
        return Outcome(rows.PLANNED, error="not in history: to be sent again")

    def _unread(self, error: SlackApiError) -> Outcome:
        """The look-up was refused: for the moment, or until a person lets us read."""
        status, code = refusals.status(error), refusals.code(error)
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            return Outcome(rows.UNKNOWN, error="rate limited", wait=refusals.retry_after(error))
        if code in refusals.MAYBE_DONE or status >= 500 or not refusals.is_word(code):
            reason = code if refusals.is_word(code) else f"HTTP {status}"
            return Outcome(rows.UNKNOWN, error=reason, wait=LOOK_UP_AFTER)
        reason = f"sent or not? history cannot be read: {code}"
        return Outcome(rows.HELD, error=reason, wait=refusals.LONGEST_WAIT)

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
