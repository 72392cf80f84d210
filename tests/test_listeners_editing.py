"""Features edited from Slack: what would change is shown first, and stays through the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.fake_slack import ClientRefusal, Message, View
from bot.demo.stage import Stage
from bot.reports import Feature, FrictionReport, Right
from bot.service import catalogue, friction
from bot.service.context import Context
from conftest import NOW
from people import (
    ADA,
    BEN,
    CHECKOUT,
    FEATURES,
    GENERAL,
    GUS,
    PRIVATE,
    SUPPORT,
    asked,
    modal,
    rows,
    said,
    take_some_tickets,
    told,
)
from storage import recount

NAMED = "SELECT ticket_id FROM ticket_feature WHERE feature_id = '{}' ORDER BY ticket_id"


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """A few tickets, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    return http_stage


def about(stage: Stage, feature: str) -> list[int]:
    return [row for (row,) in rows(stage, NAMED.format(feature))]


def features(context: Context) -> dict[str, Feature]:
    return {feature.id: feature for feature in catalogue.every(context)}


def alias_of(stage: Stage, question: str, user: str = ADA) -> View:
    answer = asked(stage, user, SUPPORT, question)
    stage.slack.space.views.clear(user)
    assert stage.slack.click(user, answer, kit.ACTION_ALIAS).ok
    return modal(stage, user)


def edit_of(stage: Stage, feature: str = "checkout", user: str = ADA) -> View:
    answer = asked(stage, user, SUPPORT, feature)
    stage.slack.space.views.clear(user)
    assert stage.slack.select(user, answer, kit.ACTION_MORE, f"edit:{feature}").ok
    return modal(stage, user)


def submitted(stage: Stage, user: str = ADA, **values: Any) -> View:
    """What the modal shows after it was submitted with these inputs."""
    delivery = stage.slack.submit_view(user, values)
    assert delivery.ok, delivery.faults
    return modal(stage, user)


def wrong(stage: Stage) -> list[str]:
    with stage.context.store.read() as session:
        return list(recount.differences(session))


# --- an alias -----------------------------------------------------------------------------------


def test_words_that_name_no_feature_become_an_alias_after_a_look_at_what_changes(
    stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(stage, tmp_path)
    assert about(stage, "csv-export") == [7]
    view = alias_of(stage, "coupon")
    assert view.definition["submit"]["text"] == "Show what changes"
    shown = submitted(stage, feature="csv-export")
    assert "coupon would name 1 more ticket of the last 90 days" in said(shown)
    assert ": said in 1, 0 of them about CSV export already" in said(shown)
    assert shown.definition["submit"]["text"] == "Save"
    assert features(stage.context)["csv-export"].aliases == ("order export",), "not yet"
    assert "Saved." in said(submitted(stage))
    assert features(stage.context)["csv-export"].aliases == ("order export", "coupon")
    stage.work()
    assert about(stage, "csv-export") == [3, 7]
    assert "CSV export" in said(asked(stage, ADA, SUPPORT, "coupon"))
    assert wrong(stage) == []


def test_what_is_said_to_change_is_what_changes(some: Stage) -> None:
    before = about(some, "login")
    alias_of(some, "paying fails")
    shown = said(submitted(some, alias="button", feature="login"))
    submitted(some)
    some.work()
    new = len(about(some, "login")) - len(before)
    assert new == 1
    assert f"button would name {new} more ticket" in shown


def test_an_edit_that_was_changed_after_the_look_is_shown_once_more(some: Stage) -> None:
    alias_of(some, "coupon")
    submitted(some, feature="csv-export")
    shown = submitted(some, feature="login")
    assert "about Login already" in said(shown)
    assert "coupon" not in features(some.context)["login"].aliases
    submitted(some)
    assert features(some.context)["login"].aliases == ("sign in", "coupon")
    assert "coupon" not in features(some.context)["csv-export"].aliases


def test_an_edit_of_somebody_else_meanwhile_is_not_overwritten_unseen(some: Stage) -> None:
    edit_of(some)
    submitted(some, aliases="payment page\nbasket")
    edit_of(some, user=BEN)
    submitted(some, BEN, aliases="payment page\nbilling")
    submitted(some, BEN)
    shown = submitted(some)
    assert shown.definition["submit"]["text"] == "Save"
    assert "billing would be no name any more" in said(shown)
    assert features(some.context)["checkout"].aliases == ("payment page", "billing")


def test_nothing_found_can_be_made_an_alias_too(some: Stage) -> None:
    alias_of(some, "zanzibar")
    shown = said(submitted(some, feature="login"))
    assert "zanzibar : no ticket of the last 90 days says it" in shown


def test_quotes_of_a_search_are_no_part_of_the_alias(some: Stage) -> None:
    view = alias_of(some, '"charged twice"')
    assert "charged twice" in json.dumps(view.blocks)
    assert '\\"charged' not in json.dumps(view.blocks)


def test_an_alias_that_is_there_already_or_says_nothing_is_told_at_its_field(some: Stage) -> None:
    alias_of(some, "coupon")
    view = submitted(some, alias="Payment Page", feature="checkout")
    assert view.errors == {kit.BLOCK_ALIAS: "Checkout is called so already."}
    view = submitted(some, alias="!!!", feature="checkout")
    assert view.errors == {kit.BLOCK_ALIAS: "Give a word or a few."}


def test_the_likeliest_feature_is_chosen_already(some: Stage) -> None:
    view = alias_of(some, "csv")
    chosen = view.blocks[1]["element"]["initial_option"]["value"]
    assert chosen in {"csv-export", "csv-import"}


def test_an_alias_needs_a_feature(some: Stage) -> None:
    view = alias_of(some, "zanzibar")
    assert "initial_option" not in view.blocks[1]["element"]
    with pytest.raises(ClientRefusal):
        some.slack.submit_view(ADA)


def test_a_name_that_another_feature_has_is_said(some: Stage) -> None:
    alias_of(some, "coupon")
    shown = submitted(some, alias="sign in", feature="checkout")
    assert "It is a name of Login as well" in said(shown)


# --- a feature ----------------------------------------------------------------------------------


def test_a_feature_is_edited_from_its_answer(stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(stage, tmp_path)
    view = edit_of(stage)
    assert "payment page" in json.dumps(view.blocks)
    shown = submitted(stage, name="Checkout", aliases="phone\ncard", channels=[CHECKOUT, SUPPORT])
    text = said(shown)
    assert "phone would name 0 more tickets of the last 90 days: said in 1, 1 of them" in text
    assert (
        "payment page would be no name any more: tickets about Checkout that say it, 0 in" in text
    )
    assert "Would be owned by" in text
    assert "Saved." in said(submitted(stage))
    found = features(stage.context)["checkout"]
    assert (found.aliases, found.channels) == (("phone", "card"), (CHECKOUT, SUPPORT))
    assert found.tags == ("checkout",), "what the modal does not show stays"
    stage.work()
    assert wrong(stage) == []


def test_dropping_a_name_lets_tickets_go(some: Stage) -> None:
    alias_of(some, "coupon")
    submitted(some, feature="csv-export")
    submitted(some)
    some.work()
    assert about(some, "csv-export") == [3, 7]
    edit_of(some, "csv-export")
    assert "coupon would be no name any more: tickets about CSV export that say it, 1 in" in said(
        submitted(some, aliases="order export")
    )
    submitted(some)
    some.work()
    assert about(some, "csv-export") == [7]
    assert wrong(some) == []


def test_an_owner_that_is_dropped_owns_it_no_more_whoever_said_so(some: Stage) -> None:
    edit_of(some)
    submitted(some, channels=[])
    submitted(some)
    assert features(some.context)["checkout"].channels == ()
    assert rows(some, "SELECT * FROM feature_channel WHERE feature_id = 'checkout'") == []


def test_a_channel_that_cards_cannot_go_to_is_told_at_its_field(some: Stage) -> None:
    edit_of(some)
    view = submitted(some, channels=[PRIVATE])
    assert "/invite @Earshot" in view.errors[kit.BLOCK_CHANNELS]
    assert features(some.context)["checkout"].channels == (CHECKOUT,)


def test_nothing_changed_is_said_and_keeps_the_file_in_charge(some: Stage) -> None:
    edit_of(some)
    assert "Nothing would change." in said(submitted(some))
    submitted(some)
    assert rows(some, "SELECT edits FROM feature WHERE id = 'checkout'") in (
        [("{}",)],
        [({},)],
    )


def test_a_name_is_needed_and_not_too_long_a_one(some: Stage) -> None:
    edit_of(some)
    assert submitted(some, name="?").errors == {kit.BLOCK_NAME: "Give it a name."}
    assert "at most 80" in submitted(some, name="x" * 120).errors[kit.BLOCK_NAME]
    assert "at most 80" in submitted(some, name="X", aliases="y" * 90).errors[kit.BLOCK_ALIASES]
    many = "\n".join(f"a{number}" for number in range(60))
    assert "At most 50" in submitted(some, aliases=many).errors[kit.BLOCK_ALIASES]


def test_hostile_names_are_inert(some: Stage) -> None:
    edit_of(some)
    shown = submitted(some, name="<!channel> *Pay* \u202e", aliases="<@U0BEN>\n```\n{x}")
    assert "<!channel> *Pay*" in said(shown)
    assert "Saved." in said(submitted(some))
    some.work()
    assert "<!channel> *Pay*" in said(asked(some, ADA, SUPPORT, "channel pay"))


def test_a_feature_that_is_gone_is_said_to_be_gone(some: Stage) -> None:
    edit_of(some)
    catalogue.bring_in(some.context, FEATURES[1:])
    delivery = some.slack.submit_view(ADA, {"name": "Paying"})
    assert delivery.ok
    assert "no longer in the catalogue" in modal(some, ADA).errors[kit.BLOCK_NAME]


# --- those who may ------------------------------------------------------------------------------


def editors(stage: Stage, monkeypatch: pytest.MonkeyPatch, *people: str) -> None:
    from bot.service import policy

    few = {Right.EDIT_FEATURES: people}
    monkeypatch.setattr(policy, "named", lambda _, right: few.get(right, ()))


def offers(answer: Message) -> set[str]:
    elements = [e for block in answer.blocks for e in block.get("elements", ())]
    ids = {e.get("action_id") for e in elements}
    return ids & {kit.ACTION_ALIAS, kit.ACTION_MORE}


def test_only_those_who_may_are_offered_to_edit(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    editors(some, monkeypatch, BEN)
    assert offers(asked(some, ADA, SUPPORT, "coupon")) == set()
    assert offers(asked(some, ADA, SUPPORT, "checkout")) == set()
    assert offers(asked(some, ADA, SUPPORT, "zanzibar")) == set()
    assert offers(asked(some, BEN, SUPPORT, "coupon")) == {kit.ACTION_ALIAS}
    assert offers(asked(some, BEN, SUPPORT, "zanzibar")) == {kit.ACTION_ALIAS}
    assert offers(asked(some, BEN, SUPPORT, "checkout")) == {kit.ACTION_MORE}


@pytest.mark.case(38)
def test_it_is_the_click_that_is_checked_and_each_step_again(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    search, feature = (asked(some, ADA, SUPPORT, each) for each in ("coupon", "checkout"))
    edit_of(some)
    submitted(some, aliases="basket")
    with monkeypatch.context() as now:
        editors(some, now, BEN)
        shown = modal(some, ADA)
        assert some.slack.submit_view(ADA).ok
        assert "edited by a few people" in shown.errors[kit.BLOCK_NAME]
        some.slack.space.views.clear(ADA)
        before = len(some.slack.ephemerals(ADA))
        assert some.slack.click(ADA, search, kit.ACTION_ALIAS).ok
        assert "edited by a few people" in said(told(some, ADA, before + 1))
        assert some.slack.select(ADA, feature, kit.ACTION_MORE, "edit:checkout").ok
        assert "edited by a few people" in said(told(some, ADA, before + 2))
        assert some.slack.view(ADA) is None
    assert features(some.context)["checkout"].aliases == ("payment page",)


def test_a_guest_is_refused_with_the_sentence_for_guests(some: Stage) -> None:
    view = edit_of(some)
    some.slack.space.views.stacks[GUS] = [view]
    assert some.slack.submit_view(GUS, {"aliases": "basket"}).ok
    assert "full members" in view.errors[kit.BLOCK_NAME]


def test_what_no_menu_offers_opens_nothing(some: Stage) -> None:
    answer = asked(some, ADA, GENERAL, "checkout")
    for number, choice in enumerate(("edit:zanzibar", "drop:checkout"), 2):
        for block in answer.blocks:
            for element in block.get("elements", ()):
                if element.get("action_id") == kit.ACTION_MORE:
                    element["options"][0]["value"] = choice
        assert some.slack.select(ADA, answer, kit.ACTION_MORE, choice).ok
        told(some, ADA, number)
    assert some.slack.view(ADA) is None


# --- the file -----------------------------------------------------------------------------------


def test_a_later_file_brings_its_own_and_keeps_what_was_edited(some: Stage) -> None:
    edit_of(some)
    submitted(some, aliases="basket\nphone", channels=[SUPPORT])
    submitted(some)
    newer = Feature("checkout", "Paying", ("payment page", "till"), ("pay",), (CHECKOUT, GENERAL))
    change = catalogue.bring_in(some.context, [newer, *FEATURES[1:]])
    assert (change.kept, change.lost) == (("checkout",), ())
    found = features(some.context)["checkout"]
    assert (found.name, found.tags) == ("Paying", ("pay",))
    assert found.aliases == ("till", "basket", "phone"), "one dropped, two added"
    assert found.channels == (GENERAL, SUPPORT)
    change = catalogue.bring_in(some.context, [found, *FEATURES[1:]])
    assert (change.kept, change.lost) == ((), ()), "the file says it now"
    change = catalogue.bring_in(some.context, [newer, *FEATURES[1:]])
    assert features(some.context)["checkout"] == newer, "and has the last word again"


def test_a_file_overwrites_edits_only_where_that_is_asked_for(some: Stage) -> None:
    edit_of(some)
    submitted(some, aliases="basket")
    submitted(some)
    change = catalogue.bring_in(some.context, FEATURES, overwrite=True)
    assert (change.kept, change.lost) == ((), ("checkout",))
    assert features(some.context)["checkout"] == FEATURES[0]


def test_edits_that_go_with_their_feature_are_said_to_be_lost(some: Stage) -> None:
    edit_of(some)
    submitted(some, aliases="basket")
    submitted(some)
    change = catalogue.bring_in(some.context, FEATURES[1:])
    assert (change.removed, change.lost) == (1, ("checkout",))


def test_figures_follow_an_edit(some: Stage) -> None:
    def login() -> int:
        report = friction.ask(some.context, "login", NOW)
        assert isinstance(report, FrictionReport)
        return report.tickets

    before = login()
    alias_of(some, "coupon")
    submitted(some, feature="login")
    submitted(some)
    some.work()
    assert login() == before + 1
