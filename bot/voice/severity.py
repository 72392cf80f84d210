"""What a failure cost the customer, as the ticket says: data, money, safety, work, time.

Rules for kinds of things, not for products. A cost that is denied ("nothing was lost"), feared or
wished for ("so that I do not lose my notes", "before I cancel") is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.voice.read_text import ReadText
from bot.voice.wordforms import forms


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost: 0 (nothing) to 1, and in words that follow a count of customers."""

    value: float
    said: str


NONE: Final = Cost(0.0, "")

_GONE: Final = r"gone|lost|missing|deleted|erased|wiped(?: out)?|vanished|disappeared|destroyed"
_HELD: Final = (
    r"(?:data|e-?mails?|mails?|messages?|files?|photos?|pictures?|notes?|documents?|bookmarks?|"
    r"contacts?|address ?book|passwords?|logins?|history|tabs|folders?|inbox|profiles?|"
    r"projects?|work|progress|orders?|drafts?|records?|entries|playlists?|library|backups?|"
    r"everything|stuff)"
)
_ALL: Final = r"(?:all|every|most|some|many|years|months|hundreds|thousands|weeks|hours|half)"
_WHOSE: Final = r"(?:of )?(?:my|our|the|these|those|his|her|their)"
_ABLE: Final = (
    r"(?:can ?not|can't|cant|could ?n[o']t|couldn't|unable to|not able to|no longer able to)"
)
# "I deleted my profile", "2. deleted all history" is what people try.
_NOT_BY_HAND: Final = (
    r"(?<!^)(?<![.,;:)(/-] )(?<!\bi )(?<!\bwe )(?<!i've )(?<!i have )(?<!tried )(?<!\bby )"
    r"(?<!then )(?<!\band )(?<!\bor )(?<!\bto )(?<!\bnot )(?<!n't )(?<!lly )(?<!\bhad )(?<!also )"
)
# "The bookmarks star" and "a file extension" are no bookmarks and no file.
_SHOWN: Final = (
    r"(?:panes?|buttons?|(?:\w*)bars?|icons?|stars?|menus?|lists?|views?|columns?|windows?|panels?|"
    r"options?|links?|pages?|settings?|extensions?|names?|paths?)\b"
)
_UP_TO_TWO: Final = rf"(?:(?!{_SHOWN}|not |never )\w+ ){{0,2}}"
_MONEY: Final = r"(?:money|payments?|refunds?|cash|funds|balance|salary|deposit)"

# What triggers a look (any form of these words), the phrase itself, what it costs, how to say it.
_RULES: Final = (
    (
        1.0,
        "data was lost",
        "lose lost losing gone missing delete erase wipe vanish disappear destroy corrupt",
        rf"\b(?:los(?:t|es|ing) (?:{_ALL} )?(?:{_WHOSE} )?|(?:{_NOT_BY_HAND}(?:deleted|"
        rf"erased|wiped(?: out)?|destroyed|corrupted)|(?:delete|erase|wipe|destroy|corrupt)s) "
        rf"(?:{_ALL}|{_WHOSE}) (?:{_WHOSE} )?)(?:\w+ )?{_HELD}\b(?! {_SHOWN})"
        rf"|\b(?:{_WHOSE}|{_ALL}) (?!deleted|cleared|removed)(?:\w+ ){{0,2}}{_HELD} {_UP_TO_TWO}"
        rf"(?:is|are|was|were|has|have|had|got|just|all|suddenly|been) "
        rf"(?:(?!not )\w+ )?(?:{_GONE})\b"
        rf"|\bdata loss\b|\b{_HELD} (?:have |has )?(?:disappeared|vanished)\b"
        rf"|\b{_HELD} (?:is|are|was|were) (?:all |now |completely )?gone\b",
    ),
    (
        1.0,
        "money was lost",
        "charge bill overcharge refund steal stole stolen money payment deduct paid scam",
        rf"\b(?:over|double)[- ]?charg(?:ed|es|ing)\b|\b(?:double|duplicate) (?:charge|payment)s?\b"
        rf"|\b(?:charg(?:ed|es|ing)|bill(?:ed|s|ing)|deducted|debited) (?:\w+ ){{0,3}}"
        rf"(?:twice|double|again|two times|three times|wrongly|anyway)\b"
        rf"|\b(?:still|keeps?|wrongly|was|were|been|got) (?:being )?"
        rf"(?:charg(?:ed|es|ing)|bill(?:ed|ing)) (?:me|us|for|again|although)\b"
        rf"|\b(?:want|need|demand|get|give|got|waiting for|where is|request\w*) (?:\w+ ){{0,3}}"
        rf"(?:refund|money back)\b|\b(?:lost|stole|stolen|losing) (?:\w+ ){{0,3}}{_MONEY}\b"
        rf"|\b{_MONEY} (?:is|was|are|were|has|have) (?:\w+ )?(?:gone|lost|stolen|missing|taken)\b"
        rf"|\bpaid (?:\w+ ){{0,5}}(?:but|and) (?:\w+ ){{0,4}}(?:not|never|nothing|no)\b",
    ),
    (
        0.9,
        "a security worry",
        "hack hacker leak expose unauthorized unauthorised compromise stolen security hijack "
        "another someone somebody",
        r"\b(?:(?:was|were|been|got|is|are|be) (?:\w+ )?(?:hacked|hijacked|compromised)|hackers?|"
        r"hacked (?:my|our|into)|unauthori[sz]ed (?:access|charge|login|use|payment)s?|"
        r"security (?:hole|breach|flaw|nightmare)s?|"
        r"(?:passwords?|accounts?|identity|details) (?:was |were |got |been )+stolen)\b"
        r"|\b(?:leak(?:ed|s|ing)|expos(?:ed|es|ing)) (?:\w+ ){0,3}"
        r"(?:data|passwords?|address|info\w*|details|e-?mails?)\b"
        r"|\b(?:see|saw|seeing|shows?|showed|sees) (?:me )?(?:another|other|someone|somebody)"
        r"(?: \w+)?(?:'s)? (?:customers?|users?|accounts?|persons?|people|data|orders?|details)\b",
    ),
    (
        0.9,
        "a customer is leaving",
        "cancel unsubscribe alternative replacement ditch abandon leave bye goodbye quit uninstall "
        "switch migrate move moving going go went",
        r"\bcancel(?:l?ed|l?ing|s)? (?:my|our|the|this) (?:\w+ ){0,2}"
        r"(?:subscription|account|membership|plan|contract|licen[cs]e|premium|service|order)s?\b"
        r"|\bunsubscrib(?:ed?|ing)\b|\b(?:looking|look|looked) for (?:an? |another )?"
        r"(?:alternatives?|replacement|other (?:app|browser|tool|program|client|product))\b"
        r"|\b(?:(?:switch(?:ed|ing)?|mov(?:ed|ing)|migrat(?:ed|ing)) (?:back |over )?|"
        r"(?:going|go|went) (?:back |over ))to (?:using )?(?:(?:google |ms |microsoft )?(?:chrome|"
        r"edge|safari|opera|brave|vivaldi|outlook)|your competitors?|(?:a |an )?(?:another|other|"
        r"different) (?:app|browser|tool|program|client|product|provider|service|company)s?)\b"
        r"|\b(?:leav(?:e|ing)|ditch(?:ed|ing)?|abandon(?:ed|ing)?|quit(?:ting)?|done with) "
        r"(?:you|this (?:app|product|service|browser|program|company)|for good)\b"
        r"|\b(?:good ?bye|bye)\b(?: \w+)?[.!]*$|\buninstall(?:ed|ing)? (?:it|this(?: app)?) "
        r"(?:for good|and (?:never|switch|move|go))",
    ),
    (
        0.8,
        "it keeps them from using it",
        "cannot cant can't couldn't unable able unusable block lock deadline useless "
        "impossible dead",
        rf"\b{_ABLE} (?:even |longer |now )?(?:work|log ?in|login|sign ?in|access|open|start|use|"
        r"launch|get in(?:to)?|send|receive|connect|pay|browse|continue)\b"
        r"|\b(?:unusable|locked out|deadlines?|lock(?:s|ed) (?:me|us) out)\b"
        r"|\b(?:blocks?|blocked|blocking) (?:me|us|my|our|all)\b"
        r"|\b(?:impossible|not possible) to (?:work|use|log ?in|open|access)\b"
        r"|\b(?:completely|totally|absolutely) (?:useless|down|dead|broken)\b",
    ),
    (
        0.6,
        "it crashes or hangs",
        "crash freeze frozen froze hang hung unresponsive responding respond blank black",
        r"\b(?:crash(?:es|ed|ing)?|freez(?:es?|ing)|froze|frozen|hang(?:s|ing)|hung|unresponsive"
        r"|not respond(?:ing)?|(?:blank|black|white) (?:page|screen|window)s?)\b",
    ),
    (
        0.5,
        "it costs them time",
        "hour day week reinstall waste restart month",
        r"\b(?:spent|wast(?:ed|ing|es?)|lost|took|takes|for|after|past|last|several|many) "
        r"(?:\w+ ){0,3}(?:hours|days|weeks|months)\b"
        r"|\bevery (?:single )?(?:day|time|morning|few minutes)\b"
        r"|\b(?:reinstall(?:ed|ing)|restart(?:ed|ing)) (?:\w+ ){0,4}(?:times|again|daily)\b"
        r"|\bwast(?:e|es|ed|ing) (?:of )?(?:my |our )?time\b",
    ),
)


def _in_all_forms(heads: str) -> frozenset[str]:
    return frozenset(form for word in heads.split() for form in {word, *forms(word)})


_COSTS: Final = tuple(
    (Cost(value, said), _in_all_forms(heads), re.compile(pattern))
    for value, said, heads, pattern in _RULES
)
_HEADS: Final = frozenset().union(*(heads for _, heads, _ in _COSTS))
_DENIED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|nothing|none|neither|nor|hardly|didn't|doesn't|don't|isn't|"
    r"wasn't|weren't|haven't|hasn't|hadn't|won't|avoid|avoids|prevent|prevents|afraid|fear|risk|"
    r"worried|scared|danger|may|might|could|would|wouldn't|should|will|if|unless|before|how to|"
    r"so that|in case|possible to|want to|like to|trying to|how do i|how can i|can i|way to)\b)"
    r"(?: (?:i|we|you|it|they|any|a|an|the|to|of|been|be|being|have|has|get|got|that|about|all|"
    r"ever|my|had)\b){0,3} ?$"
)
_SPACES: Final = re.compile(r"\s+")
_REACH: Final = 45


def cost(text: ReadText) -> Cost:
    """The greatest cost that a text tells of, `NONE` where it tells of none."""
    named = _HEADS.intersection(text.words)
    if not named:
        return NONE
    plain = _SPACES.sub(" ", text.folded)
    for found, heads, pattern in _COSTS:
        if not named.isdisjoint(heads) and _is_told(pattern, plain):
            return found
    return NONE


def _is_told(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a phrase stands in a text without being denied, feared or wished for."""
    for match in pattern.finditer(text):
        before = re.split(r"[.!?;:,]", text[max(0, match.start() - _REACH) : match.start()])[-1]
        if not _DENIED.search(before):
            return True
    return False
