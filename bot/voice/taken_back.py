"""What of a text is gone from its next version: a source that deletes or blacks out what was said.

An edit that says something else instead is none of our business; words that only go are.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_BLACKED_OUT: Final = re.compile(
    r"[\u2580-\u259f]{2,}|[\[<(]\s*redacted\s*[\])>]|\bSCRUBBED\b", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD: Final = re.compile(r"\w+")


def taken_back(before: str, after: str) -> tuple[str, ...]:
    """The sentences that a text had and its next version has not, where the source took them back.

    That is where something is blacked out that was not, or where words went and none came.
    """
    more_black = len(_BLACKED_OUT.findall(after)) > len(_BLACKED_OUT.findall(before))
    had, has = Counter(_WORD.findall(before)), Counter(_WORD.findall(after))
    if not more_black and (has - had or not had - has):
        return ()
    found = (sentence.strip() for sentence in _SENTENCE.split(before))
    return tuple(sentence for sentence in found if sentence and sentence not in after)
