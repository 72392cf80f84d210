"""What the tests of insights in Slack share: a card, its buttons, its thread, time that passes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from people import CHECKOUT, FEATURES, modal, rows, said
from storage import insight_changes

PACE = timedelta(seconds=31)


def later(stage: Stage, passed: timedelta = PACE) -> None:
    """Let time pass, and the clock do all that is due then."""
    stage.now += passed
    stage.work()


def card(stage: Stage, insight: int = 1, channel: str = CHECKOUT) -> Message:
    """The newest card of an insight that is there."""
    heads = (f"Insight {insight} ·", f"Insight {insight} is")
    shown = [m for m in stage.slack.messages(channel) if m.text.startswith(heads)]
    return shown[-1]


def thread(stage: Stage, insight: int = 1, channel: str = CHECKOUT) -> list[str]:
    """What the thread of a card says, a line a reply."""
    root = card(stage, insight, channel)
    return [said(reply) for reply in stage.slack.messages(channel, thread_ts=root.ts)]


def choose(stage: Stage, user: str, status: str, insight: int = 1) -> None:
    shown = card(stage, insight)
    value = f"{insight}:{status}"
    assert stage.slack.select(user, shown, kit.ACTION_STATUS, value).ok


def fill_in(stage: Stage, user: str, typed: dict[str, object] | None = None) -> None:
    modal(stage, user)
    delivery = stage.slack.submit_view(user, typed or {})
    assert delivery.ok, delivery


def ship(stage: Stage, user: str, what: str = "", insight: int = 1) -> None:
    choose(stage, user, "shipped", insight)
    fill_in(stage, user, {kit.BLOCK_NOTE: what} if what else {})


def status_of(stage: Stage, insight: int = 1) -> str:
    found = rows(stage, f"SELECT status FROM insight WHERE id = {insight}")
    return str(found[0][0])


def becomes(stage: Stage, status: str, insight: int = 1) -> None:
    """Wait until the listener has changed the status, and let the card follow."""
    stage.slack.wait_for(lambda: status_of(stage, insight) == status)
    later(stage)


def happened(stage: Stage, insight: int = 1) -> list[tuple[str, str, str]]:
    """What, before and after, of all that was kept."""
    with stage.context.store.read() as session:
        kept = insight_changes.of(session, insight)
    return [(change.what, change.before, change.after) for change in kept]


def take_in(stage: Stage, folder: Path, *texts: str, number: int = 500) -> None:
    """Tickets of one customer each, written just now."""
    lines = [
        {
            "id": str(number + place),
            "created_at": (stage.now - timedelta(minutes=5 + place)).isoformat(),
            "subject": "",
            "description": text,
            "tags": [],
            "requester": {"email": f"sam{number + place}@customer.example"},
        }
        for place, text in enumerate(texts)
    ]
    path = folder / f"more-{number}.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    report = stage.take_in([path], FEATURES)
    assert report.new == len(texts)
