"""What a person picks and types: from a plain value to Slack's state, and back.

Every kind of element reports its value under a key of its own, and initial values count as
picked. Code that reads the wrong key works in no workspace, so the fake uses the real ones.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.demo.fake_slack.model import Json
from bot.demo.slack_limits import elements_of, flattened

# element type -> (key in the state, key of the initial value)
KEYS: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
STATELESS = {"button", "overflow", "image", "feedback_buttons", "icon_button"}


class ClientRefusal(AssertionError):
    """A person's Slack would not let them do this: no such button, a required input empty."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})


def options_of(element: Mapping[str, Any]) -> list[Json]:
    """All options that a menu offers, groups opened."""
    groups: Sequence[Mapping[str, Any]] = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(each for g in groups for each in g["options"])]


def _option(element: Mapping[str, Any], value: object) -> Json:
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": str(value)}
    for option in options_of(element):
        if option["value"] == value:
            return option
    offered = ", ".join(option["value"] for option in options_of(element))
    raise ClientRefusal(f"no option {value!r} in {element.get('action_id')}: {offered}")


def _options(element: Mapping[str, Any], value: object) -> list[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ClientRefusal(f"{element.get('action_id')} takes a list of values")
    return [_option(element, each) for each in value]


_TAKES: Mapping[str, type] = {"rich_text_value": dict, "selected_date_time": int}
_PICKS: Mapping[str, Callable[[Mapping[str, Any], object], Any]] = {
    "selected_option": _option,
    "selected_options": _options,
}


def picked(element: Mapping[str, Any], value: object) -> Json:
    """The state of an element when a person chooses `value`; None takes the choice back."""
    kind = element["type"]
    if kind not in KEYS:
        raise ClientRefusal(f"nothing can be chosen in a {kind}")
    key, _ = KEYS[kind]
    if value is not None and key in _PICKS:
        return {"type": kind, key: _PICKS[key](element, value)}
    takes = _TAKES.get(key, list if key.endswith("s") else str)
    if value is not None and not isinstance(value, takes):
        raise ClientRefusal(f"{element.get('action_id')} takes a {takes.__name__}")
    return {"type": kind, key: value}


def _initial(element: Mapping[str, Any]) -> Json:
    kind = element["type"]
    key, initial = KEYS[kind]
    empty: object = [] if key.endswith("s") and kind != "rich_text_input" else None
    return {"type": kind, key: element.get(initial, empty)}


def state_values(blocks: list[Json], touched: Mapping[str, Json]) -> dict[str, Json]:
    """`state.values` of a surface: touched values over initial ones."""
    values: dict[str, Json] = {}
    for _, block in flattened(blocks, ""):
        for element in elements_of(block):
            if element.get("type") in KEYS and element["type"] not in STATELESS:
                block_id, action_id = str(block["block_id"]), str(element["action_id"])
                known = touched.get(block_id, {}).get(action_id)
                values.setdefault(block_id, {})[action_id] = known or _initial(element)
    return values


def value_in(state: Mapping[str, Any]) -> object:
    """The plain value that a state holds, whatever its key."""
    return state[KEYS[str(state["type"])][0]]
