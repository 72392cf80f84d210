"""What went before the demo: an insight that shipped in July, and what Earshot found of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from bot.blocks import kit
from bot.demo import earlier
from bot.demo import feed as feeds
from bot.demo.run import served
from bot.demo.tour import STEPS
from bot.reports import EffectVerdict
from bot.service import effect
from demo_client import BEN, CHECKOUT, MIRA, Client, texts

pytestmark = pytest.mark.limits
"""What the demo's people do keeps to the product's own limits."""


@pytest.fixture
def client() -> Iterator[Client]:
    with served(feeds.sample(), 0) as (world, address):
        client = Client(world, address)
        client.idle()
        yield client


def card(client: Client) -> dict[str, object]:
    messages = client.state(MIRA, CHECKOUT)["messages"]
    found: dict[str, object] = next(m for m in messages if "Insight 1 ·" in str(m))
    return found


def test_the_verdict_in_the_thread_is_what_the_samples_tickets_tell(client: Client) -> None:
    context, now = client.world.stage.context, client.world.stage.now
    report = effect.of_insight(context, earlier.INSIGHT, now)
    assert (report.verdict, report.weeks) == (EffectVerdict.HELPED, 12)
    assert report.story is not None
    found = report.story.estimate
    shown = card(client)
    assert "Shipped on 22 Jul 2026" in texts([shown])
    replies = client.world.stage.slack.messages(CHECKOUT, thread_ts=str(shown["ts"]))
    [told] = [str(each.blocks) for each in replies if "after 12 weeks" in str(each.blocks)]
    assert "helped after 12 weeks" in told
    assert f"That is {found.ratio:.2f} times" in told
    assert kit.ACTION_VERIFY in told
    assert not client.world.stage.slack.ephemerals("U0NOOR"), "nobody keeps a private answer long"


def test_all_of_the_past_was_read_before_the_page_opens(client: Client) -> None:
    feed = client.state()["feed"]
    assert feed["read"] == feed["total"] == 603


def test_a_visitor_ships_one_and_is_told_when_its_day_has_come(client: Client) -> None:
    slack, place = client.world.stage.slack, {"channel": CHECKOUT, "ts": str(card(client)["ts"])}
    again = {"action_id": kit.ACTION_STATUS, "choice": "1:open"}
    assert client.act(BEN, "select", **place, **again)["ok"]
    client.until(lambda: "Insight 1 · open" in texts([card(client)]))
    client.idle()
    assert client.act(BEN, "select", **place, **(again | {"choice": "1:shipped"}))["ok"]
    client.until(lambda: client.state(BEN)["modal"])
    assert client.act(BEN, "submit", values={kit.BLOCK_DATE: "2026-10-14"})["ok"]
    client.until(partial(is_shipped, client))
    client.act(BEN, "clock", to="2026-10-30")
    client.idle()
    report = effect.of_insight(client.world.stage.context, 1, client.world.stage.now)
    assert (report.verdict, report.weeks) == (EffectVerdict.TOO_EARLY, 2)
    assert slack.message(CHECKOUT, place["ts"])


def is_shipped(client: Client) -> bool:
    return "Shipped on 14 Oct 2026" in texts([card(client)])


def test_the_tour_leads_to_the_thread_of_what_shipped(client: Client) -> None:
    [step] = [each for each in client.get("/api/tour") if each["title"] == "Did our fix help?"]
    assert step["thread"] == card(client)["ts"]
    assert len(STEPS) <= 12
