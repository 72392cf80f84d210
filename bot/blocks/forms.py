"""The pieces of modals: inputs, selects and the modal itself, cut to Slack's limits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.blocks.fitting import fit_view, size_in_bytes
from bot.blocks.kit import (
    INPUT,
    VIEW_TITLE,
    Block,
    plain,
)
from bot.blocks.text import clean, cut, is_channel, is_person, one_line
from bot.reports import Feature

OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
# Two such selects with all of their options chosen still leave a modal below its 250 kB.
OPTIONS_SIZE = 55_000
LABEL = 150
TEXT = 3_000


def modal(
    callback: str,
    title: str,
    blocks: Iterable[Block | None],
    *,
    submit: str | None = None,
    metadata: str = "",
) -> Block:
    """`metadata` goes to Slack and back in clear: ids only, and what the person asked."""
    view: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, VIEW_TITLE),
        "close": plain("Cancel" if submit else "Close", VIEW_TITLE),
        "blocks": fit_view([block for block in blocks if block]),
        "private_metadata": metadata,
    }
    return {**view, "submit": plain(submit, VIEW_TITLE)} if submit else view


def digests(blocks: Iterable[Block | None]) -> dict[str, str]:
    """What each input begins with, in short, by block id."""
    return {
        str(block["block_id"]): digest(_begins(block["element"]))
        for block in blocks
        if block is not None and block["type"] == "input"
    }


def _begins(element: object) -> str:
    if not isinstance(element, Mapping):
        return ""
    option = element.get("initial_option") or {}
    for name in ("initial_value", "initial_user"):
        if name in element:
            return str(element[name])
    return str(option.get("value", ""))


def digest(value: str | None) -> str:
    """Whether an input holds what it began with is told by this, and nothing else is."""
    return hashlib.blake2b((value or "").encode(), digest_size=6).hexdigest()


def field(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    """An input; ids stay the same in every rendering, so that typed values survive an update."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": {**element, "action_id": INPUT},
        "optional": optional,
    }
    return {**made, "hint": plain(hint, LABEL)} if hint else made


def text_input(initial: str, most: int, *, multiline: bool = False) -> Block:
    made: Block = {"type": "plain_text_input", "max_length": most, "multiline": multiline}
    words = clean(initial).strip() if multiline else one_line(initial)
    return {**made, "initial_value": cut(words, most)} if words else made


def option(value: str, label: str) -> Block:
    return {"text": plain(label, OPTION), "value": value}


def select(options: Sequence[Block], chosen: str | None, placeholder: str) -> Block:
    made: Block = {
        "type": "static_select",
        "placeholder": plain(placeholder, LABEL),
        **_offered(options),
    }
    initial = next((one for one in options if one["value"] == chosen), None)
    return {**made, "initial_option": initial} if initial else made


def multi_select(options: Sequence[Block], chosen: Sequence[str], placeholder: str) -> Block:
    made: Block = {
        "type": "multi_static_select",
        "placeholder": plain(placeholder, LABEL),
        **_offered(options),
    }
    initial = [one for one in options if one["value"] in chosen]
    return {**made, "initial_options": initial[:OPTIONS]} if initial else made


def channels(chosen: Sequence[str]) -> Block:
    """Channels of the workspace, public and private, that are shared with no other company."""
    made: Block = {
        "type": "multi_conversations_select",
        "placeholder": plain("Channels", LABEL),
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    known = [id for id in chosen if is_channel(id)]
    return {**made, "initial_conversations": known} if known else made


def overflow(action: str, options: Sequence[Block]) -> Block:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action, "options": list(options)}


def checkboxes(options: Sequence[Block], chosen: Sequence[str]) -> Block:
    made: Block = {"type": "checkboxes", "options": list(options)}
    initial = [one for one in options if one["value"] in chosen]
    return {**made, "initial_options": initial} if initial else made


def radio(options: Sequence[Block], chosen: str) -> Block:
    made: Block = {"type": "radio_buttons", "options": list(options)}
    initial = next((one for one in options if one["value"] == chosen), None)
    return {**made, "initial_option": initial} if initial else made


def person_select(chosen: str | None) -> Block:
    """Any person of the workspace."""
    made: Block = {"type": "users_select", "placeholder": plain("Nobody", LABEL)}
    return {**made, "initial_user": chosen} if chosen and is_person(chosen) else made


def date_input(day: date) -> Block:
    return {"type": "datepicker", "initial_date": day.isoformat()}


def time_input(at: str) -> Block:
    return {"type": "timepicker", "initial_time": at}


def feature_options(catalogue: Sequence[Feature], chosen: Sequence[str]) -> list[Block]:
    """The catalogue as options, the chosen ones first so that a huge catalogue keeps them."""
    ranked = sorted(catalogue, key=lambda feature: feature.id not in chosen)
    unique = {feature.id: feature for feature in ranked if 0 < len(feature.id) <= OPTION_VALUE}
    options = [option(feature.id, feature.name) for feature in unique.values()]
    while size_in_bytes(options) > OPTIONS_SIZE:
        options = options[: len(options) * 9 // 10]
    return options


def _offered(options: Sequence[Block]) -> Block:
    """Slack takes a hundred options, or groups of a hundred."""
    if len(options) <= OPTIONS:
        return {"options": list(options)}
    groups = []
    for start in range(0, len(options), OPTIONS):
        part = list(options[start : start + OPTIONS])
        label = plain(f"Features {start + 1} to {start + len(part)}", OPTION)
        groups.append({"label": label, "options": part})
    return {"option_groups": groups}
