"""What Slack refuses, checked without Slack.

The SDK checks some lengths and only for its own classes; Slack answers `invalid_blocks` at
run time, in front of people. These checks are pure, so golden files, properties and the fake
Slack all hold every screen to the same limits (reference/slack-platform.md, 1.4 and 2).
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from bot.demo.slack_limits.blocks import block_faults, elements_of, flattened
from bot.demo.slack_limits.elements import plain
from bot.demo.slack_limits.rules import Fault, Rule, boolean, choice, shape, string

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT_CHARACTERS = 40_000
BLOCKS_CHARACTERS = 13_200
VIEW_BYTES = 250_000
MARKDOWN_TEXT_CHARACTERS = 12_000

__all__ = [
    "BLOCKS_CHARACTERS",
    "MESSAGE_BLOCKS",
    "TEXT_CHARACTERS",
    "VIEW_BLOCKS",
    "VIEW_BYTES",
    "Fault",
    "check_blocks",
    "check_message",
    "check_view",
    "elements_of",
    "flattened",
    "serialised",
]


def serialised(value: object) -> str:
    """The JSON that is counted: compact, with characters as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def check_blocks(blocks: object, surface: str = "message", pointer: str = "/blocks") -> list[Fault]:
    """Faults of a list of blocks on a `message` or a `view`."""
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    return list(block_faults(blocks, surface=surface, most=most, pointer=pointer))


def check_message(payload: Mapping[str, object]) -> list[Fault]:
    """Faults of a message: text, blocks, and their sum."""
    return [*_text_faults(payload), *_blocks_of_message(payload), *_metadata_faults(payload)]


def _text_faults(payload: Mapping[str, object]) -> Iterator[Fault]:
    text, markdown = payload.get("text"), payload.get("markdown_text")
    content = [payload.get(key) for key in ("blocks", "attachments", "markdown_text")]
    if markdown and (text or payload.get("blocks")):
        yield Fault("/markdown_text", "markdown_text_conflict", "stands alone or not at all")
    if isinstance(markdown, str) and len(markdown) > MARKDOWN_TEXT_CHARACTERS:
        yield Fault("/markdown_text", "msg_too_long", "at most 12,000 characters")
    if text is not None and not isinstance(text, str):
        yield Fault("/text", "wrong_type", "must be a string")
    elif text and len(text) > TEXT_CHARACTERS:
        yield Fault("/text", "msg_too_long", f"at most {TEXT_CHARACTERS} characters")
    elif not (text or "").strip() and not any(content):
        yield Fault("/text", "no_text", "a message needs text or blocks")


def _blocks_of_message(payload: Mapping[str, object]) -> Iterator[Fault]:
    blocks = payload.get("blocks")
    if blocks is None:
        return
    yield from check_blocks(blocks)
    size = len(serialised(blocks))
    if size > BLOCKS_CHARACTERS:
        yield Fault(
            "/blocks", "msg_blocks_too_long", f"about {BLOCKS_CHARACTERS} characters, has {size}"
        )
    attachments = payload.get("attachments")
    if isinstance(attachments, Sequence) and len(attachments) > 100:
        yield Fault("/attachments", "too_many_attachments", "at most 100 attachments")


def _metadata_faults(payload: Mapping[str, object]) -> Iterator[Fault]:
    metadata = payload.get("metadata")
    if metadata is None:
        return
    whole = isinstance(metadata, Mapping) and (
        isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), Mapping)
    )
    if not whole:
        yield Fault(
            "/metadata", "invalid_metadata_format", "needs event_type and an event_payload object"
        )


def _anything_blocks(value: object, pointer: str) -> Iterator[Fault]:
    yield from check_blocks(value, "view", pointer)


_COMMON: dict[str, Rule] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL = shape(
    {"type": choice("modal"), "title": plain(24), "blocks": _anything_blocks},
    {
        **_COMMON,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"type": choice("home"), "blocks": _anything_blocks}, _COMMON)


def check_view(view: Mapping[str, object]) -> list[Fault]:
    """Faults of a modal or a Home view."""
    kinds = {"modal": _MODAL, "home": _HOME}
    rule = kinds.get(str(view.get("type")))
    if rule is None:
        return [Fault("/view/type", "invalid", "must be modal or home")]
    return [*rule(view, "/view"), *_across_view(view)]


def _across_view(view: Mapping[str, object]) -> Iterator[Fault]:
    blocks = view.get("blocks")
    every = flattened(blocks, "/view/blocks") if isinstance(blocks, list | tuple) else ()
    asks = any(block.get("type") == "input" for _, block in every)
    if asks and view.get("type") == "modal" and "submit" not in view:
        yield Fault("/view", "missing", "a modal with inputs needs submit")
    size = len(serialised(view).encode("utf-8", "surrogatepass"))
    if size > VIEW_BYTES:
        yield Fault("/view", "view_too_large", f"at most {VIEW_BYTES} bytes, has {size}")
