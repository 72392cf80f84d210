"""Whether a ticket that is read as praise is a bright spot: customers loved something, and say so.

Praise is seldom and easily misread: a wish begins with thanks, a complaint with "I love it, but".
A misread bright spot costs more trust than a missed one, so that this asks for plain liking and
lets nothing pass that also asks, wishes, denies or complains.
"""

from __future__ import annotations

import re
from typing import Final

from bot.voice.read_text import ReadText, read_text

_LIKED: Final = (
    r"(?:great|best|awesome|amazing|excellent|perfect(?:ly)?|fantastic|wonderful|brilliant|superb)"
)
_LIKING: Final = re.compile(
    r"\b(?:(?:i|we|really|absolutely|just|my \w+|everyone|users?|customers?|team) (?:all )?"
    r"(?:love[sd]?|like[sd]?|enjoy(?:s|ed)?|appreciate[sd]?)|lov(?:e|ing) (?:it|this|that|the|how|"
    r"your)|(?:is|are|was|it's|works?|worked|runs?|looks?|does|been|so|very|such an?|really|"
    rf"absolutely|simply|pretty) (?:\w+ ){{0,2}}?(?:{_LIKED}|good|easy|useful|helpful|fast|"
    r"quick(?:ly)?|well|nice|reliable|beautiful|smooth(?:ly)?|flawless(?:ly)?)|"
    rf"(?:an?|the) {_LIKED}|^(?:{_LIKED}|good|nice|easy|useful|love|happy)\b|"
    r"(?:happy|pleased|impressed|delighted) with|well done|keep up the|"
    r"(?:thanks?|thank you) (?:\w+ )?for (?:(?:the|this|your|such) (?!response|reply|attention|"
    r"help|answer|time|quick|support)\w+|making|adding|fixing))\b"
)
_ELSE: Final = re.compile(
    r"\?|\b(?:please|pls|plz|would|could|should|wish|can (?:we|you|i)|want|need|if|unless|until|"
    r"but|however|although|though|except|unfortunately|sadly|why|how (?:do|can|to)|hate|stupid|"
    r"useless|terrible|awful|worst|worse|annoying|problems?|issues?|errors?|bugs?|crash\w*|fail\w*|"
    r"broken|remove|fix\b|stop(?:ped|s)?|missing|lost|gone|slow|no longer|not|never|nothing|cannot|"
    r"used to|anymore|instead|rather|hope|option|better if|for the love of|recommend me)\b|n't\b"
)


def is_bright(quote: str, text: ReadText) -> bool:
    """Whether a quote says plainly that its customer likes something, and the text nothing else."""
    return bool(_LIKING.search(read_text(quote).folded)) and not _ELSE.search(text.folded)
