"""What does not fit into one message or modal is cut, the longest texts first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from bot.blocks.text import cut

Block = dict[str, object]
Measure = Callable[[Sequence[Block]], int]

MESSAGE_BLOCKS = 45
VIEW_BLOCKS = 100
VIEW_SIZE = 240_000
SHORTEST_CUT = 60


def fit(blocks: list[Block], most: int, size: int, measure: Measure) -> list[Block]:
    """The blocks within Slack's bounds: the longest texts are cut first, then the last blocks."""
    kept = blocks if len(blocks) <= most else [*blocks[: most - 1], _left_out()]
    texts = [text for block in kept for text in _texts(block)]
    while texts and measure(kept) > size:
        longest = max(texts, key=lambda text: len(str(text["text"])))
        words = str(longest["text"])
        if len(words) <= SHORTEST_CUT:
            break
        longest["text"] = cut(words, max(len(words) * 3 // 4, SHORTEST_CUT))
    while len(kept) > 1 and measure(kept) > size:
        kept = [*kept[: -2 if kept[-1] == _left_out() else -1], _left_out()]
    return kept


def fit_view(blocks: list[Block]) -> list[Block]:
    return fit(blocks, VIEW_BLOCKS, VIEW_SIZE, size_in_bytes)


def size_in_characters(blocks: Sequence[Block]) -> int:
    """How Slack counts a message."""
    return len(json.dumps(blocks, ensure_ascii=False))


def size_in_bytes(blocks: Sequence[Block]) -> int:
    """How Slack counts a modal or a Home tab."""
    return len(json.dumps(blocks, ensure_ascii=False).encode())


def _left_out() -> Block:
    text = "… the rest is left out: Slack takes no more on one screen"
    return {
        "type": "context",
        "elements": [{"type": "plain_text", "text": text, "emoji": False}],
    }


def _texts(value: object) -> Iterator[Block]:
    if isinstance(value, dict):
        if value.get("type") in {"text", "raw_text"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
