"""Our own messages in a channel's history, where Slack lets us read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from slack_sdk import WebClient

from storage.values import Outgoing

EVENT_TYPE = "earshot_post"
# Slack's clock and the one of the process that began may differ by this much.
LOOK_BACK = timedelta(minutes=15)


def copies(client: WebClient, bot_id: str, message: Outgoing) -> list[str]:
    """Timestamps of a message in Slack, earliest first; errors of the client as they come.

    A copy is known by the opaque key in its metadata, and by who posted it.
    """
    found: list[str] = []
    cursor = ""
    while True:
        page = _page(client, message, cursor)
        found += [str(each["ts"]) for each in page["messages"] if _is(message, each, bot_id)]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return sorted(found, key=float)


def _page(client: WebClient, message: Outgoing, cursor: str) -> Any:
    given: dict[str, Any] = {
        "channel": message.channel,
        "oldest": f"{(message.started_at - LOOK_BACK).timestamp():.6f}",
        "include_all_metadata": True,
        "limit": 100,
        "cursor": cursor,
    }
    if message.thread_ts is None:
        return client.conversations_history(**given)
    return client.conversations_replies(ts=message.thread_ts, **given)


def _is(message: Outgoing, candidate: dict[str, Any], bot_id: str) -> bool:
    metadata = candidate.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        candidate.get("bot_id") == bot_id
        and metadata.get("event_type") == EVENT_TYPE
        and payload.get("key") == message.key
    )
