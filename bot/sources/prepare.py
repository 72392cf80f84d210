"""Makes one vendor's nested object say plainly what the customer wrote, and who that is.

Threads hold the company's words beside the customer's. Only the customer's may become a quote,
so each function here keeps the first message and the same person's replies, in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

Object = dict[str, object]

_CUSTOMERS: Final = frozenset({"user", "lead", "contact"})
_MOST_NODES: Final = 20_000
_ENDS_LINE: Final = "paragraph heading codeBlock listItem tableRow panel rule hardBreak"
_BLOCKS: Final = frozenset(_ENDS_LINE.split())


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Object]:
    items = value if isinstance(value, list) else []
    return (item for item in items if isinstance(item, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _joined(*texts: str) -> str:
    """Each text once: help desks repeat the first message at the head of the thread."""
    return "\n\n".join(dict.fromkeys(text for text in texts if text.strip()))


def _others(authors: Iterable[Object]) -> list[str]:
    """The names of those who wrote to the customer, to be masked in what the customer says."""
    names = (_text(author.get("displayName")) or _text(author.get("name")) for author in authors)
    return [name for name in dict.fromkeys(names) if name]


def zendesk(ticket: Object) -> None:
    """The export carries the thread; `description` is its first comment."""
    person = ticket.get("requester_id") or _object(ticket.get("requester")).get("id")
    replies = [
        _text(comment.get("plain_body")) or _text(comment.get("body"))
        for comment in _objects(ticket.get("comments"))
        if person and comment.get("author_id") == person and comment.get("public") is not False
    ]
    ticket["description"] = _joined(_text(ticket.get("description")), *replies)


def intercom(conversation: Object) -> None:
    """A conversation that the company began has its own author and text in `source`."""
    source = _object(conversation.get("source"))
    author = _object(source.get("author"))
    first = _text(source.get("body"))
    if author.get("type") not in (_CUSTOMERS | {None}):
        contacts = _objects(_object(conversation.get("contacts")).get("contacts"))
        author, first = next(contacts, {}), ""
    parts = _object(conversation.get("conversation_parts")).get("conversation_parts")
    replies = [
        _text(part.get("body"))
        for part in _objects(parts)
        if _object(part.get("author")).get("type") in _CUSTOMERS
    ]
    conversation["source"] = {**source, "author": author, "body": _joined(first, *replies)}
    conversation["agent_names"] = _others(
        author
        for part in _objects(parts)
        for author in [_object(part.get("author"))]
        if author.get("type") not in _CUSTOMERS
    )


def freshdesk(ticket: Object) -> None:
    """`description` is HTML and `description_text` the same in plain, where it was asked for."""
    replies = [
        _text(reply.get("body_text")) or _text(reply.get("body"))
        for reply in _objects(ticket.get("conversations"))
        if reply.get("incoming") is True and not reply.get("private")
    ]
    first = _text(ticket.get("description_text")) or _text(ticket.get("description"))
    ticket["description"] = _joined(first, *replies)


def github(issue: Object) -> None:
    """Comments stand beside the issue in `gh issue list --json comments`."""
    person = _object(issue.get("author")).get("login")
    replies = [
        _text(comment.get("body"))
        for comment in _objects(issue.get("comments"))
        if person and _object(comment.get("author")).get("login") == person
    ]
    issue["body"] = _joined(_text(issue.get("body")), *replies)


def jira(issue: Object) -> None:
    """Texts may be Atlassian documents, and the link in `self` is for programs."""
    fields = _object(issue.get("fields"))
    reporter = _object(fields.get("reporter"))
    person = reporter.get("accountId") or reporter.get("name")
    replies = [
        document_text(comment.get("body"))
        for comment in _objects(_object(fields.get("comment")).get("comments"))
        for author in [_object(comment.get("author"))]
        if person and person in (author.get("accountId"), author.get("name"))
    ]
    description = _joined(document_text(fields.get("description")), *replies)
    issue["fields"] = {**fields, "description": description}
    comments = _objects(_object(fields.get("comment")).get("comments"))
    others = [_object(comment.get("author")) for comment in comments]
    issue["agent_names"] = _others(
        author
        for author in [_object(fields.get("assignee")), *others]
        if person not in (author.get("accountId"), author.get("name"))
    )
    site, found, _ = _text(issue.get("self")).partition("/rest/api/")
    issue["self"] = f"{site}/browse/{issue.get('key')}" if found else ""


def document_text(value: object) -> str:
    """The text of an Atlassian document; deep ones are walked, not recursed into."""
    if not isinstance(value, Mapping):
        return _text(value)
    pieces: list[str] = []
    stack: list[object] = [value]
    visited = 0
    while stack and (visited := visited + 1) <= _MOST_NODES:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif isinstance(node, Mapping):
            attributes = _object(node.get("attrs"))
            pieces.append(_text(node.get("text")) or _text(attributes.get("text")))
            content = node.get("content")
            stack += ["\n"] if node.get("type") in _BLOCKS else []
            stack += reversed(content) if isinstance(content, list) else []
    return "".join(pieces).strip()


def zendesk_link(url: str) -> str:
    """The page that people open, from the address that programs use."""
    return url.replace("/api/v2/tickets/", "/agent/tickets/").removesuffix(".json")


def play_review_id(link: str) -> str:
    try:
        query = urlsplit(link.replace("#", "?", 1)).query
    except ValueError:
        return ""
    return next(iter(parse_qs(query).get("reviewId", [])), "")


def jira_replies(comments: Iterable[str], people: set[str]) -> list[str]:
    """Comment cells are `date;author;text`; the reporter's own are the customer's words."""
    cells = [cell.split(";", 2) for cell in comments]
    return [cell[2] for cell in cells if len(cell) == 3 and cell[1].strip() in people]
