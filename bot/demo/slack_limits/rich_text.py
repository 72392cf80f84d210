"""Rich text: the only place where customers' words may stand, so its limits are exact."""

from collections.abc import Iterator

from bot.demo.slack_limits.elements import ID
from bot.demo.slack_limits.rules import (
    Fault,
    Rule,
    array,
    boolean,
    choice,
    number,
    shape,
    string,
    tagged,
)

MOST_ELEMENTS = 1000
WORDS = string(40_000)
STYLES = (
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
STYLE = shape({}, dict.fromkeys(STYLES, boolean))


def _inline(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return shape(required, {"style": STYLE, **(optional or {})})


TEXT = _inline({"text": WORDS})
LINK = _inline({"url": string(3000)}, {"text": WORDS, "unsafe": boolean})
INLINE: dict[str, Rule] = {
    "text": TEXT,
    "link": LINK,
    "emoji": _inline({"name": string(255)}, {"unicode": string(100), "skin_tone": number(1, 6)}),
    "user": _inline({"user_id": ID}),
    "usergroup": _inline({"usergroup_id": ID}),
    "channel": _inline({"channel_id": ID}),
    "team": _inline({"team_id": ID}),
    "broadcast": _inline({"range": choice("here", "channel", "everyone")}),
    "color": _inline({"value": string(20)}),
    "date": _inline(
        {"timestamp": number(), "format": string(255)},
        {"url": string(3000), "fallback": string(255)},
    ),
}
LINE = array(tagged(INLINE, code="not_allowed_here"), 0, MOST_ELEMENTS)
FRAMED: dict[str, Rule] = {"border": choice(0, 1)}
SECTION = shape({"elements": LINE})
PARTS: dict[str, Rule] = {
    "rich_text_section": SECTION,
    "rich_text_quote": shape({"elements": LINE}, FRAMED),
    "rich_text_preformatted": shape(
        {
            "elements": array(
                tagged({"text": TEXT, "link": LINK}, code="not_allowed_here"), 0, MOST_ELEMENTS
            )
        },
        {**FRAMED, "language": string(50)},
    ),
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": array(
                tagged({"rich_text_section": SECTION}, code="not_allowed_here"), 1, MOST_ELEMENTS
            ),
        },
        {**FRAMED, "indent": number(0, 8), "offset": number(0)},
    ),
}
_BODY = shape(
    {"elements": array(tagged(PARTS, code="not_allowed_here"), 1, MOST_ELEMENTS)},
    {"block_id": ID},
)


def rich_text(value: object, pointer: str) -> Iterator[Fault]:
    """The rich_text block, and the same shape as a table cell."""
    yield from _BODY(value, pointer)


def characters(value: object) -> int:
    """How many characters a reader sees in a rich text or a raw cell."""
    if isinstance(value, list | tuple):
        return sum(characters(each) for each in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    if value.get("type") == "link" and not own:
        own = value.get("url")
    shown = len(own) if isinstance(own, str) else 0
    return shown + characters(value.get("elements"))
