"""A catalogue of features for those who have none: made of help-desk tags.

Tags mix features with versions, systems, languages, dates and notes of the support team. Only
what can name a part of a product is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from bot.reports import Feature
from bot.voice.text import MARKS, fold
from bot.voice.wordforms import singular
from bot.voice.wordset import word_set

_MOST_FEATURES: Final = 200
LARGEST_SHARE: Final = 0.4
FEWEST_TICKETS: Final = 3
_ENOUGH_TO_BE_STRICT: Final = 200
_LONGEST_TAG: Final = 60

_COUNTER: Final = re.compile(r"_\d{1,4}\Z")
NO_SLUG: Final = re.compile(rf"(?:(?![{MARKS}])[\W_])+")
_NUMBERED: Final = re.compile(r"\d{2}|\d[.\-_]\d|(?:^|[-_ .])v?\d+$")
_LOCALE: Final = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_NO_FAULT_OF_OURS: Final = re.compile(
    r"(?:probably)?(?:not|no)[a-z]*(?:problem|issue|question|bug)"
)

_SYSTEMS: Final = word_set(
    "windows win xp vista mac macos osx os x linux ubuntu debian fedora android ios iphone ipad "
    "ipados chromeos desktop mobile tablet pc laptop"
)
_RELEASES: Final = word_set(
    "alpha beta nightly esr release rc stable canary version versions latest old legacy"
)
_LANGUAGES: Final = word_set(
    "english german deutsch french francais spanish espanol italian italiano portuguese dutch "
    "polish russian japanese chinese korean turkish arabic czech swedish language locale"
)
_DATES: Final = word_set(
    "january february march april may june july august september october november december jan "
    "feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday "
    "saturday sunday today week month year quarter q1 q2 q3 q4"
)
_WORKFLOW: Final = word_set(
    "escalate escalated escalation needsinfo needinfo moreinfo other others misc miscellaneous "
    "general none null na unknown unclear unclearquestion uncategorized untagged spam duplicate "
    "dupe open opened closed close solved resolved unresolved reopened pending new triage triaged "
    "urgent critical blocker high medium low normal priority p0 p1 p2 p3 p4 hold onhold waiting "
    "answered unanswered followup wontfix invalid worksforme fixed confirmed unconfirmed bug bugs "
    "bugreport issue issues problem problems question questions incident task request feedback "
    "complaint featurerequest enhancement suggestion support help howto tip tips hardquestion "
    "test testing vip customer customers internal external draft merged imported email chat phone "
    "web api_ticket autoreply csat churn unsupported todo wip done"
)


def from_tags(counted: Mapping[str, int], tickets: int) -> list[Feature]:
    """A catalogue out of `counted` (tag to number of its tickets) among `tickets` tickets.

    The most used come first, at most 200. Tags that differ in a counter ("billing_1") or in
    number ("website", "websites") are one.
    """
    folded: dict[str, Counter[str]] = {}
    for tag, count in sorted(counted.items()):
        if tag_slug(tag) and names_a_feature(tag):
            folded.setdefault(same_name(tag_slug(tag)), Counter())[tag] += count
    fewest = FEWEST_TICKETS if tickets >= _ENOUGH_TO_BE_STRICT else 1
    kept = [
        (tag_slug(max(tags, key=lambda tag: (tags[tag], tag))), tags)
        for tags in folded.values()
        if fewest <= tags.total() <= max(LARGEST_SHARE * tickets, 1)
    ]
    kept.sort(key=lambda item: (-item[1].total(), item[0]))
    return [
        Feature(slug, slug.replace("-", " ").capitalize(), tags=tuple(sorted(tags)))
        for slug, tags in kept[:_MOST_FEATURES]
    ]


def same_name(slug: str) -> str:
    """What slugs that differ in number only have in common."""
    return "-".join(singular(part) for part in slug.split("-"))


def names_a_feature(tag: str) -> bool:
    """Whether a tag can name a part of a product, as opposed to a version, a system, a state."""
    plain = _COUNTER.sub("", fold(tag.strip()))
    parts = [part for part in NO_SLUG.split(plain) if part]
    joined = "".join(parts)
    if len(joined) < 2 or len(plain) > _LONGEST_TAG or joined.isdigit():
        return False
    if _NUMBERED.search(plain) or _LOCALE.fullmatch(plain) or _NO_FAULT_OF_OURS.fullmatch(joined):
        return False
    if joined in _WORKFLOW or any(joined.startswith(start) for start in ("unsupp", "needs")):
        return False
    return not all(part.isdigit() or any(part in group for group in NO_FEATURE) for part in parts)


NO_FEATURE: Final = (_SYSTEMS, _RELEASES, _LANGUAGES, _DATES, _WORKFLOW)


def tag_slug(tag: str) -> str:
    return NO_SLUG.sub("-", _COUNTER.sub("", fold(tag.strip()))).strip("-")
