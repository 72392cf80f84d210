"""What Slack knows of people and channels, asked when it is needed.

Answers are values; what Slack does not tell is refused, never assumed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import Refused
from bot.reports import Channel, Person

REMEMBER_SECONDS = 300.0
UNREACHABLE = (URLError, OSError, HTTPException)


class Directory:
    """People (remembered for a few minutes) and channels (asked each time) of a workspace."""

    def __init__(
        self, client: WebClient, team: str, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._team = team
        self._seconds = seconds
        self._people: dict[str, tuple[float, Person]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    def person(self, team: str, user: str) -> Person:
        """Who acts. Raises `Refused` when Slack does not tell, or for another workspace."""
        if team != self._team:
            raise Refused("Earshot is not installed in your workspace.")
        known = self._people.get(user)
        if known and self._seconds() - known[0] < REMEMBER_SECONDS:
            return known[1]
        try:
            found = self._client.users_info(user=user)["user"]
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(
                "Slack does not tell who you are just now, and Earshot shows tickets only to "
                "members it can check. Try again in a minute."
            ) from error
        person = _person(team, user, found)
        self._people[user] = (self._seconds(), person)
        return person

    def is_member(self, team: str, user: str) -> bool:
        """Whether this is a full member of the workspace; False where Slack does not tell."""
        try:
            return not self.person(team, user).is_outsider
        except Refused:
            return False

    def has_left(self, team: str, user: str) -> bool:
        """Whether somebody's account was switched off; False where Slack does not tell."""
        try:
            return bool(self._client.users_info(user=user)["user"].get("deleted"))
        except (SlackApiError, *UNREACHABLE):
            return False

    def is_tagger(self, person: Person, taggers: Sequence[str]) -> bool:
        """Whether a member may tag: one of `taggers`, people or user groups, or anybody where none
        are named. Raises `Refused` when Slack does not tell who is in a group.
        """
        if person.is_outsider:
            return False
        groups = [id for id in taggers if id.startswith("S")]
        is_named = not taggers or person.user in taggers
        return is_named or any(person.user in self._members(group) for group in groups)

    def may_tag(self, team: str, user: str, taggers: Sequence[str]) -> bool:
        """The same of anybody; False where Slack does not tell."""
        try:
            return self.is_tagger(self.person(team, user), taggers)
        except Refused:
            return False

    def _members(self, group: str) -> frozenset[str]:
        known = self._groups.get(group)
        if known and self._seconds() - known[0] < REMEMBER_SECONDS:
            return known[1]
        try:
            found = self._client.usergroups_users_list(usergroup=group)["users"]
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(
                "Insights are tagged by a few people here, and Slack does not tell just now who "
                "they are. Try again in a minute; if it stays so, tell whoever runs Earshot."
            ) from error
        members = frozenset(str(user) for user in found)
        self._groups[group] = (self._seconds(), members)
        return members

    def channel(self, team: str, channel: str) -> Channel:
        """A conversation. Raises `SlackApiError` and connection errors as they come."""
        found = self._client.conversations_info(channel=channel)["channel"]
        return Channel(
            team=team,
            id=channel,
            name=str(found.get("name", "")),
            is_member=bool(found.get("is_member")),
            is_shared=any(
                found.get(flag)
                for flag in ("is_ext_shared", "is_pending_ext_shared", "is_shared", "is_org_shared")
            ),
            is_archived=bool(found.get("is_archived")),
            is_private=bool(found.get("is_private")),
        )

    def postable(self, team: str, channel: str) -> Channel:
        """A conversation that could be looked at. Raises `Refused` when Slack does not show it."""
        try:
            return self.channel(team, channel)
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(
                "Earshot cannot see this channel. Type `/invite @Earshot` here and try again."
            ) from error

    def channels_of(self, user: str) -> tuple[str, ...]:
        """Ids of the channels that Earshot and this person are both in."""
        found: list[str] = []
        cursor = ""
        while True:
            answer = self._client.users_conversations(
                user=user,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
                cursor=cursor,
            )
            found += [str(channel["id"]) for channel in answer["channels"]]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return tuple(found)


def slack_code(error: SlackApiError) -> str:
    """Slack's word for what is wrong. The SDK has a sentence there for a body it cannot read."""
    code = str(error.response.get("error") or "")
    return code if re.fullmatch(r"\w+", code) else "an answer that is not Slack's"


def _person(team: str, user: str, found: dict[str, Any]) -> Person:
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
    elsewhere = found.get("team_id") not in (None, team)
    return Person(
        team=team,
        user=user,
        timezone=str(found.get("tz") or "UTC"),
        is_outsider=elsewhere or any(found.get(flag) for flag in flags),
    )
