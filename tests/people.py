"""What the tests of listeners share: people, a few tickets, and ways to read what was shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.blocks import tickets as ticket_screens
from bot.demo.fake_slack import Message, View
from bot.demo.stage import Stage
from bot.reports import Feature, Kind
from bot.service import insights, posting, tickets
from bot.service.insights import TagRequest

ADA, BEN, CHIDI, MIRA, GUS = "U0ADA", "U0BEN", "U0CHIDI", "U0MIRA", "U0GUS"
GENERAL, CHECKOUT, SUPPORT = "C0GENERAL", "C0CHECKOUT", "C0SUPPORT"
PRIVATE, SHARED = "C0PRIVATE", "C0SHARED"
TEAM = "T0EARSHOT"

FEATURES = (
    Feature("checkout", "Checkout", ("payment page",), ("checkout",), (CHECKOUT,)),
    Feature("csv-export", "CSV export", ("order export",), ("csv-export",)),
    Feature("csv-import", "CSV import", (), ("csv-import",)),
    Feature("login", "Login", ("sign in",), ("login",)),
)
CUSTOMERS_WORDS = "The checkout page is broken and my card is charged twice"
_STORIES = (
    ("Checkout", f"{CUSTOMERS_WORDS}.", "checkout"),
    ("Checkout", "The checkout does not work on my phone, I cannot pay.", "checkout"),
    ("Checkout", "I get an error at checkout when I use a coupon.", "checkout"),
    ("Checkout", "The checkout crashed during payment and I lost my basket.", "checkout"),
    ("Checkout", "Paying fails: the checkout button does nothing at all.", "checkout"),
    ("Checkout", "The new checkout is wonderful, I love how fast it is.", "checkout"),
    ("Export", "The CSV export is broken, the file is empty.", "csv-export"),
    ("Login", "I cannot log in, the code never arrives.", "login"),
)


def take_some_tickets(stage: Stage, folder: Path) -> None:
    """Eight tickets of eight customers, written in the last days before the stage's `now`."""
    rows = [
        {
            "id": str(900 + number),
            "created_at": (stage.now - timedelta(hours=5 * number + 1)).isoformat(),
            "subject": subject,
            "description": said,
            "tags": [tag],
            "requester": {"name": "Kim Lee", "email": f"kim{number}@customer.example"},
            "url": f"https://help.marigold.example/tickets/{900 + number}",
        }
        for number, (subject, said, tag) in enumerate(_STORIES)
    ]
    path = folder / "some-tickets.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    report = stage.take_in([path], FEATURES)
    assert report.new == len(_STORIES)


# --- reading what was shown -----------------------------------------------------------------


def said(shown: Message | View | Sequence[Any] | None) -> str:
    """All text of a message or view, in the order of reading, with single spaces."""
    assert shown is not None
    blocks = shown.blocks if isinstance(shown, Message | View) else shown
    return " ".join(_texts(blocks).split())


def _texts(part: Any) -> str:
    if isinstance(part, dict):
        own = str(part["text"]) if isinstance(part.get("text"), str) else ""
        return own + " ".join(
            _texts(value) for value in part.values() if not isinstance(value, str)
        )
    if isinstance(part, list | tuple):
        return " ".join(_texts(block) for block in part)
    return ""


def buttons(message: Message, action: str) -> list[str]:
    """The values of all buttons with this action id, in order."""
    elements = [e for block in message.blocks for e in block.get("elements", ())]
    return [e["value"] for e in elements if e.get("action_id") == action]


def told(stage: Stage, user: str, count: int = 1) -> Message:
    """The newest message that only this person sees, once there are `count` of them."""
    stage.slack.wait_for(lambda: len(stage.slack.ephemerals(user)) >= count)
    return stage.slack.ephemerals(user)[-1]


def asked(stage: Stage, user: str, channel: str, question: str) -> Message:
    """The answer to `/friction question`."""
    before = len(stage.slack.ephemerals(user))
    assert stage.slack.slash_command(user, channel, "/friction", question).ok
    return told(stage, user, before + 1)


def modal(stage: Stage, user: str) -> View:
    """The modal on top of a person's screen, once it is there."""
    return _there(stage, lambda: stage.slack.view(user))


def _there(stage: Stage, look: Callable[[], View | None]) -> View:
    found = stage.slack.wait_for(look)
    assert found is not None
    return found


def finish_listeners(stage: Stage) -> None:
    """Wait until all that was delivered is dealt with; after this nothing more may be sent."""
    stage.earshot.executor.shutdown(wait=True)


# --- what stands in the database ------------------------------------------------------------


def rows(stage: Stage, statement: str) -> list[tuple[Any, ...]]:
    with stage.context.store.read() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def events_done(stage: Stage, count: int) -> None:
    """Wait until so many recorded events are finished."""
    query = "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL"
    stage.slack.wait_for(lambda: rows(stage, query)[0][0] >= count)


# --- posts to act on ------------------------------------------------------------------------


def ticket_post(stage: Stage, row: int = 1, channel: str = SUPPORT) -> Message:
    """A ticket's post, as a digest's thread has it."""
    with stage.context.store.write() as session:
        posting.plan_post(
            session,
            ticket_screens.render(tickets.view(stage.context, row)),
            team=TEAM,
            channel=channel,
            key=f"test:{channel}:{row}",
            shows=posting.TICKET,
            subject=row,
            now=stage.now,
        )
    stage.work()
    return stage.slack.posts(channel)[-1]


def card_post(stage: Stage, row: int = 1, title: str = "Charged twice") -> Message:
    """The card of an insight on a ticket, in the channel that owns Checkout."""
    request = TagRequest(TEAM, MIRA, SUPPORT, title, "checkout", Kind.BROKEN, ticket=row)
    insights.tag(stage.context, request, stage.now)
    stage.work()
    return stage.slack.posts(CHECKOUT)[-1]
