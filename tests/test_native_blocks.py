"""Charts and tables, and the text in their place where a workspace refuses them.

No answer may be lost by it, and none be shown twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit, words
from bot.demo.fake_slack import Message, http, rate_limited, reset_after_accept
from bot.demo.stage import Stage
from bot.native_blocks import BELIEVED_FOR, BlocksRefused, NativeBlocks
from bot.reports import Feature
from bot.reports import Message as Screen
from bot.service import catalogue, posting
from conftest import NOW, TICKETS
from outbox_stage import WITHOUT_HISTORY, pass_time, row, run, states
from people import ADA, CHECKOUT, SUPPORT, TEAM, asked, rows, said, told
from storage.columns import instant
from storage.models import FRICTION_BITS

CHART, TABLE = "data_visualization", "table"
QUESTION = "checkout"


def types(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def answers_to(stage: Stage, method: str = "response_url") -> int:
    return len(stage.slack.calls_of(method))


# --- answers to the asker -------------------------------------------------------------------


def test_a_trend_is_drawn_by_slack(full_stage: Stage) -> None:
    answer = asked(full_stage, ADA, SUPPORT, QUESTION)
    assert CHART in types(answer)
    assert "▃" not in said(answer)
    assert "By week since 6 Oct: 1 to 8 a week" in said(answer)
    assert "By week since 6 Oct: 1 to 8 a week, 8 in the week of 27 Oct" in answer.text
    assert answers_to(full_stage) == 1


def test_the_chart_shows_what_the_database_counts(full_stage: Stage) -> None:
    answer = asked(full_stage, ADA, SUPPORT, QUESTION)
    chart = next(block for block in answer.blocks if block["type"] == CHART)["chart"]
    counted = [(point["label"], point["value"]) for point in chart["series"][0]["data"]]
    about = "SELECT created_at, kinds FROM ticket_feature WHERE feature_id = 'checkout'"
    felt = [at for at, kinds in rows(full_stage, about) if kinds & FRICTION_BITS]
    weeks = [full_stage.now - timedelta(weeks=back) for back in range(5, -1, -1)]
    by_hand = [
        (words.day(begin), sum(instant(begin) <= at < instant(end) for at in felt))
        for begin, end in pairwise(weeks)
    ]
    assert counted == by_hand[1:]
    assert sum(value for _, value in counted) > 0


def test_every_row_of_the_table_is_a_click_or_a_choice_away(full_stage: Stage) -> None:
    ranking = asked(full_stage, ADA, SUPPORT, "")
    table = next(block for block in ranking.blocks if block["type"] == TABLE)
    names = [cells[0]["text"] for cells in table["rows"][1:] if cells[1]["text"] != "0"]
    controls = [e for block in ranking.blocks for e in block.get("elements", ())]
    shown = [e for e in controls if kit.each_of(kit.ACTION_ASK).match(e.get("action_id", ""))]
    (menu,) = (e for e in controls if e.get("action_id") == kit.ACTION_ASK_OTHER)
    offered = [e["text"]["text"] for e in shown + menu["options"]]
    assert offered == names
    third, last = shown[2], menu["options"][-1]
    assert full_stage.slack.click(ADA, ranking, third["action_id"]).ok
    full_stage.slack.wait_for(lambda: names[2] in said(full_stage.slack.ephemerals(ADA)[0])[:40])
    again = asked(full_stage, ADA, SUPPORT, "")
    assert full_stage.slack.select(ADA, again, kit.ACTION_ASK_OTHER, last["value"]).ok
    full_stage.slack.wait_for(lambda: names[-1] in said(full_stage.slack.ephemerals(ADA)[1])[:40])


def test_a_feature_that_no_ticket_names_is_said_to_be_one(full_stage: Stage) -> None:
    catalogue.bring_in(full_stage.context, [Feature("gift-wrap", "Gift wrap")])
    answer = asked(full_stage, ADA, SUPPORT, "")
    assert "Named in no ticket of the last 60 days: Gift wrap" in said(answer)


def test_a_refused_chart_becomes_text_and_the_answer_comes_once(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    answer = asked(full_stage, ADA, SUPPORT, QUESTION)
    assert CHART not in types(answer)
    assert "By week since 6 Oct: ▃▃▂█ 1 to 8 a week, 8 in the week of 27 Oct" in said(answer)
    assert len(full_stage.slack.ephemerals(ADA)) == 1
    assert answers_to(full_stage) == 2


def test_what_was_refused_is_not_tried_again_for_a_day(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    asked(full_stage, ADA, SUPPORT, QUESTION)
    asked(full_stage, ADA, SUPPORT, QUESTION)
    assert answers_to(full_stage) == 3
    assert TABLE in types(asked(full_stage, ADA, SUPPORT, ""))
    full_stage.now += BELIEVED_FOR
    full_stage.slack.refuse_blocks()
    assert CHART in types(asked(full_stage, ADA, SUPPORT, QUESTION))


def test_a_refused_table_becomes_lines(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(TABLE)
    answer = asked(full_stage, ADA, SUPPORT, "")
    assert TABLE not in types(answer)
    assert "Checkout : 14 tickets" in said(answer) or "Checkout: 14 tickets" in said(answer)
    assert len(full_stage.slack.ephemerals(ADA)) == 1


def test_a_click_replaces_its_answer_also_where_charts_are_refused(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    ranking = asked(full_stage, ADA, SUPPORT, "")
    assert full_stage.slack.click(ADA, ranking, kit.ACTION_ASK).ok
    full_stage.slack.wait_for(lambda: "▃" in said(full_stage.slack.ephemerals(ADA)[0]))
    assert len(full_stage.slack.ephemerals(ADA)) == 1


def test_a_mention_is_answered_where_charts_are_refused(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    full_stage.slack.mention(ADA, SUPPORT, QUESTION)
    assert "▃" in said(told(full_stage, ADA))
    assert answers_to(full_stage, "chat.postEphemeral") == 2
    assert len(full_stage.slack.ephemerals(ADA)) == 1


def test_a_refusal_of_something_else_is_tried_once_and_not_believed(full_stage: Stage) -> None:
    full_stage.slack.fail_next("response_url", http(400, "invalid_blocks"), times=2)
    full_stage.slack.slash_command(ADA, SUPPORT, "/friction", QUESTION)
    assert "Something went wrong on our side" in said(told(full_stage, ADA))
    assert answers_to(full_stage) == 3
    assert CHART in types(asked(full_stage, ADA, SUPPORT, QUESTION))


@pytest.mark.parametrize("body", ["invalid_blocks", '{"ok":false,"error":"invalid_blocks"}'])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_refusal_is_understood_however_it_is_worded(
    full_stage: Stage, body: str, status: int
) -> None:
    full_stage.slack.fail_next("response_url", http(status, body))
    assert "▃" in said(asked(full_stage, ADA, SUPPORT, QUESTION))


def test_an_answer_that_may_have_been_shown_is_not_sent_again(full_stage: Stage) -> None:
    full_stage.slack.fail_next("response_url", http(502))
    full_stage.slack.slash_command(ADA, SUPPORT, "/friction", QUESTION)
    full_stage.slack.wait_for(lambda: answers_to(full_stage) == 1)
    full_stage.earshot.executor.shutdown(wait=True)
    assert answers_to(full_stage) == 1


def test_the_operator_may_switch_them_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_NATIVE_BLOCKS", "off")
    with Stage(tmp_path, NOW) as stage:
        stage.take_in(TICKETS[-3:])
        assert TABLE not in types(asked(stage, ADA, SUPPORT, ""))
        assert answers_to(stage) == 1


# --- posts ----------------------------------------------------------------------------------


def drawn(text: str) -> Screen:
    """A message with a chart, and with words in its place."""
    words: dict[str, object] = {"type": "section", "text": {"type": "plain_text", "text": text}}
    points = [{"label": "1 Sep", "value": 3}]
    chart: dict[str, object] = {
        "type": CHART,
        "title": "Tickets",
        "chart": {
            "type": "bar",
            "series": [{"name": "Tickets", "data": points}],
            "axis_config": {"categories": ["1 Sep"]},
        },
    }
    return Screen(text, (words, chart), (words,))


def plan(stage: Stage, text: str) -> int:
    with stage.context.store.write() as session:
        return posting.plan_post(
            session,
            drawn(text),
            team=TEAM,
            channel=CHECKOUT,
            key=f"test:{text}",
            shows=posting.ANSWER,
            subject=0,
            now=stage.now,
        )


def posts(stage: Stage) -> list[list[str]]:
    return [types(post) for post in stage.slack.posts(CHECKOUT)]


def test_a_post_keeps_its_chart_and_slack_sees_nothing_else(http_stage: Stage) -> None:
    plan(http_stage, "one")
    run(http_stage)
    assert posts(http_stage) == [["section", CHART]]
    assert "plain" not in http_stage.slack.calls_of("chat.postMessage")[0].arguments


def test_a_post_whose_chart_is_refused_is_posted_once_without(http_stage: Stage) -> None:
    http_stage.slack.refuse_blocks(CHART)
    for text in ("one", "two"):
        plan(http_stage, text)
    pass_time(http_stage, timedelta(seconds=10))
    assert posts(http_stage) == [["section"], ["section"]]
    assert states(http_stage) == ["sent", "sent"]
    assert answers_to(http_stage, "chat.postMessage") == 3


AFTER_A_REFUSAL: dict[str, Callable[[], Any]] = {
    "the connection breaks after Slack took it": reset_after_accept,
    "Slack wants to be left alone": lambda: rate_limited(3),
    "Slack is down": lambda: http(503),
}


@pytest.mark.parametrize("case", AFTER_A_REFUSAL)
def test_what_goes_wrong_with_the_second_try_loses_and_doubles_nothing(
    http_stage: Stage, case: str
) -> None:
    plan(http_stage, "one")
    http_stage.slack.fail_next("chat.postMessage", "invalid_blocks")
    http_stage.slack.fail_next("chat.postMessage", AFTER_A_REFUSAL[case]())
    pass_time(http_stage, timedelta(minutes=2))
    assert len(posts(http_stage)) == 1
    assert states(http_stage) == ["sent"]


def test_a_post_of_unknown_outcome_is_held_where_nothing_can_be_read(http_stage: Stage) -> None:
    http_stage.slack.grant(WITHOUT_HISTORY)
    id = plan(http_stage, "one")
    http_stage.slack.fail_next("chat.postMessage", "invalid_blocks")
    http_stage.slack.fail_next("chat.postMessage", reset_after_accept())
    pass_time(http_stage, timedelta(minutes=1))
    assert row(http_stage, id).state == "held"
    assert len(posts(http_stage)) == 1


def test_a_post_that_is_refused_in_text_too_fails_and_teaches_nothing(http_stage: Stage) -> None:
    id = plan(http_stage, "one")
    http_stage.slack.fail_next("chat.postMessage", "invalid_blocks", times=2)
    run(http_stage)
    assert row(http_stage, id).state == "failed"
    assert row(http_stage, id).error == "invalid_blocks"
    plan(http_stage, "two")
    pass_time(http_stage, timedelta(seconds=5))
    assert posts(http_stage) == [["section", CHART]]


def test_a_single_message_that_is_too_long_teaches_nothing(http_stage: Stage) -> None:
    plan(http_stage, "one")
    http_stage.slack.fail_next("chat.postMessage", "msg_blocks_too_long")
    run(http_stage)
    plan(http_stage, "two")
    pass_time(http_stage, timedelta(seconds=5))
    assert posts(http_stage) == [["section"], ["section", CHART]]


def test_a_shared_answer_is_posted_where_charts_are_refused(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    answer = asked(full_stage, ADA, SUPPORT, QUESTION)
    assert full_stage.slack.click(ADA, answer, kit.ACTION_SHARE).ok
    told(full_stage, ADA, 2)
    full_stage.work()
    (post,) = full_stage.slack.posts(SUPPORT)
    assert CHART not in types(post)
    assert "▃▃▂█" in said(post)


def test_an_answer_and_a_post_learn_from_each_other(full_stage: Stage) -> None:
    full_stage.slack.refuse_blocks(CHART)
    plan(full_stage, "one")
    run(full_stage)
    asked(full_stage, ADA, SUPPORT, QUESTION)
    assert answers_to(full_stage) == 1


# --- the rule by itself ---------------------------------------------------------------------


def test_any_other_fault_is_not_tried_again(http_stage: Stage) -> None:
    id = plan(http_stage, "one")
    http_stage.slack.fail_next("chat.postMessage", "restricted_action")
    run(http_stage)
    assert row(http_stage, id).error == "restricted_action"
    assert answers_to(http_stage, "chat.postMessage") == 1


def test_a_message_without_stand_in_is_sent_as_it_is() -> None:
    native = NativeBlocks(on=False, now=lambda: NOW)
    tries: list[Any] = []

    def send(blocks: Any) -> None:
        tries.append(blocks)
        raise BlocksRefused("invalid_blocks")

    with pytest.raises(BlocksRefused):
        native.deliver(drawn("x").blocks, None, send)
    assert tries == [drawn("x").blocks]
