"""What Slack knows of people and channels, asked when it is needed.

Answers are values; what Slack does not tell is refused, never assumed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container, Mapping
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import NotAllowed, Refused
from bot.reports import Channel, Person, Right
from bot.service import policy

REMEMBER_SECONDS = 60.0
UNREACHABLE = (URLError, OSError, HTTPException)
MOST_REMEMBERED = 10_000
PAGE = 999
_WHO = (
    "Slack does not tell who you are just now, and Earshot shows tickets only to members it can "
    "check. Try again in a minute."
)
_OUTSIDERS = (
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
    "is_bot",
    "is_workflow_bot",
    "deleted",
)
_SHARED = (
    "is_ext_shared",
    "is_pending_ext_shared",
    "is_shared",
    "is_org_shared",
    "pending_shared",
    "pending_connected_team_ids",
)
_SHARED_WITH = ("connected_team_ids", "shared_team_ids")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Directory:
    """People (remembered for a minute) and channels (asked each time) of a workspace."""

    def __init__(
        self,
        client: WebClient,
        team: str,
        enterprise: str | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._team = team
        self._enterprise = enterprise
        self._seconds = seconds
        self._people: dict[str, tuple[float, Person]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}
        self._places: dict[tuple[str, str], float] = {}

    def person(self, team: str, user: str) -> Person:
        """Who acts. Raises `Refused` when Slack does not tell, or for another workspace."""
        if team != self._team:
            raise NotAllowed(policy.ELSEWHERE, Right.ASK.value)
        known = self._people.get(user)
        if known and self._seconds() - known[0] < REMEMBER_SECONDS:
            return known[1]
        try:
            found = self._client.users_info(user=user).get("user")
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(_WHO) from error
        if not isinstance(found, Mapping):
            raise Refused(_WHO)
        person = _person(team, self._enterprise, user, found)
        _remember(self._people, user, (self._seconds(), person))
        return person

    def has_left(self, team: str, user: str) -> bool:
        """Whether somebody's account was switched off; False where Slack does not tell."""
        try:
            found = self._client.users_info(user=user).get("user")
        except (SlackApiError, *UNREACHABLE):
            return False
        return isinstance(found, Mapping) and bool(found.get("deleted"))

    def members(self, group: str) -> frozenset[str]:
        """The people of a user group. Raises `Refused` when Slack does not tell."""
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
        _remember(self._groups, group, (self._seconds(), members))
        return members

    def channel(self, team: str, channel: str) -> Channel:
        """A conversation. Raises `SlackApiError` and connection errors as they come."""
        found = self._client.conversations_info(channel=channel)["channel"]
        return Channel(
            team=team,
            id=channel,
            name=str(found.get("name", "")),
            is_member=bool(found.get("is_member")),
            is_shared=_is_shared((team, self._enterprise), found),
            is_archived=bool(found.get("is_archived")),
            is_private=bool(found.get("is_private")),
        )

    def postable(self, team: str, channel: str) -> Channel:
        """A conversation that could be looked at. Raises `Refused` when Slack does not show it."""
        try:
            return self.channel(team, channel)
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(policy.NOT_HERE) from error

    def is_in(self, user: str, channel: str) -> bool:
        """Whether a person is in a channel: of private ones those that Earshot is in as well.

        Raises `Refused` when Slack does not tell.
        """
        known = self._places.get((user, channel))
        if known is not None and self._seconds() - known < REMEMBER_SECONDS:
            return True
        is_in = channel in self._conversations(user, exclude_archived=False)
        if is_in:
            _remember(self._places, (user, channel), self._seconds())
        return is_in

    def channels_of(self, user: str) -> tuple[str, ...]:
        """Ids of the channels that Earshot and this person are both in.

        Raises `Refused` when Slack does not tell.
        """
        return tuple(self._conversations(user, exclude_archived=True))

    def _conversations(self, user: str, *, exclude_archived: bool) -> list[str]:
        try:
            return self._listed(user, exclude_archived=exclude_archived)
        except (SlackApiError, *UNREACHABLE) as error:
            raise Refused(
                "Slack does not tell just now which channels you are in. Try again in a minute."
            ) from error

    def _listed(self, user: str, *, exclude_archived: bool) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            answer = self._client.users_conversations(
                user=user,
                types="public_channel,private_channel",
                exclude_archived=exclude_archived,
                limit=PAGE,
                cursor=cursor,
            )
            found += [str(channel["id"]) for channel in answer["channels"]]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return found


def slack_code(error: SlackApiError) -> str:
    """Slack's word for what is wrong. The SDK has a sentence there for a body it cannot read."""
    code = str(error.response.get("error") or "")
    return code if re.fullmatch(r"\w+", code) else "an answer that is not Slack's"


def _person(team: str, enterprise: str | None, user: str, found: Mapping[str, Any]) -> Person:
    company = (found.get("enterprise_user") or {}).get("enterprise_id") or None
    is_elsewhere = found.get("team_id") != team or company not in (None, enterprise)
    return Person(
        team=team,
        user=user,
        timezone=str(found.get("tz") or "UTC"),
        is_outsider=is_elsewhere or any(found.get(flag) for flag in _OUTSIDERS),
    )


def _is_shared(ours: Container[str | None], found: Mapping[str, Any]) -> bool:
    """Whether people of another company read a conversation, or were asked to."""
    if any(found.get(flag) for flag in _SHARED):
        return True
    teams = [id for name in _SHARED_WITH for id in found.get(name) or ()]
    teams.append(found.get("context_team_id"))
    return any(id not in ours for id in teams if id)


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep an answer; the oldest is forgotten where there are too many."""
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > MOST_REMEMBERED:
        memory.pop(next(iter(memory)), None)
