"""The whole story, through the real app and the fake Slack, over HTTP and over Socket Mode."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.voice.catalogue_file import parse
from conftest import DATA, TICKETS

ADA, BEN, MIRA = "U0ADA", "U0BEN", "U0MIRA"
CHECKOUT, SUPPORT = "C0CHECKOUT", "C0SUPPORT"


@pytest.fixture
def played(stage: Stage) -> Stage:
    stage.take_in(TICKETS, parse((DATA / "features.toml").read_text(encoding="utf-8")))
    return stage


def said(blocks: Any) -> str:
    """All text of a message or view, in the order of reading, with single spaces."""
    return " ".join(_texts(blocks).split())


def _texts(blocks: Any) -> str:
    if isinstance(blocks, dict):
        own = str(blocks["text"]) if isinstance(blocks.get("text"), str) else ""
        return own + " ".join(
            _texts(value) for value in blocks.values() if not isinstance(value, str)
        )
    if isinstance(blocks, list | tuple):
        return " ".join(_texts(block) for block in blocks)
    return ""


def buttons(message: Message, action: str) -> list[str]:
    """The values of all buttons with this action id, in order."""
    elements = [e for block in message.blocks for e in block.get("elements", ())]
    return [e["value"] for e in elements if e.get("action_id") == action]


def only(messages: list[Message]) -> Message:
    assert len(messages) == 1
    return messages[0]


def test_from_a_misspelt_question_to_the_next_mornings_digest(played: Stage) -> None:
    slack = played.slack

    # A question, misspelt.
    assert slack.slash_command(ADA, SUPPORT, "/friction", "checkuot").ok
    answer = slack.wait_for(lambda: slack.ephemerals(ADA))[0]
    assert "Checkout" in said(answer.blocks)
    assert not slack.posts(SUPPORT), "the answer is for the asker only"

    # A quote is tagged as an insight, through the modal.
    assert slack.click(ADA, answer, kit.ACTION_TAG, value=buttons(answer, kit.ACTION_TAG)[0]).ok
    slack.wait_for(lambda: slack.view(ADA))
    tagged = slack.submit_view(ADA, {kit.BLOCK_TITLE: "Paying twice by pressing twice"})
    assert tagged.ok
    assert tagged.faults == ()
    assert slack.view(ADA) is None
    played.work()
    card = only(slack.posts(CHECKOUT))
    assert "Paying twice by pressing twice" in said(card.blocks)

    # Two people react; one takes it back.
    slack.react(BEN, CHECKOUT, card.ts, "open_mouth")
    slack.react(MIRA, CHECKOUT, card.ts, "open_mouth")
    slack.react(MIRA, CHECKOUT, card.ts, "raising_hand::skin-tone-3")
    slack.unreact(MIRA, CHECKOUT, card.ts, "open_mouth")
    slack.wait_for(lambda: settled(played, 4))
    played.work()
    text = said(slack.message(CHECKOUT, card.ts).blocks)
    assert "1 surprised me" in text
    assert "1 we own it" in text
    assert only(slack.posts(CHECKOUT)).edited

    # The digest is set up, and comes the next morning with its thread.
    assert slack.slash_command(MIRA, CHECKOUT, "/digest").ok
    slack.wait_for(lambda: slack.view(MIRA))
    assert slack.submit_view(MIRA, {kit.BLOCK_FEATURES: ["checkout"]}).ok
    played.work()
    assert len(slack.posts(CHECKOUT)) == 1, "nothing is posted before its time"
    played.now = datetime(2026, 11, 4, 8, 31, tzinfo=UTC)  # 09:31 in Berlin, where Mira is
    played.work()
    digest = slack.messages(CHECKOUT)[-1]
    thread = slack.messages(CHECKOUT, thread_ts=digest.ts)
    items = [b for b in digest.blocks if "rich_text_quote" in str(b)]
    assert 1 <= len(items) <= 5
    assert len(thread) == len(items)

    # The next tick, and a second process, change nothing.
    before = len(slack.messages(CHECKOUT))
    played.work()
    assert len(slack.messages(CHECKOUT)) == before

    # A ticket of the thread becomes an insight by 💡, without a modal.
    slack.react(ADA, CHECKOUT, thread[-1].ts, "bulb")
    slack.wait_for(lambda: settled(played, 5))
    played.work()
    assert "Insight 2" in said(slack.posts(CHECKOUT)[-1].blocks)

    # Home shows the insights.
    assert slack.open_home(ADA).ok
    home = slack.wait_for(lambda: slack.home(ADA))
    assert home is not None
    assert "Paying twice by pressing twice" in said(home.blocks)


def settled(stage: Stage, events: int) -> bool:
    """Whether that many reaction events are recorded and finished."""
    with stage.context.store.read() as session:
        from sqlalchemy import text

        done = session.execute(text("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL"))
        return bool(done.scalar_one() >= events)
