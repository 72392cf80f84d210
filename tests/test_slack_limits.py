"""Slack's limits, each at the last value that passes and the first that does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack_limits import check_blocks, check_message, check_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "a", text: str = "A") -> Json:
    return {"text": plain(text), "value": value}


def select(**fields: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **fields}


def input_block(**fields: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "v"}
    return {"type": "input", "label": plain("Title"), "element": element, **fields}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def table(rows: int, columns: int, text: str = "x") -> Json:
    cell = {"type": "raw_text", "text": text}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)]}


def chart(points: int = 3, series: int = 1, **fields: Any) -> Json:
    labels = [f"w{number}" for number in range(points)]
    data = [{"label": label, "value": 1} for label in labels]
    return {
        "type": "data_visualization",
        "title": "Tickets by week",
        "chart": {
            "type": "line",
            "series": [{"name": f"s{number}", "data": data} for number in range(series)],
            "axis_config": {"categories": labels},
        },
        **fields,
    }


def plotted(
    labels: list[str] | None = None,
    names: list[str] | None = None,
    value: object = 1,
    **axes: str,
) -> Json:
    categories = labels or ["w0"]
    data = [{"label": label, "value": value} for label in categories]
    series = [{"name": name, "data": data} for name in names or ["s0"]]
    axis_config = {"categories": categories, **axes}
    return chart(chart={"type": "bar", "series": series, "axis_config": axis_config})


def modal(*blocks: Json, **fields: Any) -> Json:
    return {"type": "modal", "title": plain("Tag"), "blocks": list(blocks), **fields}


def codes(*blocks: Json) -> set[str]:
    return {fault.code for fault in check_blocks(list(blocks))}


def message_codes(**payload: Any) -> set[str]:
    return {fault.code for fault in check_message(payload)}


def view_codes(view: Json) -> set[str]:
    return {fault.code for fault in check_view(view)}


DIVIDER: Json = {"type": "divider"}
GOOD: list[Json] = [
    DIVIDER,
    section(text=mrkdwn("x" * 3000)),
    section(fields=[plain("x" * 2000)] * 5),
    section(text=plain("x"), accessory=button(value="v" * 2000, url="https://e.xy/")),
    section(text=plain("x"), accessory=select(initial_option=option())),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [mrkdwn("x")] * 10},
    {"type": "image", "image_url": "https://e.xy/a.png", "alt_text": "a"},
    actions(*(button(action_id=f"b{number}") for number in range(25))),
    actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(5)]}),
    input_block(),
    rich(
        rich_section(
            {"type": "text", "text": "so slow", "style": {"bold": True}},
            {"type": "link", "url": "https://e.xy"},
            {"type": "emoji", "name": "bulb"},
            {"type": "user", "user_id": "U1"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "broadcast", "range": "here"},
            {"type": "date", "timestamp": 1720710212, "format": "{date_num}", "fallback": "then"},
        ),
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}], "border": 1},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "q"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [rich_section({"type": "text", "text": "one"})],
        },
    ),
    table(100, 2),
    table(1, 20),
    chart(points=20, series=6),
    {"type": "alert", "text": plain("Careful"), "level": "warning"},
    {"type": "container", "title": plain("More"), "child_blocks": [DIVIDER] * 10},
    {
        "type": "data_table",
        "caption": "Features",
        "rows": [
            [{"type": "raw_text", "text": "Feature"}, {"type": "raw_text", "text": "Tickets"}],
            [{"type": "raw_text", "text": "checkout"}, {"type": "raw_number", "value": 4}],
        ],
    },
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_a_block_at_its_limits_is_accepted(block: Json) -> None:
    assert check_blocks([block]) == []


BAD: list[tuple[str, str, Json]] = [
    ("section text of 3001", "too_long", section(text=mrkdwn("x" * 3001))),
    ("section without text or fields", "missing", section()),
    ("empty section text", "too_short", section(text=mrkdwn(""))),
    ("eleven fields", "too_many", section(fields=[plain("x")] * 11)),
    ("a field of 2001", "too_long", section(fields=[plain("x" * 2001)])),
    ("text as a bare string", "missing", section(text="hello")),
    ("text input as accessory", "not_allowed_here",
     section(text=plain("x"), accessory={"type": "plain_text_input", "action_id": "a"})),
    ("header of 151", "too_long", {"type": "header", "text": plain("x" * 151)}),
    ("header in mrkdwn", "unknown_type", {"type": "header", "text": mrkdwn("x")}),
    ("empty header", "too_short", {"type": "header", "text": plain("")}),
    ("26 elements in actions", "too_many",
     actions(*(button(action_id=f"b{number}") for number in range(26)))),
    ("no element in actions", "too_few", actions()),
    ("text in actions", "not_allowed_here", actions(mrkdwn("x"))),
    ("image in actions", "not_allowed_here",
     actions({"type": "image", "image_url": "https://e.xy", "alt_text": "x"})),
    ("eleven context elements", "too_many", {"type": "context", "elements": [mrkdwn("x")] * 11}),
    ("button in context", "not_allowed_here", {"type": "context", "elements": [button()]}),
    ("button text of 76", "too_long", actions(button(text=plain("x" * 76)))),
    ("button text in mrkdwn", "unknown_type", actions(button(text=mrkdwn("x")))),
    ("button value of 2001", "too_long", actions(button(value="v" * 2001))),
    ("button url of 3001", "too_long", actions(button(url="u" * 3001))),
    ("button label of 76", "too_long", actions(button(accessibility_label="x" * 76))),
    ("unknown button style", "invalid", actions(button(style="loud"))),
    ("action id of 256", "too_long", actions(button(action_id="x" * 256))),
    ("same action id twice", "duplicate", actions(button(), button())),
    ("misspelt property", "unknown_property", actions(button(colour="red"))),
    ("confirm title of 101", "too_long", actions(button(confirm={
        "title": plain("x" * 101), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")
    }))),
    ("101 options", "too_many", actions(select(options=[option(str(n)) for n in range(101)]))),
    ("no options", "conflict", actions({"type": "static_select", "action_id": "s"})),
    ("option text of 76", "too_long", actions(select(options=[option(text="x" * 76)]))),
    ("option value of 151", "too_long", actions(select(options=[option("x" * 151)]))),
    ("placeholder of 151", "too_long", actions(select(placeholder=plain("x" * 151)))),
    ("initial option that is not offered", "invalid",
     actions(select(initial_option=option("b")))),
    ("six overflow options", "too_many", actions({
        "type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]
    })),
    ("image without alt text", "missing", {"type": "image", "image_url": "https://e.xy"}),
    ("image url of 3001", "too_long", {"type": "image", "image_url": "u" * 3001, "alt_text": "a"}),
    ("input label of 2001", "too_long", input_block(label=plain("x" * 2001))),
    ("button in an input", "not_allowed_here", input_block(element=button())),
    ("block id of 256", "too_long", {"type": "divider", "block_id": "x" * 256}),
    ("unknown block", "unknown_type", {"type": "hologram"}),
    ("block without a type", "missing", {}),
    ("empty rich text", "too_short", rich(rich_section({"type": "text", "text": ""}))),
    ("unknown rich text", "not_allowed_here", rich(rich_section({"type": "blink", "text": "x"}))),
    ("mention in preformatted", "not_allowed_here", rich(
        {"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}
    )),
    ("unknown broadcast", "invalid", rich(rich_section({"type": "broadcast", "range": "all"}))),
    ("101 table rows", "too_many", table(101, 1)),
    ("21 table cells", "too_many", table(1, 21)),
    ("10,001 table characters", "too_long", table(1, 2, "x" * 5001)),
    ("empty table cell", "too_short", table(1, 1, "")),
    ("chart title of 51", "too_long", chart(title="x" * 51)),
    ("seven series", "too_many", chart(series=7)),
    ("21 points", "too_many", chart(points=21)),
    ("unknown chart", "unknown_type", chart(chart={"type": "radar"})),
    ("chart label of 21", "too_long", plotted(labels=["x" * 21])),
    ("series name of 21", "too_long", plotted(names=["x" * 21])),
    ("axis label of 51", "too_long", plotted(x_label="x" * 51)),
    ("two series of one name", "duplicate", plotted(names=["a", "a"])),
    ("a chart that says what Slack does not know", "unknown_property", chart(alt_text="x")),
    ("a chart without a title", "missing", {"type": "data_visualization", "chart": {}}),
    ("a value as a string", "wrong_type", plotted(value="3")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "block"), [(c, b) for _, c, b in BAD], ids=[n for n, _, _ in BAD])
def test_a_block_beyond_its_limits_is_refused(code: str, block: Json) -> None:
    assert code in codes(block)


def test_a_fault_points_to_where_it_stands() -> None:
    (fault,) = check_blocks([DIVIDER, actions(button(), button(action_id="x", value=""))])
    assert fault.pointer == "/blocks/1/elements/1/value"
    assert "[json-pointer:/blocks/1/elements/1/value]" in str(fault)


def test_chart_labels_must_match_the_categories() -> None:
    broken = chart()
    broken["chart"]["axis_config"]["categories"] = ["w0", "w1", "other"]
    assert codes(broken) == {"invalid"}


def test_a_message_with_50_blocks_is_accepted() -> None:
    assert message_codes(text="x", blocks=[DIVIDER] * 50) == set()


def test_a_message_with_51_blocks_is_refused() -> None:
    assert message_codes(text="x", blocks=[DIVIDER] * 51) == {"too_many_blocks"}


def test_block_ids_are_unique_in_a_message() -> None:
    assert codes({**DIVIDER, "block_id": "a"}, {**DIVIDER, "block_id": "a"}) == {"duplicate"}


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert codes(actions(button()), actions(button())) == set()


def test_a_message_holds_one_table() -> None:
    assert codes(table(1, 1), table(1, 1)) == {"only_one_table_allowed"}


def test_a_message_holds_two_charts() -> None:
    assert codes(chart(), chart()) == set()
    assert codes(chart(), chart(), chart()) == {"too_many"}


def test_markdown_blocks_share_12000_characters() -> None:
    half = {"type": "markdown", "text": "x" * 6001}
    assert codes(half) == set()
    assert codes(half, half) == {"too_long"}


def test_text_of_40001_characters_is_refused() -> None:
    assert message_codes(text="x" * 40_000) == set()
    assert message_codes(text="x" * 40_001) == {"msg_too_long"}


@pytest.mark.parametrize("payload", [{}, {"text": ""}, {"text": "  "}, {"blocks": []}])
def test_a_message_that_says_nothing_is_refused(payload: Json) -> None:
    assert {fault.code for fault in check_message(payload)} == {"no_text"}


def test_blocks_of_more_than_13200_characters_together_are_refused() -> None:
    blocks = [section(text=plain("x" * 2900)) for _ in range(5)]
    assert message_codes(text="x", blocks=blocks[:4]) == set()
    assert message_codes(text="x", blocks=blocks) == {"msg_blocks_too_long"}


def test_metadata_needs_a_type_and_a_payload() -> None:
    good = {"event_type": "digest", "event_payload": {"key": "k"}}
    assert message_codes(text="x", metadata=good) == set()
    assert message_codes(text="x", metadata={"event_type": "digest"}) == {"invalid_metadata_format"}


def test_a_modal_within_limits_is_accepted() -> None:
    view = modal(
        input_block(), submit=plain("Save"), private_metadata="x" * 3000, callback_id="x" * 255
    )
    assert check_view(view) == []


@pytest.mark.parametrize("name", ["title", "submit", "close"])
def test_modal_labels_of_25_characters_are_refused(name: str) -> None:
    assert view_codes({**modal(DIVIDER), name: plain("x" * 24)}) == set()
    assert view_codes({**modal(DIVIDER), name: plain("x" * 25)}) == {"too_long"}


def test_a_modal_with_inputs_needs_submit() -> None:
    assert view_codes(modal(input_block())) == {"missing"}


def test_a_home_view_with_inputs_needs_no_submit() -> None:
    assert view_codes({"type": "home", "blocks": [input_block()]}) == set()


def test_a_view_holds_100_blocks() -> None:
    assert view_codes(modal(*[DIVIDER] * 100)) == set()
    assert view_codes(modal(*[DIVIDER] * 101)) == {"too_many_blocks"}


@pytest.mark.parametrize("block", [table(1, 1), chart(), {"type": "markdown", "text": "x"}])
def test_blocks_for_messages_are_refused_in_views(block: Json) -> None:
    assert view_codes(modal(block)) == {"not_allowed_here"}


def test_private_metadata_of_3001_characters_is_refused() -> None:
    assert view_codes(modal(DIVIDER, private_metadata="x" * 3001)) == {"too_long"}


def test_only_one_element_takes_the_focus() -> None:
    element = {"type": "plain_text_input", "action_id": "v", "focus_on_load": True}
    view = modal(input_block(element=element), input_block(element=element), submit=plain("Go"))
    assert view_codes(view) == {"conflict"}


def test_a_view_above_250_kb_is_refused() -> None:
    fields = [plain("ü" * 2000)] * 10
    assert "view_too_large" in view_codes(modal(*[section(fields=fields) for _ in range(10)]))


def test_a_view_is_a_modal_or_a_home() -> None:
    assert view_codes({"type": "popup", "blocks": []}) == {"invalid"}


NAMES = [
    *("type", "text", "elements", "rows", "chart", "series", "axis_config", "categories"),
    *("options", "option_groups", "initial_options", "child_blocks", "block_id"),
]
KINDS = ["section", "actions", "static_select", "table", "data_visualization", "line"]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES) | st.text(max_size=5),
            inner | st.sampled_from(KINDS),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_nonsense_is_refused_and_never_breaks_the_checker(value: Any) -> None:
    check_blocks(value)
    check_blocks([value])
    check_message({"text": value, "blocks": value, "metadata": value})
    check_view({"type": "modal", "title": value, "blocks": value})
