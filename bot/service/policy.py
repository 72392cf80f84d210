"""Who may do what, and where customers' words may go. What cannot be checked is refused."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Refused
from bot.reports import Channel, Person


def check_person(person: Person) -> None:
    """Refuse guests, strangers, bots and people of other workspaces."""
    if person.is_outsider:
        raise Refused(
            "Earshot shows customers' tickets to full members of this workspace only. "
            "Ask a colleague who is one."
        )


def may_edit(person: Person, editors: Sequence[str]) -> bool:
    """Whether a member may edit features: one of `editors`, or anybody where none are named."""
    return not person.is_outsider and (not editors or person.user in editors)


def check_editor(person: Person, editors: Sequence[str]) -> None:
    """Refuse those who may not edit features."""
    if not may_edit(person, editors):
        raise Refused(
            "Features are edited by a few people here. Whoever runs Earshot can add you to them."
        )


def check_tagger(may: bool) -> None:
    """Refuse those who may not tag."""
    if not may:
        raise Refused(
            "Insights are tagged by a few people here. Whoever runs Earshot can add you to them."
        )


ARCHIVED = "This channel is archived. Choose another one, or unarchive it."


def refusal(channel: Channel) -> str | None:
    """Why customers' words may not be posted to a channel, as a sentence, or None."""
    if channel.is_shared:
        return (
            "This channel is shared with another company, so Earshot does not post "
            "customers' words here. Choose a channel of your own."
        )
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
