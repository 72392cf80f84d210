"""The one place that knows Block Kit: its ids, its limits and the shape of its pieces.

Renderers say what a screen holds, the kit makes it a payload that Slack takes. Whose words a
text is decides the constructor: `ours` for Earshot's own, `theirs` for anything a customer, a
source or a person in Slack wrote. Both end as inert rich text; only `theirs` is put on one line,
cut, and given a placeholder when nothing is left of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from bot.blocks import fitting, native
from bot.blocks.native import Native, Part
from bot.blocks.text import (
    PLACEHOLDER,
    clean,
    cut,
    escape,
    is_channel,
    is_emoji,
    is_person,
    safe_url,
    shown,
)
from bot.reports import Message

Block = fitting.Block

# --- ids, shared with the listeners ---------------------------------------------------------

ACTION_SHARE = "friction_share"
ACTION_ASK = "friction_ask"
ACTION_ASK_OTHER = "friction_ask_other"
ACTION_ALIAS = "feature_alias"
ACTION_MORE = "friction_more"
ACTION_NARROW = "friction_narrow"
ACTION_COMPARE = "friction_compare"
ACTION_THEMES = "friction_themes"
ACTION_DIGEST_HERE = "friction_digest"
ACTION_TAG = "ticket_tag"
ACTION_OPEN = "ticket_open"
ACTION_SHOW = "ticket_show"
ACTION_TICKETS = "tickets"
ACTION_NEXT = "tickets_next"
ACTION_PREVIOUS = "tickets_previous"
ACTION_CORRECT = "ticket_correct"
ACTION_UNDO = "ticket_undo"
ACTION_LEAK = "ticket_leak"
ACTION_LEAK_OTHERS = "ticket_leak_others"
ACTION_EDIT = "insight_edit"
ACTION_STATUS = "insight_status"
ACTION_VERIFY = "insight_verify"
ACTION_EFFECT = "effect_tickets"
ACTION_EFFECT_NEXT = "effect_tickets_next"
ACTION_EFFECT_PREVIOUS = "effect_tickets_previous"
ACTION_OWN = "insight_own"
ACTION_NOTE = "insight_note"
ACTION_MERGE = "insight_merge"
ACTION_CARD = "insight_card"
ACTION_INSIGHTS = "insights_page"
ACTION_TOLD = "insight_tickets"
ACTION_TOLD_NEXT = "insight_tickets_next"
ACTION_TOLD_PREVIOUS = "insight_tickets_previous"
ACTION_DETACH = "insight_detach"
ACTION_DIGEST_SETTINGS = "digest_settings"
ACTION_DIGEST_PREVIEW = "digest_preview"
ACTION_DIGEST_WHY = "digest_why"
ACTION_DIGEST_UNSHOWN = "digest_unshown"
ACTION_DIGEST_LIKE = "digest_like"
ACTION_DIGEST_OPEN = "digest_open_source"
ACTION_DIGEST_NEWER = "digest_unshown_newer"
ACTION_DIGEST_OLDER = "digest_unshown_older"
ACTION_DIGEST_CADENCE = "digest_cadence"
ACTION_DIGEST_MUTE = "digest_mute"
ACTION_DIGEST_UNMUTE = "digest_unmute"
ACTION_DIGEST_LESS = "digest_less"
ACTION_DIGEST_LESS_LIST = "digest_less_list"
ACTION_DIGEST_LESS_UNDO = "digest_less_undo"
ACTION_DIGEST_KEEP = "digest_keep"
ACTION_DIGEST_BACK = "digest_back"
ACTION_TAG_MESSAGE = "message_tag"
ACTION_ALARM_KNOWN = "alarm_known"
ACTION_ALARM_NO_PROBLEM = "alarm_no_problem"

VIEW_TAG = "tag_insight"
VIEW_EDIT = "edit_insight"
VIEW_SHIP = "ship_insight"
VIEW_DECLINE = "decline_insight"
VIEW_NOTE = "note_insight"
VIEW_MERGE = "merge_insight"
VIEW_TOLD = "insight_tickets"
VIEW_EFFECT = "effect_tickets"
VIEW_DIGEST = "digest_settings"
VIEW_DIGEST_WHY = "digest_why"
VIEW_DIGEST_LESS = "digest_less"
VIEW_ALIAS = "add_alias"
VIEW_FEATURE = "edit_feature"
VIEW_TICKET = "ticket"
VIEW_TICKETS = "tickets"
VIEW_LEAK = "report_leak"
VIEW_NOTICE = "notice"
VIEW_NARROW = "narrow_answer"
VIEW_COMPARE = "compare_answer"
VIEW_THEMES = "themes"
SHORTCUT_TAG = "tag_message"

COMMAND_FRICTION = "/friction"
COMMAND_DIGEST = "/digest"
COMMAND_INSIGHTS = "/insights"

BLOCK_TITLE = "title"
BLOCK_FEATURE = "feature"
BLOCK_KIND = "kind"
BLOCK_NOTE = "note"
BLOCK_INSIGHT = "insight"
BLOCK_OWNER = "owner"
BLOCK_ISSUE = "issue"
BLOCK_DATE = "date"
BLOCK_KINDS = "kinds"
BLOCK_SEGMENT = "segment"
BLOCK_SOURCE = "source"
BLOCK_WINDOW = "window"
BLOCK_NAME = "name"
BLOCK_ALIAS = "alias"
BLOCK_ALIASES = "aliases"
BLOCK_CHANNELS = "channels"
BLOCK_FEATURES = "features"
BLOCK_OWNS = "owns"
BLOCK_TIME = "time"
BLOCK_DAYS = "days"
BLOCK_CADENCE = "cadence"
BLOCK_WEEKDAY = "weekday"
BLOCK_MOST = "most"
BLOCK_TIMEZONE = "timezone"
BLOCK_ON = "on"
BLOCK_ALARMS = "alarms"
BLOCK_LEAKED = "leaked"
BLOCK_WHOLE = "whole"
INPUT = "value"

# --- limits ---------------------------------------------------------------------------------

MESSAGE_SIZE = 11_500
SUMMARY = 1_000
HEADER = 150
CONTEXT = 500
BUTTON = 75
VALUE = 2_000
VIEW_TITLE = 24

QUOTE = 300
NAME = 60
TITLE = 150
TYPED = 80

# --- texts ----------------------------------------------------------------------------------


def plain(text: str, most: int, *, emoji: bool = False) -> Block:
    return {"type": "plain_text", "text": shown(text, most), "emoji": emoji}


def ours(text: str, *, bold: bool = False, code: bool = False) -> Block:
    """Our own words, figures and separators, white space kept."""
    return _styled({"type": "text", "text": clean(text)}, bold, code)


def theirs(text: str, most: int = NAME, *, bold: bool = False, code: bool = False) -> Block:
    """Anybody else's words: one line, inert, never empty."""
    return _styled({"type": "text", "text": shown(text, most)}, bold, code)


def body(text: str, most: int) -> Block:
    """Anybody else's text with its lines kept, as inert as `theirs`."""
    return {"type": "text", "text": cut(clean(text).strip(), most) or PLACEHOLDER}


def _styled(element: Block, bold: bool, code: bool) -> Block:
    style = {name: True for name, on in (("bold", bold), ("code", code)) if on}
    return {**element, "style": style} if style else element


def person(user: str) -> Block:
    return {"type": "user", "user_id": user} if is_person(user) else ours("someone")


def channel(id: str) -> Block:
    return {"type": "channel", "channel_id": id} if is_channel(id) else ours("a channel")


def emoji(name: str) -> Block:
    return {"type": "emoji", "name": name} if is_emoji(name) else ours("another emoji")


def link(label: str, url: str | None) -> list[Block]:
    """` · label` as a link, or nothing where the address is not fit to be one."""
    address = safe_url(url)
    return [ours(" · "), {"type": "link", "url": address, "text": label}] if address else []


# --- rich text ------------------------------------------------------------------------------


def rich(*parts: Block | None) -> Block:
    return {"type": "rich_text", "elements": [part for part in parts if part]}


def line(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Block) -> Block:
    return {"type": "rich_text_quote", "elements": list(elements)}


def bullets(items: Iterable[Sequence[Block]]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": [line(*i) for i in items]}


# --- blocks ---------------------------------------------------------------------------------


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER)}


def context(text: str, *, emoji: bool = False) -> Block:
    return {"type": "context", "elements": [plain(text, CONTEXT, emoji=emoji)]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block | None) -> Block | None:
    kept = [element for element in elements if element]
    return {"type": "actions", "elements": kept} if kept else None


# --- buttons --------------------------------------------------------------------------------


def data(**fields: object) -> str:
    """What a button or a modal carries back to its listener."""
    return json.dumps(fields, ensure_ascii=False)


def button(label: str, action: str, value: str | None = None, *, spoken: str = "") -> Block:
    """`spoken` is what a screen reader says where the label alone would not tell enough."""
    made: Block = {"type": "button", "action_id": action, "text": plain(label, BUTTON)}
    if value is not None:
        made["value"] = value[:VALUE]
    if spoken:
        made["accessibility_label"] = cut(spoken, BUTTON)
    return made


def told_apart(buttons: Sequence[Block]) -> list[Block]:
    """Buttons of one action for one row, where Slack wants their ids to differ: see `each_of`."""
    return [
        made | {"action_id": f"{made['action_id']}:{place}"} if place else made
        for place, made in enumerate(buttons)
    ]


def each_of(action: str) -> re.Pattern[str]:
    """What a listener of such buttons listens to."""
    return re.compile(rf"^{action}(:\d+)?$")


# --- whole payloads -------------------------------------------------------------------------


def message(text: str, parts: Iterable[Part], size: int = MESSAGE_SIZE) -> Message:
    """`text` is read aloud and shown in notifications: our words, figures, feature names."""
    kept = list(parts)
    plain = native.plain(kept) if any(isinstance(part, Native) for part in kept) else None
    return Message(
        text=escape(shown(text, SUMMARY)),
        blocks=tuple(_fitted(native.drawn(kept), size)),
        plain=None if plain is None else tuple(_fitted(plain, size)),
    )


def _fitted(blocks: list[Block], size: int) -> list[Block]:
    return fitting.fit(blocks, fitting.MESSAGE_BLOCKS, size, fitting.size_in_characters)
