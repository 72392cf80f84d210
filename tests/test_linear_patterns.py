"""No built-in pattern takes more than linear time, whatever a customer writes.

Patterns of `re` are tried at every character, and a repeat may be read in many ways: where both
come together, a text of 20,000 characters takes minutes. Every compiled pattern that meets
customers' text is found here by going through the modules, and attacked (`regex_attacks`).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import bot.blocks
import bot.sources
import bot.voice
from regex_attacks import Attack, attacks

ROOT: Final = Path(__file__).parent.parent
PROBE: Final = 1_000
SIZE: Final = 20_000
MOST_SECONDS: Final = 0.1
"""Of processor time over 20,000 characters; the quickest patterns take 0.01."""
NOTICEABLE: Final = 0.03
STEEPEST: Final = 9.0
"""Four times as long a text may take so many times as long: 4 is linear, 16 is quadratic."""
WORST: Final = 3

OUR_OWN: Final = {
    "voice.kind_phrases._BETWEEN_PHRASES": "reads a file of ours",
}
"""Patterns that never meet anybody else's text."""
AT_ONE_PLACE: Final = {
    "voice.splitting._LOG_LINE",
    "voice.kind_features._NO_PROSE",
    "voice.language._CODE_LINE",
    "voice.names._NUMBERED",
    "voice.ordinary._SHORT_VERB",
    "voice.proposals._NO_FAULT_OF_OURS",
    "sources.jsonrows.STRING_REST",
}
"""Patterns that are only ever tried at one place of a text (`match`, `fullmatch`)."""
SHORT: Final = {
    "sources.dates._FORMS": 80,
    "sources.dates._EPOCH": 80,
    "sources.dates._THREE_NUMBERS": 80,
}
"""Patterns for a cell that is cut before, to so many characters."""
TRIED_EVERYWHERE: Final = ("search", "finditer", "findall", "sub", "subn", "split")


def patterns() -> dict[tuple[str, int], str]:
    """Every pattern of the modules that see customers' text, with where it was found first."""
    found: dict[tuple[str, int], str] = {}
    for package in (bot.voice, bot.sources, bot.blocks):
        for module in pkgutil.iter_modules(package.__path__):
            inside = importlib.import_module(f"{package.__name__}.{module.name}")
            prefix = inside.__name__.partition(".")[2]
            for name, value in list(vars(inside).items()):
                if not name.startswith("__"):
                    for pattern in within(value, 0, set()):
                        key = (pattern.pattern, pattern.flags)
                        found.setdefault(key, f"{prefix}.{name}")
    return found


def within(value: Any, depth: int, seen: set[int]) -> Iterator[re.Pattern[str]]:
    """The patterns in a value of a module, however deep in tuples, tables and objects."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
        return
    if depth > 4 or id(value) in seen or isinstance(value, str | bytes | int | float):
        return
    seen.add(id(value))
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)[:2_000]
    elif type(value).__module__.startswith("bot."):
        names = [*getattr(type(value), "__slots__", ()), *getattr(value, "__dict__", {})]
        parts = [getattr(value, name, None) for name in names]
    else:
        return
    for part in parts:
        yield from within(part, depth + 1, seen)


FOUND: Final = patterns()


def seconds(use: Callable[[str], Any], text: str) -> float:
    begin = time.process_time()
    use(text)
    return time.process_time() - begin


def best(use: Callable[[str], Any], text: str) -> float:
    first = seconds(use, text)
    return first if first < NOTICEABLE else min(first, *(seconds(use, text) for _ in range(2)))


def use_of(pattern: re.Pattern[str], name: str) -> Callable[[str], Any]:
    if name in AT_ONE_PLACE:
        return lambda text: (pattern.match(text), pattern.fullmatch(text))

    def everywhere(text: str) -> None:
        until = time.process_time() + 2 * MOST_SECONDS
        for _ in pattern.finditer(text):
            if time.process_time() > until:
                return

    return everywhere


def test_the_patterns_are_found() -> None:
    assert len(FOUND) > 240
    assert {"voice.redact_numbers._EMAIL", "sources.names._DATA"} <= set(FOUND.values())
    assert AT_ONE_PLACE | set(OUR_OWN) | set(SHORT) <= set(FOUND.values())


@pytest.mark.parametrize("name", sorted(AT_ONE_PLACE))
def test_a_pattern_for_one_place_is_tried_at_no_other(name: str) -> None:
    _, _, short = name.rpartition(".")
    for file in ROOT.glob("bot/**/*.py"):
        text = file.read_text(encoding="utf-8")
        used = re.findall(rf"\b{short}\.(\w+)\(", text)
        module = ".".join(file.relative_to(ROOT / "bot").with_suffix("").parts)
        if name.startswith(f"{module}."):
            assert not set(used) & set(TRIED_EVERYWHERE), file.name


@pytest.mark.parametrize(
    "slow",
    [r"\w*[^\W\x00-\x7f]\w*", r"\s+\Z", r"a*b", r"(?:[,;:]\s+|\s+-)x", r"<[^>]*>"],
)
def test_the_attacks_find_what_is_known_to_be_slow(slow: str) -> None:
    pattern = re.compile(slow)

    def growth(attack: Attack) -> float:
        short, long = (best(pattern.search, attack.text(size)) for size in (500, 2_000))
        return long / short if long > NOTICEABLE / 100 else 0.0

    assert max(map(growth, attacks(pattern)[:40])) > STEEPEST


@pytest.mark.case(15)
@pytest.mark.parametrize("key", list(FOUND), ids=lambda key: FOUND[key])
def test_a_pattern_takes_linear_time_over_the_worst_texts(key: tuple[str, int]) -> None:
    name, pattern = FOUND[key], re.compile(*key)
    if name in OUR_OWN:
        pytest.skip(OUR_OWN[name])
    use = use_of(pattern, name)
    size = SHORT.get(name, SIZE)
    tried = [(seconds(use, each.text(min(PROBE, size))), each) for each in attacks(pattern)]
    for _, attack in sorted(tried, key=lambda each: -each[0])[:WORST]:
        # The best of several, as the machine may be busy with something else.
        whole = best(use, attack.text(size))
        assert whole < MOST_SECONDS, f"{whole:.2f} s over {attack}"
        if whole > NOTICEABLE:
            quarter = best(use, attack.text(size // 4))
            assert whole < STEEPEST * quarter, f"{whole / quarter:.0f} times over {attack}"
