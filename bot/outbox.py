"""The only module that posts, edits and deletes messages in Slack.

A message is a row that is committed as `sending` before the call, and the client's own retries
are off: slack_sdk would repeat a POST whose connection broke after Slack had taken it. So a crash
or a lost answer leaves an `unknown` row, never a second message. What is unknown is looked up in
the channel's history by the opaque key in the message's metadata; where history cannot be read,
the row is held, `earshot doctor` says so, and it is looked up again while it is not too late.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from socket import gaierror
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import refusals
from bot.directory import Directory
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
# Slack's clock and the one of the process that began may differ by this much.
LOOK_BACK = timedelta(minutes=15)
READS_TO_BE_SURE = 2
EVENT_TYPE = "earshot_post"

_MAYBE_DONE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_MENDABLE = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "ekm_access_denied",
}
# What urllib and slack_sdk raise in the place of an answer; a ValueError is a body that is no text.
_NO_ANSWER = (URLError, OSError, HTTPException, ValueError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went: the row's next state, and when to look again."""

    state: str
    ts: str | None = None
    error: str | None = None
    wait: timedelta = timedelta(0)
    absent_reads: int = 0


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
    ) -> None:
        if client.retry_handlers:
            raise ValueError("a posting client must not retry by itself")
        self._context = context
        self._client = client
        self._directory = directory
        self._team = team
        self._bot_id = bot_id
        self._native = native

    def run_one(self, now: datetime) -> bool:
        """Send, or look up, one message; False when there is nothing to do."""
        store = self._context.store
        with store.write() as session:
            moved = sending.sweep(session, now)
            message = sending.claim(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._send(message), now)
            return True
        with store.write() as session:
            message = sending.claim_unknown(session, self._team, now, LEASE)
        if message is not None:
            self._settle(message, self._look_up(message), now)
            return True
        return moved > 0

    def _settle(self, message: Outgoing, outcome: Outcome, now: datetime) -> None:
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
            is_digest = (message.action, message.shows) == ("post", posting.DIGEST)
            if mine and outcome.state == rows.FAILED and is_digest:
                digest_rows.fail(session, message.subject_id, outcome.error or "")
            if mine and outcome.state == rows.SENT and outcome.ts:
                post = PostValue(
                    message.team, message.channel, outcome.ts, message.shows, message.subject_id
                )
                post_rows.remember(session, post, now)
                if message.shows == posting.INSIGHT:
                    # People may have answered while the card was on its way.
                    cards.refresh(session, self._context, message.subject_id, now)
                if message.shows == posting.ALARM:
                    alarm_posts.refresh_sent(session, message.team, message.subject_id, now)
        if outcome.error:
            _log.warning("message %s is %s: %s", message.id, outcome.state, outcome.error)

    # --- sending ----------------------------------------------------------------------------

    def _send(self, message: Outgoing) -> Outcome:
        try:
            reason = self._refusal(message)
        except SlackApiError as error:
            return self._refused(message, error, asked_to_post=False)
        except _NO_ANSWER as error:
            return self._later(
                message, f"the channel could not be checked: {refusals.name_of(error)}"
            )
        if reason is not None:
            return Outcome(rows.FAILED, error=reason)
        try:
            answer = self._call(message)
        except SlackApiError as error:
            return self._refused(message, error)
        except _NO_ANSWER as error:
            return self._broken(message, error)
        return Outcome(rows.SENT, ts=str(answer.get("ts") or message.target_ts))

    def _refusal(self, message: Outgoing) -> str | None:
        """Why a channel may not have it. Who asked directly was checked when they asked."""
        if message.shows == posting.DIRECT:
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
        if code in _MENDABLE:
            return Outcome(rows.PLANNED, error=code, wait=refusals.LONGEST_WAIT)
        if code in _MAYBE_DONE or status >= 500 or not refusals.is_word(code):
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
        try:
            copies = self._copies(message)
            for extra in copies[1:]:
                self._delete(message, extra)
        except SlackApiError as error:
            return self._unread(error)
        except _NO_ANSWER as error:
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
        if code in _MAYBE_DONE or status >= 500 or not refusals.is_word(code):
            reason = code if refusals.is_word(code) else f"HTTP {status}"
            return Outcome(rows.UNKNOWN, error=reason, wait=LOOK_UP_AFTER)
        reason = f"sent or not? history cannot be read: {code}"
        return Outcome(rows.HELD, error=reason, wait=refusals.LONGEST_WAIT)

    def _delete(self, message: Outgoing, ts: str) -> None:
        """Take a second copy away. What Slack will not let go, or no longer has, is left."""
        try:
            self._client.chat_delete(channel=message.channel, ts=ts)
        except SlackApiError as error:
            if refusals.code(error) not in {"message_not_found", "cant_delete_message"}:
                raise
            _log.warning("a second copy of message %s stays: %s", message.id, refusals.code(error))

    def _copies(self, message: Outgoing) -> list[str]:
        """Timestamps of this message in Slack, earliest first."""
        found: list[str] = []
        cursor = ""
        oldest = f"{(message.started_at - LOOK_BACK).timestamp():.6f}"
        while True:
            if message.thread_ts is None:
                page = self._client.conversations_history(
                    channel=message.channel,
                    oldest=oldest,
                    include_all_metadata=True,
                    limit=100,
                    cursor=cursor,
                )
            else:
                page = self._client.conversations_replies(
                    channel=message.channel,
                    ts=message.thread_ts,
                    oldest=oldest,
                    include_all_metadata=True,
                    limit=100,
                    cursor=cursor,
                )
            found += [str(m["ts"]) for m in page["messages"] if self._is(message, m)]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return sorted(found, key=float)

    def _is(self, message: Outgoing, candidate: dict[str, Any]) -> bool:
        metadata = candidate.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        return (
            candidate.get("bot_id") == self._bot_id
            and metadata.get("event_type") == EVENT_TYPE
            and payload.get("key") == message.key
        )
