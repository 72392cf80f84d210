"""Messages that were sent, without a ticket that they show, or with its words masked.

Works on payloads as they are kept, as they were sent: what they were rendered from may be gone.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from bot.blocks.kit import (
    ACTION_DIGEST_OPEN,
    ACTION_LEAK,
    ACTION_OPEN,
    ACTION_SHOW,
    ACTION_TAG,
    context,
    line,
    ours,
)
from bot.blocks.text import cut, label_word, safe_url
from bot.reports import ShownTicket

Payload = Mapping[str, Any]
Block = dict[str, Any]
Holds = Callable[[str], bool]
"""Whether a text is a ticket's words."""
Instead = Callable[[str], str]
"""What stands in the place of such a text."""

_BY_KEY = frozenset({ACTION_OPEN, ACTION_TAG, ACTION_SHOW, ACTION_DIGEST_OPEN})
_TEXTS = frozenset({"text", "plain_text", "mrkdwn", "raw_text", "link"})


def only(note: str, payload: Payload) -> dict[str, Any]:
    """A message of which nothing is left but a note."""
    kept = {name: value for name, value in payload.items() if name != "plain"}
    return kept | {"text": note, "blocks": [context(note)]}


class Cutter:
    """Takes tickets out of payloads, or masks their words there."""

    def __init__(
        self, tickets: Sequence[ShownTicket], holds: Holds, note: str, instead: Instead | None
    ) -> None:
        """Without `instead` the `note` takes the place of a text, and buttons go with it."""
        self._keys = {str(ticket.key) for ticket in tickets}
        self._ids = {ticket.ticket_id for ticket in tickets}
        self._urls = {url for ticket in tickets if (url := safe_url(ticket.url))}
        self._spoken = tuple(f"ticket {label_word(ticket.ticket_id)}" for ticket in tickets)
        self._holds = holds
        self._note = note
        self._instead = instead

    def cut(self, payload: Payload, *, finely: bool) -> dict[str, Any]:
        """The payload as it may stand; equal to what was given where it shows none of them.

        `finely` replaces single texts, for screens that are about more than the ticket; else the
        block around a text goes with it.
        """
        found = dict(payload)
        found["text"] = self._summary(str(payload.get("text", "")))
        for name in ("blocks", "plain"):
            if isinstance(payload.get(name), list):
                found[name] = self._blocks(payload[name], finely)
        return found

    def _summary(self, text: str) -> str:
        if not self._holds(html.unescape(text)):
            return text
        return html.escape(self._put(html.unescape(text)), quote=False)

    def _put(self, text: str) -> str:
        return self._note if self._instead is None else self._instead(text)

    def _blocks(self, blocks: Sequence[Block], finely: bool) -> list[Block]:
        kept: list[Block] = []
        for block in blocks:
            fresh = self._block(block, finely)
            if fresh is not None and not (fresh != block and kept and kept[-1] == fresh):
                kept.append(fresh)
        return kept

    def _block(self, block: Block, finely: bool) -> Block | None:
        if block.get("type") == "actions":
            return self._unlinked(block) if self._instead else self._buttons(block, finely)
        fresh: Block = self._walk(block)
        if fresh == block or finely or self._instead or block.get("type") != "rich_text":
            return fresh
        return {"type": "rich_text", "elements": [line(ours(self._note))]}

    def _buttons(self, block: Block, finely: bool) -> Block | None:
        elements: list[Any] = block["elements"]
        kept = [each for each in elements if not self._is_about(each)]
        if len(kept) == len(elements):
            return block
        return {**block, "elements": kept} if kept and finely else None

    def _unlinked(self, block: Block) -> Block:
        """Without addresses that say what is masked."""
        elements = [
            {name: value for name, value in each.items() if name != "url"}
            if self._tells(str(each.get("url", "")))
            else each
            for each in block["elements"]
        ]
        return {**block, "elements": elements}

    def _tells(self, url: str) -> bool:
        return self._instead is not None and self._instead(unquote(url)) != unquote(url)

    def _is_about(self, element: Block) -> bool:
        if any(option.get("value") in self._keys for option in element.get("options", ())):
            return element.get("action_id") == ACTION_LEAK
        by_key = str(element.get("action_id", "")).partition(":")[0] in _BY_KEY
        if by_key and element.get("value") in self._keys:
            return True
        spoken = str(element.get("accessibility_label", ""))
        return element.get("url") in self._urls or spoken.endswith(self._spoken)

    def _walk(self, node: Any, before: str = "") -> Any:
        if isinstance(node, list):
            return self._each(node)
        if not isinstance(node, dict):
            return node
        fresh = {
            name: self._walk(value) if isinstance(value, dict | list) else value
            for name, value in node.items()
        }
        text = node.get("text")
        if node.get("type") in _TEXTS and isinstance(text, str) and self._shows(text, before):
            fresh["text"] = self._fitting(node, self._put(text))
        if self._instead is None and node.get("url") in self._urls:
            return ours(self._note)
        if node.get("type") == "link" and self._tells(str(node.get("url", ""))):
            return ours(str(fresh["text"]))
        return fresh

    def _fitting(self, node: Block, text: str) -> str:
        """As long as it was, where headers and buttons have limits that it was cut to."""
        is_limited = self._instead is not None and node.get("type") == "plain_text"
        return cut(text, len(node["text"])) if is_limited else text

    def _each(self, nodes: list[Any]) -> list[Any]:
        fresh, before = [], ""
        for node in nodes:
            fresh.append(self._walk(node, before))
            text = node.get("text") if isinstance(node, dict) else None
            before = text if isinstance(text, str) else ""
        return fresh

    def _shows(self, text: str, before: str) -> bool:
        """Whether it is a ticket's words, or its number behind our word for it."""
        if self._holds(text):
            return True
        named = before.casefold().endswith("ticket ")
        return self._instead is None and named and text.strip() in self._ids
