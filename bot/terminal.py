"""Prints what Slack would show, so that the command line and Slack cannot drift apart.

It reads the very payloads that are sent. Texts become `rich.text.Text` and never markup: a
customer who writes `[bold]` or an escape sequence changes nothing on the operator's screen.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from rich.console import Console
from rich.emoji import Emoji
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.blocks.kit import ACTION_LEAK
from bot.blocks.text import clean
from bot.blocks.words import sparkline
from bot.reports import Message

Piece = Mapping[str, Any]
QUOTE_BAR = "│ "
BULLET = "• "
CHART = "data_visualization"
# Below this, a table of figures would fold its own headings.
NARROW = 60


def show(screen: Message | Mapping[str, object], console: Console) -> None:
    """Print a message, a modal or a Home tab."""
    if isinstance(screen, Message):
        blocks: Sequence[Piece] = _fit_for_a_terminal(screen)
        if not blocks:
            _say(console, Text(clean(html.unescape(screen.text))))
    else:
        view: Piece = screen
        blocks = view.get("blocks", [])
        if "title" in view:
            _say(console, Text(_plain(view["title"]), style="bold reverse"))
    for number, block in enumerate(blocks):
        if number and not _belongs(block, blocks[number - 1]):
            console.print()
        _SHOWS.get(block["type"], _show_unknown)(block, console)
    if not isinstance(screen, Message) and "submit" in screen:
        console.print()
        _say(console, Text(f"[{_plain(screen['submit'])}]", style="dim"))


def _fit_for_a_terminal(message: Message) -> Sequence[Piece]:
    """A terminal draws tables as well as Slack does, and charts worse than our own words."""
    drawn = any(block["type"] == CHART for block in message.blocks)
    return message.plain if drawn and message.plain is not None else message.blocks


def _belongs(block: Piece, above: Piece) -> bool:
    """A quote's buttons stand right below it; those of a whole screen stand apart."""
    if block["type"] != "actions":
        return False
    return bool(above["elements"][-1]["type"] != "rich_text_list") if "elements" in above else False


def _say(console: Console, text: Text, indent: str = "", hanging: str | None = None) -> None:
    """Print wrapped, every line after `indent`; `hanging` is for the lines after the first."""
    width = max(console.width - len(indent), 8)
    following = indent if hanging is None else hanging
    for number, line in enumerate(text.wrap(console, width)):
        line.rstrip()
        lead = following if number else indent
        console.print(Text(lead, style="dim") + line, soft_wrap=True, emoji=False)


def _plain(value: object) -> str:
    text = value.get("text", "") if isinstance(value, Mapping) else value
    return clean(str(text))


def _show_header(block: Piece, console: Console) -> None:
    _say(console, Text(_plain(block["text"]), style="bold"))


def _show_section(block: Piece, console: Console) -> None:
    _say(console, Text(html.unescape(_plain(block.get("text", "")))))


def _show_context(block: Piece, console: Console) -> None:
    for element in block["elements"]:
        _say(console, Text(_plain(element), style="dim"))


def _show_divider(_block: Piece, console: Console) -> None:
    console.print(Rule(style="dim", characters="─"))


def _show_rich_text(block: Piece, console: Console) -> None:
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            for item in part["elements"]:
                _say(console, _inline(item), BULLET, "  ")
        elif part["type"] in {"rich_text_quote", "rich_text_preformatted"}:
            _say(console, _inline(part), QUOTE_BAR)
        else:
            _say(console, _inline(part))


def _inline(part: Piece) -> Text:
    whole = Text()
    for element in part["elements"]:
        whole.append_text(_INLINE.get(element["type"], _unknown_inline)(element))
    return whole


def _text_inline(element: Piece) -> Text:
    style = element.get("style", {})
    chosen = "bold" if style.get("bold") else "cyan" if style.get("code") else ""
    return Text(_plain(element), style=chosen)


def _link_inline(element: Piece) -> Text:
    return Text(f"{_plain(element)} {clean(str(element['url']))}", style="dim")


def _emoji_inline(element: Piece) -> Text:
    return Text(Emoji.replace(f":{clean(str(element['name']))}:"))


def _unknown_inline(element: Piece) -> Text:
    return Text(f"({clean(str(element['type']))})", style="dim")


def _show_actions(block: Piece, console: Console) -> None:
    said = [label for element in block["elements"] if (label := _control(element))]
    _say(console, Text("  ".join(said), style="dim"))


def _control(element: Piece) -> str:
    """A control as words: what it says, what is chosen, where it leads; "" for what has another
    way in a terminal."""
    if element.get("action_id") == ACTION_LEAK:
        return ""
    label = _plain(element.get("text") or element.get("placeholder") or "")
    chosen = "; ".join(_chosen(element))
    if element.get("url"):
        return f"[{label}: {clean(str(element['url']))}]"
    return f"[{label}: {chosen}]" if chosen and label else f"[{chosen or label}]"


def _chosen(element: Piece) -> Iterator[str]:
    for key in ("initial_value", "initial_time", "initial_date"):
        if element.get(key):
            yield clean(str(element[key]))
    one = element.get("initial_option")
    # A menu behind three dots says nothing itself: what it offers is shown.
    offered = element["options"] if element["type"] == "overflow" else []
    for option in [*([one] if one else []), *element.get("initial_options", []), *offered]:
        yield _plain(option["text"])


def _show_input(block: Piece, console: Console) -> None:
    label = Text(f"{_plain(block['label'])}: ", style="bold")
    element = block["element"]
    chosen = "; ".join(_chosen(element))
    empty = _plain(element.get("placeholder", "")) or "empty"
    _say(console, label + Text(chosen or f"({empty})", style="" if chosen else "dim"))
    if "hint" in block:
        _say(console, Text(_plain(block["hint"]), style="dim"))


def _show_table(block: Piece, console: Console) -> None:
    heading, *rows = [[_plain(cell) for cell in row] for row in block["rows"]]
    if console.width < NARROW:
        for first, *others in rows:
            figures = [
                f"{name.lower()} {cell}" for name, cell in zip(heading[1:], others, strict=False)
            ]
            _say(console, Text(f"{first}: {', '.join(figures)}"), BULLET, "  ")
        return
    shown = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    settings = block.get("column_settings", [])
    for number, name in enumerate(heading):
        right = number < len(settings) and settings[number].get("align") == "right"
        justify: Literal["left", "right"] = "right" if right else "left"
        shown.add_column(Text(name), justify=justify, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def _show_chart(block: Piece, console: Console) -> None:
    """Of a message that was sent, as in a recording: a sparkline for each series, on one scale."""
    _say(console, Text(_plain(block["title"]), style="bold"))
    series = block["chart"].get("series", [])
    rows = [[int(point["value"]) for point in each["data"]] for each in series]
    top = max((value for row in rows for value in row), default=0)
    for each, values in zip(series, rows, strict=True):
        name = f"{_plain(each['name'])} " if len(series) > 1 else ""
        ends = f" {values[0]:,} to {values[-1]:,}" if values else ""
        _say(console, Text(f"{name}{sparkline(values, top)}{ends}"))


def _show_unknown(block: Piece, console: Console) -> None:
    _say(console, Text(f"({clean(str(block['type']))})", style="dim"))


_INLINE: dict[str, Callable[[Piece], Text]] = {
    "text": _text_inline,
    "link": _link_inline,
    "emoji": _emoji_inline,
    "user": lambda element: Text(f"@{clean(str(element['user_id']))}"),
    "channel": lambda element: Text(f"#{clean(str(element['channel_id']))}"),
}
_SHOWS: dict[str, Callable[[Piece, Console], None]] = {
    "header": _show_header,
    "section": _show_section,
    "context": _show_context,
    "divider": _show_divider,
    "rich_text": _show_rich_text,
    "actions": _show_actions,
    "input": _show_input,
    "table": _show_table,
    CHART: _show_chart,
}
