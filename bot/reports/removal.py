"""What it takes to find a ticket in places that show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownTicket:
    """A ticket as posts and titles may show it: to be read before it is removed or masked.

    `key` is our row, `ticket_id` the source's number, `texts` what was said in it.
    """

    key: int
    source: str
    ticket_id: str
    url: str | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditedPosts:
    """What became of messages that showed a ticket.

    `edits` were planned for messages that stand in Slack or may; `withdrawn` were never sent;
    `kept` are rows of messages that were overwritten.
    """

    edits: int = 0
    withdrawn: int = 0
    kept: int = 0

    def __add__(self, other: EditedPosts) -> EditedPosts:
        return EditedPosts(
            self.edits + other.edits, self.withdrawn + other.withdrawn, self.kept + other.kept
        )
