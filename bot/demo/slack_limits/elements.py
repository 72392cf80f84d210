"""Composition objects and interactive elements, with the lengths Slack refuses beyond."""

from collections.abc import Iterator, Mapping

from bot.demo.slack_limits.rules import (
    Fault,
    Rule,
    anything,
    array,
    boolean,
    both,
    choice,
    exactly_one,
    items,
    number,
    shape,
    string,
    tagged,
)

ID = string(255)
URL = string(3000)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"\d{2}:\d{2}")


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object."""
    return tagged({"plain_text": shape({"text": string(most, least)}, {"emoji": boolean})})


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    return tagged(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75), "url": URL})
OPTIONS = array(OPTION, 1, 100)
GROUPS = array(shape({"label": plain(75), "options": OPTIONS}), 1, 100)
DISPATCH = shape(
    {},
    {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
)
FILTER = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
BASE: dict[str, Rule] = {"action_id": ID}
ASKED: dict[str, Rule] = {**BASE, "placeholder": plain(150), "focus_on_load": boolean}
MENU: dict[str, Rule] = {**ASKED, "confirm": CONFIRM}
BUTTON_EXTRAS: dict[str, Rule] = {
    "value": string(2000),
    "url": URL,
    "style": choice("primary", "danger"),
    "confirm": CONFIRM,
    "accessibility_label": string(75),
    "agent_prompt": string(4000),
    "visible_to_user_ids": array(ID, 1, 100),
}


def initial_is_an_option(value: object, pointer: str) -> Iterator[Fault]:
    """Slack refuses a pre-chosen option that is not, to the letter, among the options."""
    if not isinstance(value, Mapping):
        return
    options = items(value.get("options"))
    for group in items(value.get("option_groups")):
        options += items(group.get("options")) if isinstance(group, Mapping) else []
    chosen = items(value.get("initial_options"))
    if "initial_option" in value:
        chosen = [value["initial_option"]]
    for each in chosen:
        if each not in options:
            yield Fault(pointer, "invalid", "the initial option is not one of the options")


def _static(extra: Mapping[str, Rule]) -> Rule:
    return both(
        shape({}, {**MENU, "options": OPTIONS, "option_groups": GROUPS, **extra}),
        exactly_one("options", "option_groups"),
        initial_is_an_option,
    )


def _picked(extra: Mapping[str, Rule], most: int = 10) -> Rule:
    rules = {**BASE, "confirm": CONFIRM, "focus_on_load": boolean, **extra}
    return both(shape({"options": array(OPTION, 1, most)}, rules), initial_is_an_option)


CONVERSATION: dict[str, Rule] = {
    "default_to_current_conversation": boolean,
    "filter": FILTER,
}
MANY: dict[str, Rule] = {"max_selected_items": number(least=1)}
QUERY: dict[str, Rule] = {"min_query_length": number(least=0)}
IDS = array(ID, 0, 1000)

BUTTON = shape({"text": plain(75)}, {**BASE, **BUTTON_EXTRAS})
IMAGE = both(
    shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": anything}),
    exactly_one("image_url", "slack_file"),
)
MENUS: dict[str, Rule] = {
    "static_select": _static({"initial_option": OPTION}),
    "external_select": shape({}, {**MENU, **QUERY, "initial_option": OPTION}),
    "users_select": shape({}, {**MENU, "initial_user": ID}),
    "conversations_select": shape(
        {},
        {
            **MENU,
            **CONVERSATION,
            "initial_conversation": ID,
            "response_url_enabled": boolean,
        },
    ),
    "channels_select": shape({}, {**MENU, "initial_channel": ID, "response_url_enabled": boolean}),
    "multi_static_select": _static({**MANY, "initial_options": array(OPTION, 1, 100)}),
    "multi_external_select": shape(
        {}, {**MENU, **MANY, **QUERY, "initial_options": array(OPTION, 1, 100)}
    ),
    "multi_users_select": shape({}, {**MENU, **MANY, "initial_users": IDS}),
    "multi_conversations_select": shape(
        {}, {**MENU, **MANY, **CONVERSATION, "initial_conversations": IDS}
    ),
    "multi_channels_select": shape({}, {**MENU, **MANY, "initial_channels": IDS}),
}
PICKERS: dict[str, Rule] = {
    "checkboxes": _picked({"initial_options": array(OPTION, 1, 10)}),
    "radio_buttons": _picked({"initial_option": OPTION}),
    "datepicker": shape({}, {**MENU, "initial_date": DATE}),
    "timepicker": shape({}, {**MENU, "initial_time": TIME, "timezone": string(100)}),
}
DATETIME: dict[str, Rule] = {
    "datetimepicker": shape(
        {}, {**BASE, "initial_date_time": number(0), "confirm": CONFIRM, "focus_on_load": boolean}
    )
}
OVERFLOW = shape({"options": array(OPTION, 1, 5)}, {**BASE, "confirm": CONFIRM})
TYPED: dict[str, Rule] = {**ASKED, "dispatch_action_config": DISPATCH}
INPUTS: dict[str, Rule] = {
    "plain_text_input": shape(
        {},
        {
            **TYPED,
            "multiline": boolean,
            "initial_value": string(3000, least=0),
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "email_text_input": shape({}, {**TYPED, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**TYPED, "initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {
            **TYPED,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
    ),
    "rich_text_input": shape(
        {}, {**TYPED, "initial_value": anything, "min_lines": number(1), "max_lines": number(1)}
    ),
    "file_input": shape(
        {}, {**BASE, "filetypes": array(string(20), 1, 100), "max_files": number(1, 10)}
    ),
}

IN_ACCESSORY = tagged(
    {"button": BUTTON, "image": IMAGE, "overflow": OVERFLOW, **MENUS, **PICKERS},
    code="not_allowed_here",
)
IN_ACTIONS = tagged(
    {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **PICKERS, **DATETIME},
    code="not_allowed_here",
)
IN_INPUT = tagged({**MENUS, **PICKERS, **DATETIME, **INPUTS}, code="not_allowed_here")
FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
IN_CONTEXT_ACTIONS = tagged(
    {
        "feedback_buttons": shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, BASE),
        "icon_button": shape(
            {"icon": string(50), "text": plain(75)},
            {
                **BASE,
                **{key: BUTTON_EXTRAS[key] for key in ("value", "confirm")},
                "accessibility_label": string(75),
                "visible_to_user_ids": IDS,
            },
        ),
    },
    code="not_allowed_here",
)
