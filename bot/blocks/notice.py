"""A kind sentence to one person: a hint, a refusal, a confirmation."""

from __future__ import annotations

from bot.blocks import forms
from bot.blocks.kit import VIEW_NOTICE, Block, body, channel, line, message, ours, rich
from bot.reports import Message

LONGEST = 2_000


def notice(text: str) -> Message:
    """`text` may repeat what the person typed, so the summary does not repeat `text`."""
    return message("A note from Earshot", [rich(line(body(text, LONGEST)))])


def about_channel(before: str, id: str, after: str) -> Message:
    """Something that happened in a channel, named by its `id`, as Slack shows it."""
    sentence = line(ours(before), channel(id), body(after, LONGEST))
    return message("Something went wrong in a channel of yours", [rich(sentence)])


def view(text: str) -> Block:
    """The same where a modal is open."""
    return forms.modal(VIEW_NOTICE, "Earshot", [rich(line(body(text, LONGEST)))])
