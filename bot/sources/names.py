"""The names that tools and people give to the columns of a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import product
from typing import Final


class Field(StrEnum):
    """What Earshot wants to know of a ticket; also the left side of `--map FIELD=COLUMN`."""

    EXTERNAL_ID = "external_id"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    SUBJECT = "subject"
    BODY = "body"
    URL = "url"
    TAGS = "tags"
    TOPIC = "topic"
    REQUESTER_ID = "requester_id"
    REQUESTER_NAME = "requester_name"
    REQUESTER_EMAIL = "requester_email"
    REQUESTER_PHONE = "requester_phone"
    ACCOUNT = "account"
    SEGMENT = "segment"
    LANGUAGE = "language"
    REPLIES = "replies"
    DELETED = "deleted"
    STATUS = "status"


def _each(first: str, second: str) -> list[str]:
    return [" ".join(words) for words in product(first.split(), second.split("/"))]


_THING = "ticket case issue conversation request review question post thread feedback inquiry"
_PERSON = "requester customer user contact author reporter client sender submitter creator"

# In order of preference, folded (see `fold`).
ALIASES: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.EXTERNAL_ID: (
        "id",
        *_each(_THING, "id/key/number/no/nr/ref/reference/#"),
        *("external id", "display id", "key", "uuid", "reference", "message id", "number", "no"),
        *("nr", "ref", "#"),
    ),
    Field.CREATED_AT: (
        *("created at", "created", "created on", "created date", "created time", "date created"),
        *("creation date", "creation time", "creation timestamp", "create date", "createdate"),
        *("create time", "created timestamp", "created at utc", "created utc", "createdon"),
        *("submitted at", "submitted", "submitted on", "submission date", "submission time"),
        *("submit date", "opened at", "opened", "opened date", "open date", "date opened"),
        *("received at", "received", "date received", "received date", "posted at", "posted"),
        *("posted on", "post date", "sent at", "sent", "reported at", "reported", "asked at"),
        *_each(_THING, "created at/created/date/time"),
        *("date", "datetime", "date time", "timestamp", "time", "ts", "at", "when", "day"),
    ),
    Field.UPDATED_AT: (
        *("updated at", "updated", "updated on", "last updated", "last updated at"),
        *("last update", "last update time", "updated date", "update time", "date updated"),
        *("modified at", "modified", "last modified", "last modified at", "modified date"),
        *("last modified date", "edited at"),
    ),
    Field.SUBJECT: (
        *("subject", "title", "summary", "headline", "subject line"),
        *_each(_THING, "subject/title/summary"),
    ),
    Field.BODY: (
        *("description text", "body text", "plain body", "body plain", "text body"),
        *("body", "description", "message", "text", "content", "comment", "comments"),
        *("message body", "message text", "customer message", "first message", "full text"),
        *("initial message", "first comment", "customer comment", "comment text", "details"),
        *_each(_THING, "body/description/text/message/content/comment/details"),
        *("review", "feedback", "verbatim", "complaint", "question", "raw"),
        *("message content", "long description", "problem description", "problem", "body html"),
        *("html body", "description html", "cooked", "desc", "msg", "inquiry"),
    ),
    Field.URL: (
        *("url", "html url", "web url", "link", "permalink", "web link", "href", "uri"),
        *_each(_THING, "url/link/permalink"),
    ),
    Field.TAGS: ("tags", "labels", "tag", "label", "tag list", "keywords", "tag names"),
    Field.TOPIC: (
        *("topic", "category", "component", "components", "topics", "categories", "area"),
        *("feature", "feature area", "product area", "module", "ticket category"),
    ),
    Field.REQUESTER_ID: (
        *_each(_PERSON, "id/account id/login/username/user id"),
        *("username", "login", "handle"),
    ),
    Field.REQUESTER_NAME: (
        *_each(_PERSON, "name/full name/display name"),
        *_PERSON.split(),
        *("full name", "display name", "from name", "from", "name", "reviewer", "nickname"),
    ),
    Field.REQUESTER_EMAIL: (
        *_each(_PERSON, "email/email address/e mail/mail"),
        *("email", "email address", "e mail", "mail", "from email", "from address"),
        "via source from address",
    ),
    Field.REQUESTER_PHONE: (
        *_each(_PERSON, "phone/phone number/mobile"),
        *("phone", "phone number", "telephone", "mobile", "tel"),
    ),
    Field.ACCOUNT: (
        *("account", "account name", "company", "company name", "organization"),
        *("organization name", "organisation", "organisation name", "org", "org name"),
        *("account id", "company id", "organization id", "organisation id", "org id"),
        *("workspace", "workspace name", "tenant", "tenant id", "customer company"),
    ),
    Field.SEGMENT: (
        *("segment", "plan", "tier", "plan name", "customer segment", "customer plan"),
        *("customer tier", "account plan", "account tier", "account segment", "account type"),
        *("subscription", "subscription plan", "subscription tier", "pricing plan", "edition"),
        *("company plan", "company plan name", "organization plan", "user plan", "requester plan"),
    ),
    Field.LANGUAGE: (
        *("language", "locale", "lang", "language code", "reviewer language", "ticket language"),
        *("user language", "requester language", "requester locale", "user locale"),
    ),
    Field.DELETED: (
        *("deleted", "is deleted", "deleted at", "deleted on", "date deleted", "deletion date"),
        *("fivetran deleted", "sdc deleted at", "trashed", "trashed at"),
    ),
    Field.STATUS: ("status", "ticket status", "state"),
}

_KNOWN: Final = frozenset(name for names in ALIASES.values() for name in names)
_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN: Final = re.compile(r"[\s_\-.:/()\[\]]+")
_VENDOR: Final = re.compile(r"^(?:propert(?:y|ies)|fields?|custom field|hs) | (?:txt|list)$")


def fold(name: str) -> str:
    """One spelling for `createdAt`, `Created at`, `CREATED_AT` and `created-at`."""
    return " ".join(_BETWEEN.sub(" ", _HUMPS.sub(" ", name)).casefold().split())


def bare(folded: str) -> str:
    """Without what a vendor puts around a column's name."""
    return _VENDOR.sub("", folded).strip()


def known_names(header: Iterable[str]) -> int:
    return sum(bare(fold(name)) in _KNOWN for name in header)


_DATA: Final = re.compile(r"@|https?:|^\W*\d|.{41}|[.!?]\s|[\n\r]")


def presentable(names: Iterable[str]) -> list[str]:
    """The names that may be shown. In a file without a header they are a customer's words."""
    found = [name for name in names if name.strip()]
    shown = [name for name in found if not _DATA.search(name) and len(name.split()) <= 6]
    return shown if len(shown) * 2 > len(found) or known_names(found) > 1 else []
