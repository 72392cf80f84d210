"""Turn the HTML of help-desk bodies into plain text.

The standard parser is not used because customers' text is mostly not HTML: "a<b and c>d",
`List<String>` and `<you@example.com>` must survive, and a second pass must change nothing.
So only tags known from mail and help desks count, and only when their attributes look like
attributes. Every function is linear in the length of the text.
"""

from __future__ import annotations

import html
import re
from typing import Final

from bot.voice.wordset import word_set

_BLOCK: Final = word_set(
    "address article aside blockquote body center dd details div dl dt fieldset figure footer "
    "form h1 h2 h3 h4 h5 h6 head header hr html main nav ol p pre section summary table tbody "
    "tfoot thead title tr ul br"
)
_INLINE: Final = word_set(
    "a abbr b big button cite code colgroup col del em font i img input ins kbd label link mark "
    "meta option picture s samp select small source span strike strong sub sup svg textarea time "
    "tt u var wbr"
)
_LIST: Final = frozenset({"li"})
_CELL: Final = frozenset({"td", "th"})
_HIDDEN: Final = frozenset({"script", "style"})
_NAMES: Final = _BLOCK | _INLINE | _LIST | _CELL | _HIDDEN

_BARE: Final = "open|disabled|checked|nowrap|hidden|controls|selected|reversed|noshade|required"
_TAG: Final = re.compile(
    r"<(/?)([a-z][a-z0-9]{0,9})"
    rf"(?:\s+(?:(?:{_BARE})(?=[\s/>])|[a-z_:@][-a-z0-9_:.@]{{0,60}}\s?=\s?"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)))*\s*/?>",
    re.IGNORECASE,
)
_TAG_START: Final = re.compile(r"</?([a-z][a-z0-9]{0,9})(?![a-z0-9])", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_COMMENT: Final = ("<!--", "-->")
_AHEAD: Final = 40


def _break(out: list[str], name: str, *, closing: bool) -> None:
    """Leave what a removed tag means for the reader: a new line, a bullet, a gap, nothing."""
    if name in _INLINE or name in _HIDDEN:
        return
    if name in _CELL:
        out.append("" if closing else "\t")
        return
    at_start = not out or out[-1].endswith("\n")
    if name == "br" or not at_start:
        out.append("\n")
    if closing and name == "p":
        out.append("\n")
    if name in _LIST and not closing:
        out.append("- ")


def _drop_hidden(text: str) -> str:
    """Remove comments, scripts and styles with all that is inside them."""
    for start, end in (_COMMENT, ("<style", "</style>"), ("<script", "</script>")):
        pieces: list[str] = []
        position = 0
        lowered = text.lower() if len(text.lower()) == len(text) else text
        while (begin := lowered.find(start, position)) >= 0:
            stop = lowered.find(end, begin)
            if stop < 0:
                break
            pieces.append(text[position:begin])
            position = stop + len(end)
        text = "".join([*pieces, text[position:]])
    return text


def strip_tags(text: str) -> str:
    """Replace known tags by the line breaks that they stand for.

    A stack of open brackets, so that a tag formed by the removal of another goes as well.
    """
    if "<" not in text or ">" not in text:
        return text
    text = _drop_hidden(text)
    out: list[str] = []
    opened: list[int] = []
    for piece in re.split(r"([<>])", text):
        if piece == "<":
            opened.append(len(out))
            out.append(piece)
        elif piece == ">" and opened:
            begin = opened.pop()
            tag = _TAG.fullmatch("".join(out[begin:]) + piece)
            if tag and tag[2].lower() in _NAMES:
                del out[begin:]
                _break(out, tag[2].lower(), closing=bool(tag[1]))
            else:
                out.append(piece)
                opened.clear()
        elif piece:
            out.append(piece)
    return "".join(out)


def _is_safe(decoded: str, ahead: str) -> bool:
    """Whether a decoded character spells no tag and no entity with what follows it."""
    if decoded == "<":
        start = _TAG_START.match("<" + ahead)
        return not (start and start[1].lower() in _NAMES) and not ahead.startswith("!--")
    if decoded == "&":
        return not _ENTITY.match("&" + ahead)
    return True


def unescape_once(text: str) -> str:
    """Decode HTML entities one level deep.

    `&amp;lt;` and `&lt;b&gt;` stay as they are: decoded, a second pass would read them as
    markup, and text that is cleaned again (`earshot reread`) would silently change.
    """
    if "&" not in text:
        return text
    pieces: list[str] = []
    ahead = ""
    position = len(text)
    for entity in reversed(list(_ENTITY.finditer(text))):
        between = text[entity.end() : position]
        ahead = (between[:_AHEAD] + ahead)[:_AHEAD]
        decoded = html.unescape(entity[0])
        piece = decoded if _is_safe(decoded, ahead) else entity[0]
        pieces += [between, piece]
        ahead = (piece + ahead)[:_AHEAD]
        position = entity.start()
    pieces.append(text[:position])
    return "".join(reversed(pieces))
