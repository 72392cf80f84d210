"""Whether a person wrote in the thread of a message of ours, where Slack lets us read it.

Looked up when it matters, by the optional scope that also tells whether a message was posted.
Earshot is not told of what people write in channels.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import refusals
from bot.service.digest_useful import CannotTell, Reply
from storage.values import PostValue


class Threads:
    """Reads threads for their authors and times; their words are passed over."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def last_reply(self, post: PostValue) -> Reply | None:
        """The last reply of a person; None where there is none, or none may be seen.

        Raises `CannotTell` where Slack gives no answer just now.
        """
        found: Reply | None = None
        cursor = ""
        while True:
            page = self._page(post, cursor)
            for each in page["messages"]:
                if each.get("user") and not each.get("bot_id") and each.get("ts") != post.ts:
                    at = datetime.fromtimestamp(float(each["ts"]), UTC)
                    found = Reply(str(each["user"]), at)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    def _page(self, post: PostValue, cursor: str) -> Any:
        try:
            return self._client.conversations_replies(
                channel=post.channel, ts=post.ts, limit=100, cursor=cursor
            )
        except SlackApiError as error:
            status, code = refusals.status(error), refusals.code(error)
            is_passing = code in refusals.MAYBE_DONE or code in {"ratelimited", "rate_limited"}
            if is_passing or status == 429 or status >= 500 or not refusals.is_word(code):
                raise CannotTell from error
            # No scope, no member any more, the message is gone: replies are not seen.
            return {"messages": []}
        except refusals.NO_ANSWER as error:
            raise CannotTell from error
