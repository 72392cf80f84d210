"""What never belongs in a digest, however many sent it: spam, chatter, an agent's own words."""

from __future__ import annotations

import re
from typing import Final

from bot.voice.read_text import ReadText
from bot.voice.wordset import word_set

NOTHING_TOLD: Final = 0.0
"""The clarity of what tells nothing."""

_FEWEST_WORDS: Final = 5
_FEWEST_TELLING: Final = 3
_LINKS: Final = 3
_FEW_WORDS_A_LINK: Final = 6

_SPAM: Final = re.compile(
    r"\b(?:casinos?|viagra|cialis|crypto giveaway|seo (?:services?|experts?|agency|packages?)|"
    r"backlinks?|guest posts?|domain authority|rank (?:your|on) (?:site|website|google)|"
    r"first page of google|whatsapp (?:me|us|\+?\d)|click here to (?:win|claim)|"
    r"toll.?free|(?:customer (?:care|service|support)|tech(?:nical)? support|help ?line|support) "
    r"(?:phone )?number\W{1,4}(?:\+?1\W)?(?:\d{3}|\[phone)|call (?:us )?(?:now|at) \+?\d|"
    r"escorts?|forex|bitcoin (?:investment|recovery)|"
    r"recover (?:your )?(?:lost )?(?:bitcoin|crypto)|"
    r"binary options?|payday loans?|cheap (?:flights?|jerseys?|essays?)|essay writing|"
    r"weight loss|keto|cbd oil|replica watches|love spells?|spell caster|lottery winner|"
    r"increase (?:your )?(?:traffic|followers)|buy (?:followers|likes|reviews)|promo(?:tion)? code|"
    r"escort service|work from home and earn|earn (?:up to )?\$?\d+ (?:a|per) (?:day|week)|"
    r"(?:converter|conversion|recovery|migration|repair) (?:software|utility|tool)s? (?:at|"
    r"provides?|helps?|smoothly|quickly|easily|in 20\d\d|that (?:converts?|exports?))|"
    r"(?:at|for) (?:just|only) \$ ?\d+|free demo|"
    r"(?:best|top) (?:company|agency|services?|institute|astrologer|lawyers?) in|"
    r"visit (?:our|us at|my) (?:website|site|blog|https?)|for more (?:info(?:rmation)?|details),? "
    r"(?:visit|call|contact|click)|dear sir(?: or |/)madam,? we are (?:a )?(?:leading|"
    r"professional))\b"
)
_OF_SPAM: Final = word_set(
    "casino casinos viagra cialis crypto seo backlink backlinks guest domain rank google whatsapp "
    "click toll tollfree number call escort escorts "
    "forex bitcoin recover binary payday cheap essay weight keto cbd replica love spell lottery "
    "converter conversion recovery migration repair demo astrologer agency institute visit contact "
    "increase buy promo promotion earn dear"
)
"""One of these words stands in every phrase of spam, so that others need no second look."""
_PREACHING: Final = word_set(
    "god gods jesus christ lord allah almighty prophet satan heaven salvation gospel sin sins soul"
)
_SERMON: Final = 5
_AGENT: Final = re.compile(
    r"\bthank(?:s| you) (?:so much |very much )?for (?:contacting|reaching out to|getting in touch "
    r"with|writing to)\b|\bthis is \w+ (?:from|with|at) (?:\w+ ){0,3}"
    r"(?:support|customer (?:care|service)|help ?desk)\b|\bi(?:'d| would|'ll|"
    r" will) be (?:more than )?"
    r"(?:happy|glad) to (?:assist|help) you\b|\bwe(?:'ve| have) (?:received|merged|closed|escalated"
    r"|forwarded) your (?:request|ticket|e-?mail|message|case)\b|\byour (?:ticket|case|request) "
    r"(?:has been|was|is now) (?:closed|merged|received|resolved|escalated|updated|created)\b"
    r"|\b(?:this ticket (?:was|has been)|merged into|closing this) (?:ticket|request|merged|closed)"
    r"|\bis there anything else (?:i|we) can (?:help|assist)\b"
    r"|\bwe(?:.?ll| will) (?:provide|release|publish|roll out|send you|get back to)\b"
    r"|^\W*(?:auto(?:matic)?[- ]?reply|out of (?:the )?office)\b"
)
_OF_AGENTS: Final = word_set(
    "thank thanks support care service help happy glad received merged closed escalated forwarded "
    "ticket case request resolved updated created closing anything apologise apologize auto "
    "automatic office provide release publish roll"
)
_OWN_TROUBLE: Final = re.compile(
    r"\b(?:i|we) (?:can ?not|can't|cannot|am unable|have (?:a|an) (?:problem|issue)|lost|tried|"
    r"get|got|keep|need|want|was|were)\b|\bmy \w+ (?:is|does|has|will|won't|doesn't|keeps)\b"
)
_CHATTER: Final = re.compile(
    r"^\W*(?:hi|hello|hey|thanks?|thank you|ok(?:ay)?|test(?:ing)?|never ?mind|solved|fixed|please "
    r"(?:ignore|delete|disregard)|ignore this|any (?:update|news)|bump|me too|same here)\b"
)
_CHATTER_WORDS: Final = 12


def is_told(text: ReadText) -> bool:
    """Whether a ticket tells anything that a customer felt."""
    count = len(text.words)
    if count < _FEWEST_WORDS or len(set(text.stems)) < _FEWEST_TELLING:
        return False
    if count < _CHATTER_WORDS and _CHATTER.match(text.folded):
        return False
    return not (is_spam(text) or is_by_agent(text))


def is_spam(text: ReadText) -> bool:
    """Whether a text advertises something, or preaches."""
    if not _OF_SPAM.isdisjoint(text.words) and _SPAM.search(text.folded):
        return True
    if sum(word in _PREACHING for word in text.words) >= _SERMON:
        return True
    links = text.folded.count("http")
    return links >= _LINKS and len(text.words) < links * _FEW_WORDS_A_LINK


def is_by_agent(text: ReadText) -> bool:
    """Whether nobody but a support agent, or a machine of theirs, speaks in a text."""
    if _OF_AGENTS.isdisjoint(text.words) or not _AGENT.search(text.folded):
        return False
    return not _OWN_TROUBLE.search(text.folded)
