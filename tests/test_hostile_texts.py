"""Hostile tickets all the way: written by a customer, cleaned, redacted, read, shown in Slack."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from blocks_hostile import HARMFUL, WOVEN
from blocks_screens import Screen
from blocks_walk import faults, objects, payload, strings
from bot.blocks import kit, tickets
from bot.reports import Feature, Kind, TicketView
from bot.voice.features import Catalogue
from bot.voice.reading import make_safe, understand

TEXTS = int(os.environ.get("HOSTILE_TEXTS", "300"))
"""`make hostile` writes 10,000."""
CATALOGUE = Catalogue((Feature("checkout", "Checkout"),))
NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
URL = "https://help.example/t/77"
LIVE = {"mrkdwn", "markdown", "broadcast", "usergroup", "user", "channel", "link", "emoji", "date"}


@pytest.mark.case(1)
@pytest.mark.case(2)
@pytest.mark.case(3)
@pytest.mark.case(4)
@pytest.mark.timeout(120 + TEXTS // 10)
@settings(max_examples=TEXTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(WOVEN, HARMFUL)
def test_a_hostile_ticket_is_only_words_in_every_payload(subject: str, body: str) -> None:
    safe = make_safe(subject, f"The checkout does not work. {body}", tags=[subject[:80]])
    reading = understand(safe, CATALOGUE)
    ticket = TicketView(
        key=1,
        ticket_id="77",
        source="desk",
        created_at=NOW,
        subject=safe.subject,
        body=safe.body,
        url=URL,
        kinds=reading.kinds or (Kind.BROKEN,),
        features=CATALOGUE.features,
        quotes=(),
        segment=(safe.tags or (None,))[0],
    )
    quoted = kit.theirs(reading.quote or safe.subject, 3_000)
    assert_dead(tickets.render(ticket))
    assert_dead(tickets.view(ticket))
    assert_dead(kit.message("A quote", [kit.rich(kit.quote(quoted))]))


def assert_dead(screen: Screen) -> None:
    """Nothing in the payload mentions, links, formats, or tells everybody."""
    whole = payload(screen)
    assert faults(screen) == []
    for each in objects(whole):
        assert each.get("type") not in LIVE
        assert each.get("url") in {None, URL}
        if each.get("type") == "plain_text":
            assert each.get("emoji") is False
    for path, around, found in strings(whole):
        if around.get("type") not in {"text", "plain_text"}:
            assert not {"<", ">"} & set(found), path
