"""Asks Slack who somebody is and what a channel is, and the policy what follows."""

from __future__ import annotations

from bot.directory import Directory
from bot.errors import NotAllowed
from bot.reports import Channel, Person, Right
from bot.service import policy
from bot.service.context import Context


class Guard:
    """Decides for one workspace, for listeners and for the clock alike."""

    def __init__(self, context: Context, directory: Directory) -> None:
        self._context = context
        self._directory = directory

    def check(self, team: str, user: str, right: Right) -> Person:
        """The person who acts. Raises `NotAllowed`, or `Refused` where Slack does not tell."""
        person = self._directory.person(team, user)
        few = policy.named(self._context.settings, right)
        policy.check(person, right, few, self._directory.members)
        return person

    def may(self, team: str, user: str, right: Right) -> bool:
        """The same as a word. Raises `Refused` where Slack does not tell."""
        try:
            self.check(team, user, right)
        except NotAllowed:
            return False
        return True

    def check_inside(self, person: Person, channel: str, right: Right) -> None:
        """Raises `NotAllowed` for who is not in a channel, whether or not there is such a one."""
        policy.check_member(self._directory.is_in(person.user, channel), right)

    def check_channel(
        self, person: Person, channel: str, right: Right, *, is_inside: bool
    ) -> Channel:
        """A channel that a person is in and customers' words may be posted to. Raises `Refused`.

        `is_inside`: Slack itself says that the person typed a command there.
        """
        if not is_inside:
            self.check_inside(person, channel, right)
        found = self._directory.postable(person.team, channel)
        policy.check_channel(found)
        return found
