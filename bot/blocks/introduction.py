"""What Earshot says of itself in a channel that it was added to."""

from __future__ import annotations

from bot.blocks.kit import (
    ACTION_DIGEST_SETTINGS,
    COMMAND_FRICTION,
    Block,
    actions,
    button,
    line,
    message,
    ours,
    person,
    rich,
)
from bot.reports import Message


def render(inviter: str, channel: str, *, is_set_up: bool) -> Message:
    """Who added it, what it does, and the one button; `inviter` is "" where nobody is known."""
    by = [person(inviter), ours(" added Earshot here.")] if inviter else [ours(ADDED)]
    if is_set_up:
        again = line(*by, ours(" This channel's digest goes on as it was set up."))
        return message(ADDED, [rich(again), _settings("Settings", channel)])
    return message(
        f"{ADDED} It posts nothing until somebody sets it up.",
        [
            rich(
                line(*by, ours(" It brings customers' own words from support tickets.")),
                line(
                    ours(
                        "It posts nothing until somebody sets it up: then a short digest of the "
                        "few tickets that deserve attention, and silence where there are none. "
                        "Until then, ask it: "
                    ),
                    ours(f"{COMMAND_FRICTION} checkout", code=True),
                    ours(" shows only you what hurts customers about a part of the product."),
                ),
            ),
            _settings("Set up the digest", channel),
        ],
    )


def unusable(reason: str) -> Message:
    """One line where customers' words may not be shown; `reason` is a sentence of ours."""
    return message("Earshot cannot be used in this channel", [rich(line(ours(reason)))])


def _settings(label: str, channel: str) -> Block | None:
    return actions(button(label, ACTION_DIGEST_SETTINGS, channel))


ADDED = "Earshot was added to this channel."
