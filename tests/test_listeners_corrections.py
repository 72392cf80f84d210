"""Tickets corrected from Slack: they count at once, through every rereading, until taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import View
from bot.demo.stage import Stage
from bot.reports import FrictionReport, Kind
from bot.service import catalogue, friction, reread
from conftest import NOW
from people import (
    ADA,
    BEN,
    CUSTOMERS_WORDS,
    FEATURES,
    GUS,
    SUPPORT,
    asked,
    finish_listeners,
    modal,
    rows,
    said,
    take_some_tickets,
    ticket_post,
    told,
)
from storage import recount
from storage_rows import change

SAID = 'SELECT ticket_id, what, value, verdict, team, "user" FROM correction'


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def opened(stage: Stage, row: int = 1, user: str = ADA) -> View:
    """The modal of a ticket, opened from its post."""
    assert stage.slack.click(user, ticket_post(stage, row), kit.ACTION_SHOW).ok
    return modal(stage, user)


def corrected(stage: Stage, choice: str, user: str = ADA) -> View:
    """What the open modal shows after something was chosen in its menu."""
    view = modal(stage, user)
    before = view.hash
    assert stage.slack.select(user, view, kit.ACTION_CORRECT, choice).ok
    stage.slack.wait_for(lambda: view.hash != before)
    return view


def undone(stage: Stage, value: str, user: str = ADA) -> View:
    view = modal(stage, user)
    before = view.hash
    assert stage.slack.click(user, view, kit.ACTION_UNDO, value=value).ok
    stage.slack.wait_for(lambda: view.hash != before)
    return view


def checkout(stage: Stage) -> FrictionReport:
    report = friction.ask(stage.context, "checkout", NOW)
    assert isinstance(report, FrictionReport)
    return report


def wrong(stage: Stage) -> list[str]:
    with stage.context.store.read() as session:
        return list(recount.differences(session))


def ticket(stage: Stage, row: int = 1) -> dict[str, Any]:
    """What a ticket counts for, by plain SQL."""
    kinds, quotes, features = (
        rows(stage, f"SELECT kinds FROM ticket WHERE id = {row}")[0][0],
        rows(stage, f"SELECT kind FROM ticket_quote WHERE ticket_id = {row} ORDER BY kind"),
        rows(stage, f"SELECT feature_id FROM ticket_feature WHERE ticket_id = {row}"),
    )
    return {"kinds": kinds, "quotes": [*sum(quotes, ())], "features": [*sum(features, ())]}


def test_not_about_a_feature_counts_at_once_and_is_taken_back_by_one_click(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    before, read = checkout(stage), ticket(stage)
    assert "Broken · Checkout" in said(opened(stage))
    view = corrected(stage, "feature:not:checkout")
    assert "Not about Checkout , says" in said(view)
    assert "Broken · Checkout" not in said(view)
    after = checkout(stage)
    assert (after.mentioned, after.tickets) == (before.mentioned - 1, before.tickets - 1)
    assert CUSTOMERS_WORDS not in [quote.text for quote in after.quotes]
    assert rows(stage, SAID) == [(1, "feature", "checkout", "not", "T0EARSHOT", ADA)]
    assert wrong(stage) == []
    view = undone(stage, "feature:checkout")
    assert "Broken · Checkout" in said(view)
    assert "says" not in said(view)
    assert (checkout(stage), ticket(stage)) == (before, read)
    assert wrong(stage) == []


def test_another_kind_counts_at_once_with_the_sentence_that_was_taken_for_the_wrong_one(
    some: Stage,
) -> None:
    before, read = checkout(some), ticket(some)
    opened(some)
    corrected(some, "kind:not:broken")
    assert ticket(some) | {"features": []} == {"kinds": 0, "quotes": [], "features": []}
    assert "Confusing" in said(corrected(some, "kind:is:confusing"))
    assert ticket(some)["quotes"] == ["confusing"]
    quoted = "SELECT text FROM ticket_quote WHERE ticket_id = 1"
    assert CUSTOMERS_WORDS in rows(some, quoted)[0][0]
    after = checkout(some)
    assert after.tickets == before.tickets
    assert after.kinds[Kind.CONFUSING] == before.kinds[Kind.CONFUSING] + 1
    assert after.kinds[Kind.BROKEN] == before.kinds[Kind.BROKEN] - 1
    undone(some, "kind:broken")
    undone(some, "kind:confusing")
    assert (checkout(some), ticket(some)) == (before, read)
    assert wrong(some) == []


AGAIN = ["a reading of everything", "of its feature", "another catalogue", "a changed ticket"]


@pytest.mark.parametrize("what", AGAIN)
def test_a_correction_stands_through(some: Stage, tmp_path: Path, what: str) -> None:
    opened(some)
    corrected(some, "feature:not:checkout")
    corrected(some, "kind:not:broken")
    corrected(some, "kind:is:request")
    as_said = {"kinds": 8, "quotes": ["request"], "features": []}
    assert ticket(some) == as_said
    if what == AGAIN[0]:
        assert reread.everything(some.context).changed == 0
    elif what == AGAIN[1]:
        assert reread.of_feature(some.context, "checkout").changed == 0
    elif what == AGAIN[2]:
        catalogue.bring_in(some.context, FEATURES[1:])
        catalogue.bring_in(some.context, FEATURES)
    else:
        changed = tmp_path / "changed.jsonl"
        changed.write_text(
            '{"id": "900", "created_at": "2026-11-03T15:00:00Z", "subject": "Checkout",'
            f' "description": "{CUSTOMERS_WORDS}, again!", "tags": ["checkout"],'
            ' "url": "https://help.marigold.example/tickets/900"}'
        )
        assert some.take_in([changed]).changed == 1
    assert ticket(some) == as_said
    assert wrong(some) == []


def test_a_ticket_takes_its_corrections_with_it(some: Stage) -> None:
    from storage import tickets

    opened(some)
    corrected(some, "feature:not:checkout")
    with some.context.store.write() as session:
        tickets.remove(session, [1])
    assert rows(some, SAID) == []
    assert wrong(some) == []
    assert some.slack.click(ADA, modal(some, ADA), kit.ACTION_UNDO).ok
    some.slack.wait_for(lambda: len(some.slack.space.views.stacks[ADA]) == 2)
    assert "This ticket is no longer stored." in said(modal(some, ADA))


def test_whoever_sees_a_ticket_sees_what_was_said_of_it_and_by_whom(some: Stage) -> None:
    opened(some)
    some.now += timedelta(days=2)
    corrected(some, "kind:not:broken")
    view = opened(some, user=BEN)
    assert "Not broken , says , 5 Nov" in said(view)
    assert {"type": "user", "user_id": ADA} in objects(view.blocks)
    undone(some, "kind:broken", BEN)
    assert rows(some, SAID) == []


def objects(part: Any) -> Sequence[dict[str, Any]]:
    if isinstance(part, dict):
        return [part, *(each for value in part.values() for each in objects(value))]
    return [each for value in part for each in objects(value)] if isinstance(part, list) else []


HOSTILE = ["feature:not:zanzibar", "kind:is:zanzibar", "kind:maybe:broken", "kind", "x:not:broken"]


@pytest.mark.parametrize("choice", HOSTILE)
def test_what_no_menu_offers_changes_nothing(some: Stage, choice: str) -> None:
    view = opened(some)
    for block in view.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == kit.ACTION_CORRECT:
                element["options"][0]["value"] = choice
    assert some.slack.select(ADA, view, kit.ACTION_CORRECT, choice).ok
    some.slack.wait_for(lambda: len(some.slack.space.views.stacks[ADA]) == 2)
    assert rows(some, SAID) == []


def test_a_guest_corrects_nothing(some: Stage) -> None:
    view = opened(some)
    space = some.slack.space
    space.views.stacks[GUS] = [view]
    assert some.slack.select(GUS, view, kit.ACTION_CORRECT, "kind:not:broken").ok
    finish_listeners(some)
    assert rows(some, SAID) == []


def test_a_row_that_is_none_is_a_kind_sentence(some: Stage) -> None:
    post = ticket_post(some)
    for block in post.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == kit.ACTION_SHOW:
                element["value"] = "1 OR 1"
    assert some.slack.click(ADA, post, kit.ACTION_SHOW).ok
    assert "nothing such here any more" in said(told(some, ADA))


def test_the_answer_and_the_modal_agree_after_a_correction(some: Stage) -> None:
    opened(some)
    corrected(some, "feature:not:checkout")
    assert "Checkout. Too few tickets to say: 4" in said(asked(some, ADA, SUPPORT, "checkout"))


@pytest.mark.parametrize("choice", ["kind:is:request", "feature:not:checkout"])
def test_a_ticket_that_went_while_its_modal_was_open_is_said_to_be_gone(
    some: Stage, choice: str
) -> None:
    opened(some)
    change(some.context.store, "DELETE FROM ticket WHERE id = 1")
    assert some.slack.select(ADA, modal(some, ADA), kit.ACTION_CORRECT, choice).ok
    finish_listeners(some)
    assert "no longer stored" in said(modal(some, ADA)) + said(some.slack.ephemerals(ADA)[-1:])
    assert not rows(some, SAID)
