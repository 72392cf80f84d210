"""Offers to the maker and invitations to customers told from what customers tell.

"We help brands like yours, are you open to a call?" and "take our survey" are friendly, long and
clear, and nobody felt anything. One who represents a firm may well be a customer, so an offer is
told by what it wants to sell together with who sells it or what it asks for, and never where
anything failed.
"""

from __future__ import annotations

import re
from typing import Final

from bot.voice.read_text import ReadText
from bot.voice.wordset import word_set

_OF_PITCHES: Final = word_set(
    "partner partners partnership partnering partnerships collaborate collaborating collaboration "
    "sponsor sponsored sponsoring sponsorship advertise advertising affiliate reseller grow boost "
    "increase services solutions agency promote survey webinar beta event workshop conference "
    "conversation community thoughts ideas feedback hear"
)
"""One of these words stands in every offer and invitation, so that others need no second look."""

_OFFER: Final = re.compile(
    r"\b(?:partner(?:ship|ships|ing)?|collaborat(?:e|ing|ion)|sponsor(?:ed|ing|ship)?) "
    r"(?:with you\b|opportunit|proposal|offer|program|between|on your|your|with your (?:company|"
    r"team|brand|business|product|site|website|blog|podcast))|"
    r"\b(?:propose|explore|discuss|offer|interested in) (?:a |an |our |any |possible |potential )*"
    r"(?:\w+ )?(?:partner(?:ship|ing)|collaborat(?:ion|ing)|sponsorship)|"
    r"\b(?:affiliate|reseller|referral|business) (?:partnership|program(?:me)? (?:for|with) you|"
    r"proposal|opportunity)|"
    r"\badverti[sz](?:e|ing) (?:on|with|in) (?:your|our)\b|"
    r"\b(?:help|helps|helped|helping) (?:\w+ ){0,4}(?:like yours|you|your \w+) (?:to )?(?:grow|"
    r"boost|increase|scale|reach|generate|cut costs)|"
    r"\b(?:offer|offers|offering|provide|provides|providing|introduce|present) (?:you |to you )?"
    r"(?:with )?our (?:\w+ )?(?:services|solutions?|packages|agency|platform)|"
    r"\bpromote your (?:\w+ )?(?:app|product|brand|business|company|website|store)\b"
)
_SELLER: Final = re.compile(
    r"\bwe(?:'re| are) (?:a|an|the) (?:[\w-]+ ){0,5}(?:agency|company|firm|studio|start-?up|"
    r"manufacturer|supplier|provider|publisher|platform|network)\b|"
    r"\bon behalf of\b|\bi (?:represent|run|lead|work (?:for|at|with))\b|"
    r"\bi(?:'m| am) (?:the |a |an )?(?:\w+ ){0,4}(?:founder|co-?founder|ceo|manager|director|"
    r"representative|consultant|marketer|specialist|executive)\b|\bour clients\b"
)
_ASKS: Final = re.compile(
    r"\b(?:schedule|book|arrange|set up|hop on|jump on|have|open to|available for) (?:a |an )?"
    r"(?:\w+[ -]){0,3}(?:call|demo|meeting|chat|zoom)\b|"
    r"\bwould you be (?:interested|open|willing|the right)|\bare you (?:interested|open)\b|"
    r"\b(?:right|best) person (?:to|for)\b|\blet me know if (?:you(?:'re| are)|this is) "
    r"(?:interest|open)|\blook(?:ing)? forward to (?:working|partnering|collaborating)|"
    r"\bfree (?:consultation|quote|audit|strategy|proposal)\b"
)
_INVITATION: Final = re.compile(
    r"\bwe(?:'d| would) (?:love|like|be happy) to (?:hear|get|know|learn) (?:from you|your|what "
    r"you)\b|\bshare your (?:\w+ )?(?:ideas|thoughts|feedback|opinions?) (?:below|here|in the "
    r"(?:comments|thread|replies)|with (?:us|the community))|"
    r"\b(?:take|complete|fill (?:in|out)) (?:our|this) (?:\w+ ){0,2}survey\b|"
    r"\b(?:join|register for|sign up for|attend|invite you to|invited to) (?:us (?:for|at) )?"
    r"(?:our |the |a |an )?(?:\w+ ){0,3}(?:webinar|event|beta|workshop|conference|"
    r"community (?:call|conversation))\b"
)
_FAILED: Final = re.compile(
    r"\b(?:can ?not|can't|cant|unable|couldn't|could not|errors?|bugs?|crash\w*|broken?|broke|"
    r"fail(?:s|ed|ing|ure)?|freez\w+|frozen|(?:does|do|did|is|are|was|will|has|have)(?:n't| not)|"
    r"won't|stopped|lost|missing|disappeared|charged|refund\w*|wrong|slow|problems?|issues?)\b"
)


def is_pitch(text: ReadText) -> bool:
    """Whether a text offers the maker business, or invites customers, and tells of no failure."""
    if _OF_PITCHES.isdisjoint(text.words):
        return False
    said = text.folded
    offers = _OFFER.search(said) and (_SELLER.search(said) or _ASKS.search(said))
    return bool(offers or _INVITATION.search(said)) and not _FAILED.search(said)
