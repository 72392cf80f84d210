"""Looks what people have really reacted to recent posts, and mends what was missed.

Once an hour in the first two weeks of a post. Slack takes fifty such calls a minute (its tier 3);
forty are made at the most, which is enough for 2,400 posts an hour. Where there are more, the one
that was looked at longest ago comes first, and each waits a little longer than an hour.

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

AT_ONCE: Final = 10
PACE: Final = timedelta(seconds=15)
"""So many posts are looked at in so long at the most."""


class ReactionSweep:
    """Compares posts of one workspace with Slack; any number of processes may."""

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
        """Compare some posts that are due; False where nothing was missed.

        What is still due then is compared after `PACE`.
        """
        if self._not_before is not None and now < self._not_before:
            return False
        changed = False
        for _ in range(AT_ONCE):
            found = reactions.next_to_sweep(self._context, self._team, now)
            if found is None:
                return changed
            self._not_before = now + PACE
            post, known = found
            try:
                answer = self._client.reactions_get(
                    channel=post.channel, timestamp=post.ts, full=True
                )
            except SlackApiError as error:
                self._refused(post, error, now)
                return True
            except refusals.NO_ANSWER:
                return changed  # The next look at this one is in an hour.
            given = _given(answer["message"], self._bot)
            missed = reactions.mend(
                self._context, post, known, given, now=now, may_tag=self._may_tag
            )
            changed = changed or missed > 0
        return changed

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
