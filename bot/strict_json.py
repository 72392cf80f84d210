"""JSON that comes from outside, read so that no other reader can find something else in it.

The standard library takes more than JSON is, and some of it in two ways: NaN, the same name twice
in an object, numbers of any length. What is taken in here is told the same by every reader.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Final

LONGEST_NUMBER: Final = 400
"""Digits: more than the largest number of floating point has."""


class NotStrict(ValueError):
    """What is wrong, in words that show nothing of what was read."""


class TooDeep(NotStrict):
    """Lists in lists, or objects in objects, beyond all that can be followed."""


class Ambiguous(NotStrict):
    """A name stands twice in one object: readers differ in which value they take."""


def load(text: str, *, whole: Callable[[str], object] = int, controls: bool = False) -> object:
    """The value that is written in `text`. Raises `NotStrict`.

    `whole` makes a value of a whole number's digits; `controls` lets line breaks and the like stand
    in strings as they are.
    """

    def number(digits: str) -> object:
        if len(digits) > LONGEST_NUMBER:
            raise NotStrict(f"not JSON: a number of {len(digits):,} digits")
        return whole(digits)

    try:
        return json.loads(
            text,
            parse_int=number,
            parse_float=_finite,
            parse_constant=_refuse,
            object_pairs_hook=_once,
            strict=not controls,
        )
    except json.JSONDecodeError as error:
        raise NotStrict(f"not JSON: {error.msg} (character {error.pos + 1})") from error
    except RecursionError as error:
        raise TooDeep("JSON is nested too deeply") from error


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(members)
    if len(made) != len(members):
        raise Ambiguous("a name stands twice in one object")
    return made


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise NotStrict("not JSON: a number beyond all that can be reckoned with")
    return found


def _refuse(name: str) -> object:
    raise NotStrict(f"not JSON: {name} (where there is no value, JSON has null)")
