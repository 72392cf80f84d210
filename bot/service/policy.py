"""Who may do what, and where customers' words may go. What cannot be checked is refused.

Everything that people do in Slack is decided here, and nowhere else. A refusal is the same sentence
whatever is there: it comes before anything is looked up, and names no ticket, feature or insight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.config import Settings
from bot.errors import NotAllowed, Refused
from bot.reports import Channel, Person, Right

OUTSIDER = (
    "Earshot shows customers' tickets to full members of this workspace only. "
    "Ask a colleague who is one."
)
ELSEWHERE = "Earshot is not installed in your workspace."
NOT_HERE = (
    "Earshot cannot see this channel, or you are not in it. Join it, type `/invite @Earshot` "
    "there, and try again."
)
SHARED = (
    "This channel is shared with another company, or about to be, so Earshot does not post "
    "customers' words here. Choose a channel of your own."
)
ARCHIVED = "This channel is archived. Choose another one, or unarchive it."
_FEW = {
    Right.TAG: "Insights are tagged by a few people here. "
    "Whoever runs Earshot can add you to them.",
    Right.EDIT_FEATURES: "Features are edited by a few people here. "
    "Whoever runs Earshot can add you to them.",
}
_OPERATOR_ONLY = "This is done by whoever runs Earshot, on its command line."
OPERATORS: frozenset[Right] = frozenset({Right.EXPORT, Right.ERASE})
"""Nobody may do so in Slack: who has the command line has the database anyway."""

Members = Callable[[str], frozenset[str]]
"""The people of a user group. Raises `Refused` where Slack does not tell."""
May = Callable[[str, str, Right], bool]
"""Whether a person of a workspace may do something. Raises `Refused` where Slack does not tell who
they are."""


# --- people ---------------------------------------------------------------------------------


def named(settings: Settings, right: Right) -> Sequence[str]:
    """People and user groups who alone may do something; empty where every full member may."""
    by_right: Mapping[Right, Sequence[str]] = {
        Right.TAG: settings.taggers,
        Right.EDIT_FEATURES: settings.editors,
    }
    return by_right.get(right, ())


def check(person: Person, right: Right, few: Sequence[str], members: Members) -> None:
    """Raises `NotAllowed` for who may not do something: guests, strangers, bots, people of other
    workspaces or without an account any more, and whoever is not among the `few`, if there are any.
    """
    if person.is_outsider:
        raise NotAllowed(OUTSIDER, right.value)
    if right in OPERATORS:
        raise NotAllowed(_OPERATOR_ONLY, right.value)
    if few and not _is_among(person, few, members):
        raise NotAllowed(_FEW[right], right.value)


def _is_among(person: Person, few: Sequence[str], members: Members) -> bool:
    if person.user in few:
        return True
    return any(person.user in members(group) for group in few if group.startswith("S"))


def check_member(is_in: bool, right: Right) -> None:
    """Raises `NotAllowed` for who is not in the channel, in the words for one that is not there."""
    if not is_in:
        raise NotAllowed(NOT_HERE, right.value)


def is_elsewhere(
    request: Mapping[str, object], team: str, enterprise: str | None, user: str
) -> bool:
    """Whether a request is said to be from another workspace or company, or by no person.

    Each way in which Slack names a person's workspace counts: beside the person, in the event, and
    of the request as a whole.
    """
    event, person = request.get("event"), request.get("user")
    teams: list[object] = []
    if isinstance(event, Mapping):
        teams += [event.get("user_team"), event.get("team"), event.get("source_team")]
    if isinstance(person, Mapping):
        teams.append(person.get("team_id"))
    ours = {team} | ({enterprise} if enterprise else set())
    return user == _SLACKBOT or any(one not in ours for one in teams if one)


_SLACKBOT = "USLACKBOT"


# --- places ---------------------------------------------------------------------------------


def refusal(channel: Channel) -> str | None:
    """Why customers' words may not be posted to a channel, as a sentence, or None."""
    if channel.is_shared:
        return SHARED
    if channel.is_archived:
        return ARCHIVED
    if not channel.is_member:
        return "Earshot is not in this channel. Type `/invite @Earshot` here and try again."
    return None


def check_channel(channel: Channel) -> None:
    """Refuse a channel that customers' words may not be posted to."""
    reason = refusal(channel)
    if reason is not None:
        raise Refused(reason)
