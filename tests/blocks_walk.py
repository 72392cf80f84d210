"""Ways through a payload, to look for words, elements and faults in any screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blocks_screens import Screen
from bot.demo.slack_limits import check_message, check_view
from bot.reports import Message


def payload(screen: Screen) -> dict[str, object]:
    if isinstance(screen, Message):
        return {"text": screen.text, "blocks": list(screen.blocks)}
    return dict(screen)


def faults(screen: Screen) -> list[object]:
    check = check_message if isinstance(screen, Message) else check_view
    return list(check(payload(screen)))


Place = tuple[tuple[str | int, ...], Mapping[str, object], str]


def strings(value: object, path: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Every string of a payload: its path, the object that it stands in, itself."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if isinstance(part, str):
                yield (*path, key), value, part
            else:
                yield from strings(part, (*path, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from strings(part, (*path, number))


def objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from objects(part)


def said(screen: Screen) -> str:
    """All the words of a screen, to look for sentences in."""
    return " ".join(words for path, _, words in strings(payload(screen)) if path[-1] == "text")


def elements(screen: Screen, action: str) -> list[Mapping[str, object]]:
    return [o for o in objects(payload(screen)) if o.get("action_id") == action]


def element(screen: Screen, action: str) -> Mapping[str, object]:
    (found,) = elements(screen, action)
    return found
