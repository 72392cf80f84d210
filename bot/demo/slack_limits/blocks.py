"""Which blocks there are, which surface takes them, and what must be unique across them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.demo.slack_limits.elements import (
    BUTTON,
    ID,
    IMAGE,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    URL,
    plain,
    text,
)
from bot.demo.slack_limits.figures import ALERT, CHART, DATA_TABLE, TABLE
from bot.demo.slack_limits.rich_text import rich_text
from bot.demo.slack_limits.rules import (
    Fault,
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    both,
    choice,
    exactly_one,
    items,
    shape,
    string,
    tagged,
)

MARKDOWN_CHARACTERS = 12_000
NAMED: dict[str, Rule] = {"block_id": ID}
SECTION = both(
    shape(
        {},
        {
            **NAMED,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": IN_ACCESSORY,
            "expand": boolean,
        },
    ),
    at_least_one("text", "fields"),
)
IN_CONTEXT = tagged(
    {
        "image": IMAGE,
        "mrkdwn": text(3000),
        "plain_text": text(3000),
    },
    code="not_allowed_here",
)
CARD = both(
    shape(
        {},
        {
            **NAMED,
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": array(tagged({"button": BUTTON}, code="not_allowed_here"), 1, 5),
        },
    ),
    at_least_one("hero_image", "title", "actions", "body"),
)
PLAIN_BLOCKS: dict[str, Rule] = {
    "section": SECTION,
    "divider": shape({}, NAMED),
    "header": shape({"text": plain(150)}, NAMED),
    "image": both(
        shape(
            {"alt_text": string(2000)},
            {**NAMED, "image_url": URL, "slack_file": anything, "title": plain(2000)},
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "actions": shape({"elements": array(IN_ACTIONS, 1, 25)}, NAMED),
    "context": shape({"elements": array(IN_CONTEXT, 1, 10)}, NAMED),
    "input": shape(
        {"label": plain(2000), "element": IN_INPUT},
        {**NAMED, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": rich_text,
    "alert": ALERT,
}
MESSAGE_BLOCKS: dict[str, Rule] = {
    **PLAIN_BLOCKS,
    "markdown": shape({"text": string(MARKDOWN_CHARACTERS)}, NAMED),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "card": CARD,
    "carousel": shape(
        {"elements": array(tagged({"card": CARD}, code="not_allowed_here"), 1, 10)}, NAMED
    ),
    "container": both(
        shape(
            {"child_blocks": array(tagged(PLAIN_BLOCKS, code="not_allowed_here"), 1, 10)},
            {
                **NAMED,
                "title": plain(150),
                "rich_text_title": rich_text,
                "subtitle": text(150),
                "width": choice("narrow", "standard", "wide", "full"),
                "icon": IMAGE,
                "is_collapsible": boolean,
                "default_collapsed": boolean,
                "has_header_divider": boolean,
            },
        ),
        at_least_one("title", "rich_text_title"),
    ),
    "context_actions": shape({"elements": array(IN_CONTEXT_ACTIONS, 1, 5)}, NAMED),
}


def _refused_in_views(_value: object, pointer: str) -> Iterator[Fault]:
    yield Fault(pointer, "not_allowed_here", "this block is for messages only")


_ONE_OF_A_MESSAGE = tagged(MESSAGE_BLOCKS)
_ONE_OF_A_VIEW = tagged({**dict.fromkeys(MESSAGE_BLOCKS, _refused_in_views), **PLAIN_BLOCKS})


# Where a block holds other blocks: a container its children, a carousel its cards.
_HOLDS = {"container": "child_blocks", "carousel": "elements"}


def flattened(blocks: Sequence[object], pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every block with its pointer, those inside containers and carousels too."""
    for index, block in enumerate(blocks):
        if not isinstance(block, Mapping):
            continue
        here = f"{pointer}/{index}"
        yield here, block
        key = _HOLDS.get(str(block.get("type")), "")
        yield from flattened(items(block.get(key)), f"{here}/{key}")


def elements_of(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The interactive elements of one block, in the order they are shown."""
    if block.get("type") in ("rich_text", "carousel"):
        return []
    found: list[object] = [block.get("accessory"), block.get("element")]
    for key in ("elements", "actions"):
        found.extend(items(block.get(key)))
    return [each for each in found if isinstance(each, Mapping)]


def _repeated(values: Sequence[tuple[str, object]], what: str) -> Iterator[Fault]:
    seen: set[object] = set()
    for pointer, value in values:
        if isinstance(value, str):
            if value in seen:
                yield Fault(pointer, "duplicate", f"{what} already exists: {value}")
            seen.add(value)


def _across(blocks: Sequence[object], pointer: str) -> Iterator[Fault]:
    every = list(flattened(blocks, pointer))
    yield from _repeated([(at, block.get("block_id")) for at, block in every], "block_id")
    focused = 0
    for at, block in every:
        elements = elements_of(block)
        yield from _repeated([(at, each.get("action_id")) for each in elements], "action_id")
        focused += sum(each.get("focus_on_load") is True for each in elements)
    if focused > 1:
        yield Fault(pointer, "conflict", "only one element can have focus_on_load")


def _per_message(blocks: Sequence[object], pointer: str) -> Iterator[Fault]:
    kinds = [block.get("type") for block in blocks if isinstance(block, Mapping)]
    if sum(kind in ("table", "data_table") for kind in kinds) > 1:
        yield Fault(pointer, "only_one_table_allowed", "a message holds one table")
    if kinds.count("data_visualization") > 2:
        yield Fault(pointer, "too_many", "a message holds at most two charts")
    words = [
        str(block.get("text", ""))
        for block in blocks
        if isinstance(block, Mapping) and block.get("type") == "markdown"
    ]
    if sum(map(len, words)) > MARKDOWN_CHARACTERS:
        yield Fault(pointer, "too_long", f"markdown blocks share {MARKDOWN_CHARACTERS} characters")


def block_faults(blocks: object, *, surface: str, most: int, pointer: str) -> Iterator[Fault]:
    """What is wrong with a list of blocks on a surface: message or view."""
    of_one = _ONE_OF_A_MESSAGE if surface == "message" else _ONE_OF_A_VIEW
    yield from array(of_one, 0, most, code="too_many_blocks")(blocks, pointer)
    if isinstance(blocks, list | tuple):
        yield from _across(blocks, pointer)
        if surface == "message":
            yield from _per_message(blocks, pointer)
