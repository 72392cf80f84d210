"""What we know of the tools whose files people bring: which columns to take, and which to leave.

A preset is chosen by the names that only its tool writes. A field that it names is taken from
there or not at all; a field that it does not name is found by its name, as in any other file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.sources import prepare
from bot.sources.names import Field, bare

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """All of `needs` (folded names) must be there, and none of `lacks`; the first preset wins.

    `refusal` says what to do where there is no text; with `is_tickets` false it always holds.
    """

    name: str
    needs: Names
    fields: Mapping[Field, Names] = field(default_factory=dict)
    lacks: Names = ()
    prepare: Callable[[dict[str, object]], None] | None = None
    convert: Mapping[Field, Callable[[str], str]] = field(default_factory=dict)
    refusal: str = ""
    is_tickets: bool = True


_ZENDESK: Final[Mapping[Field, Names]] = {
    Field.EXTERNAL_ID: ("id",),
    Field.SUBJECT: ("subject", "raw subject"),
    Field.BODY: ("description",),
    Field.TAGS: ("tags",),
    Field.TOPIC: (),
    Field.REQUESTER_ID: ("requester id",),
    Field.REQUESTER_NAME: ("requester name", "via source from name"),
    Field.REQUESTER_EMAIL: ("requester email", "via source from address"),
    Field.ACCOUNT: ("organization id", "organization name"),
}
_GITHUB: Final[Mapping[Field, Names]] = {
    Field.EXTERNAL_ID: ("number",),
    Field.CREATED_AT: ("created at",),
    Field.SUBJECT: ("title",),
    Field.BODY: ("body",),
    Field.URL: ("html url", "url"),
    Field.TAGS: ("labels", "labels name"),
    Field.TOPIC: (),
    Field.REQUESTER_ID: ("author login", "user login"),
    Field.REQUESTER_NAME: ("author name", "author login", "user login"),
    Field.REQUESTER_EMAIL: (),
    Field.ACCOUNT: (),
}
_JIRA: Final[Mapping[Field, Names]] = {
    Field.EXTERNAL_ID: ("issue key", "key"),
    Field.CREATED_AT: ("created", "fields created"),
    Field.UPDATED_AT: ("updated", "fields updated"),
    Field.SUBJECT: ("summary", "fields summary"),
    Field.BODY: ("description", "fields description"),
    Field.URL: ("self",),
    Field.TAGS: ("labels", "fields labels"),
    Field.TOPIC: ("component s", "components", "component", "fields components"),
    Field.REQUESTER_ID: (
        *("fields reporter account id", "fields reporter name", "reporter id", "reporter"),
    ),
    Field.REQUESTER_NAME: ("fields reporter display name", "reporter"),
    Field.REQUESTER_EMAIL: ("reporter email", "fields reporter email address"),
    Field.ACCOUNT: (),
}
_HUBSPOT: Final[Mapping[Field, Names]] = {
    Field.EXTERNAL_ID: ("id", "ticket id", "hs object id"),
    Field.CREATED_AT: ("properties createdate", "property createdate", "created at"),
    Field.UPDATED_AT: ("properties hs lastmodifieddate", "property hs lastmodifieddate"),
    Field.SUBJECT: ("properties subject", "property subject"),
    Field.BODY: ("properties content", "property content"),
    Field.TOPIC: ("properties hs ticket category", "property hs ticket category"),
    Field.DELETED: ("archived",),
}
# Tables of a synced help desk, easily taken for its tickets: who wrote, and the words of agents.
_OTHER_TABLES: Final[Mapping[str, tuple[Names, ...]]] = {
    "replies": (("ticket id", "body", "public"), ("conversation id", "body", "part type")),
    "people": (("email", "role", "time zone"), ("email", "role", "last seen at")),
    "companies": (("name", "shared tickets", "shared comments"), ("name", "annualrevenue")),
}
_SEE_JSON: Final = "Export the tickets as JSON, with their descriptions, and bring that file"

PRESETS: Final = (
    Preset(
        "zendesk",
        needs=("description", "via channel"),
        fields=_ZENDESK,
        prepare=prepare.zendesk,
        convert={Field.URL: prepare.zendesk_link},
    ),
    Preset(
        "zendesk",
        needs=("description", "submitter id", "requester id"),
        fields=_ZENDESK,
        prepare=prepare.zendesk,
        convert={Field.URL: prepare.zendesk_link},
    ),
    Preset(
        "zendesk view",
        needs=("requester", "subject", "assignee", "group", "created at"),
        lacks=("description", "body", "comment", "message"),
        refusal=f"A Zendesk view holds no message text. {_SEE_JSON}.",
    ),
    Preset(
        "intercom",
        needs=("source body", "created at"),
        fields={
            Field.EXTERNAL_ID: ("id",),
            Field.CREATED_AT: ("created at",),
            Field.UPDATED_AT: ("updated at",),
            Field.SUBJECT: ("source subject", "title"),
            Field.BODY: ("source body",),
            # `source.url` is the page on which the customer opened the messenger.
            Field.URL: (),
            Field.TAGS: ("tags", "tags tags"),
            Field.REQUESTER_ID: ("source author id",),
            Field.REQUESTER_NAME: ("source author name",),
            Field.REQUESTER_EMAIL: ("source author email",),
        },
        prepare=prepare.intercom,
    ),
    Preset(
        "intercom report",
        needs=("conversation id",),
        lacks=("source body", "body", "description", "message", "text", "content", "comment"),
        refusal=(
            "An Intercom report holds no message text. "
            "Save the conversations of Intercom's API as JSON, and bring that file."
        ),
    ),
    Preset(
        "freshdesk",
        needs=("responder id", "cc emails"),
        fields={
            Field.EXTERNAL_ID: ("id",),
            Field.BODY: ("description",),
            Field.URL: (),
            Field.TOPIC: ("category",),
            Field.ACCOUNT: ("company id", "company name"),
        },
        prepare=prepare.freshdesk,
    ),
    Preset(
        "freshdesk list",
        needs=("ticket id", "status", "created time", "last update time"),
        lacks=("description", "description text", "body", "message"),
        refusal=(
            "Freshdesk's CSV holds no message text. "
            "Save the tickets of Freshdesk's API as JSON, and bring that file."
        ),
    ),
    Preset("jira", needs=("key", "fields summary"), fields=_JIRA, prepare=prepare.jira),
    Preset(
        "jira",
        needs=("summary", "issue key", "created"),
        fields={**_JIRA, Field.REPLIES: ("comment", "comments")},
    ),
    Preset("jira", needs=("summary", "key", "created", "reporter"), fields=_JIRA),
    # Numbers repeat from repository to repository, so a search over several needs the id.
    Preset(
        "github",
        needs=("number", "title", "body", "repository"),
        fields={**_GITHUB, Field.EXTERNAL_ID: ("node id", "id", "html url", "url")},
        prepare=prepare.github,
    ),
    Preset(
        "github",
        needs=("number", "title", "body", "created at"),
        fields=_GITHUB,
        prepare=prepare.github,
    ),
    Preset("hubspot", needs=("properties content",), fields=_HUBSPOT),
    Preset("hubspot", needs=("property content", "property subject"), fields=_HUBSPOT),
    Preset(
        "google play",
        needs=("review text", "star rating"),
        fields={
            Field.EXTERNAL_ID: ("review link",),
            Field.CREATED_AT: ("review submit millis since epoch", "review submit date and time"),
            Field.UPDATED_AT: (
                *("review last update millis since epoch", "review last update date and time"),
            ),
            Field.SUBJECT: ("review title",),
            Field.BODY: ("review text",),
            Field.URL: ("review link",),
            Field.LANGUAGE: ("reviewer language",),
            Field.REQUESTER_ID: (),
            Field.REQUESTER_NAME: (),
        },
        convert={Field.EXTERNAL_ID: prepare.play_review_id},
    ),
)
_NOT_TICKETS: Final = tuple(
    Preset(
        what,
        needs=needs,
        lacks=("subject", "title", "summary", "message"),
        refusal=f"It is a table of {what}, not of tickets: bring the table of tickets.",
        is_tickets=False,
    )
    for what, tables in _OTHER_TABLES.items()
    for needs in tables
)
GENERIC: Final = Preset("generic", needs=())


def preset_of(folded: Collection[str]) -> Preset:
    """The preset whose names are all there."""
    names = {*folded, *map(bare, folded)} - {""}
    return next(
        (
            preset
            for preset in (*PRESETS, *_NOT_TICKETS)
            if names.issuperset(preset.needs) and names.isdisjoint(preset.lacks)
        ),
        GENERIC,
    )
