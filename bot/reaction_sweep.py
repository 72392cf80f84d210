"""Looks once an hour what people have really reacted to recent posts, and mends what was missed.

Events are delivered at best effort: what happened while nobody listened, or was lost on the way, is
found here. A message that is gone is marked, and what was answered to it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import refusals
from bot.service import reactions
from bot.service.context import Context
from bot.service.reactions import Given, MayTag
from storage.values import PostValue

PACE: Final = timedelta(milliseconds=1_500)
"""Slack wants less than fifty such calls a minute."""


class ReactionSweep:
    """Compares posts of one workspace with Slack, one at a time; any number of processes may."""

    def __init__(
        self, context: Context, client: WebClient, *, team: str, bot: str, may_tag: MayTag
    ) -> None:
        self._context = context
        self._client = client
        self._team = team
        self._bot = bot
        self._may_tag = may_tag
        self._not_before: datetime | None = None

    def run_one(self, now: datetime) -> bool:
        """Compare one post that is due; False where none is, or Slack asked to wait."""
        if self._not_before is not None and now < self._not_before:
            return False
        found = reactions.next_to_sweep(self._context, self._team, now)
        if found is None:
            return False
        post, known = found
        self._not_before = now + PACE
        try:
            answer = self._client.reactions_get(channel=post.channel, timestamp=post.ts, full=True)
        except SlackApiError as error:
            self._refused(post, error, now)
            return True
        except refusals.NO_ANSWER:
            return True  # The next look is in an hour.
        given = _given(answer["message"], self._bot)
        reactions.mend(self._context, post, known, given, now=now, may_tag=self._may_tag)
        return True

    def _refused(self, post: PostValue, error: SlackApiError, now: datetime) -> None:
        if refusals.status(error) == 429 or refusals.code(error) == "ratelimited":
            self._not_before = now + refusals.retry_after(error)
            reactions.sweep_later(self._context, post)
        elif refusals.code(error) in refusals.GONE:
            reactions.mark_gone(self._context, post, now)


def _given(message: Mapping[str, Any], bot: str) -> Given:
    """Who gave which emoji, skin tones folded, and of which emoji not all people are listed."""
    people: set[tuple[str, str]] = set()
    unlisted: set[str] = set()
    for each in message.get("reactions") or ():
        emoji = reactions.emoji_name(str(each["name"]))
        users = [str(user) for user in each.get("users") or ()]
        people.update((user, emoji) for user in users if user != bot)
        if int(each.get("count") or 0) > len(users):
            unlisted.add(emoji)
    return Given(frozenset(people), frozenset(unlisted))
