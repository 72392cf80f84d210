"""views.* and blocks.validate: modals and Home."""

from collections.abc import Callable, Mapping

from bot.demo.fake_slack.model import Json, View
from bot.demo.fake_slack.request import Request, invalid_arguments, refuse
from bot.demo.fake_slack.shapes import view_json
from bot.demo.slack_limits import Fault, check_blocks, check_message, check_view

OWN_CODES = frozenset({"view_too_large"})


def checked_view(view: object, kind: str | None) -> Json:
    """A view within Slack's limits, of the kind that a method takes."""
    if not isinstance(view, dict):
        raise invalid_arguments("missing required field: view")
    refuse(check_view(view), OWN_CODES, "invalid_arguments")
    if kind and view["type"] != kind:
        raise invalid_arguments(f"must be a {kind} view [json-pointer:/view/type]")
    return view


def _shown(request: Request, view: View) -> Json:
    request.space.announce("view", user=view.user)
    return {"view": view_json(request.space, view)}


def open_(request: Request) -> Json:
    """views.open"""
    definition = checked_view(request.object("view"), "modal")
    trigger = request.space.grants.spend_trigger(request.text("trigger_id"))
    return _shown(request, request.space.views.open(trigger.user, definition))


def push(request: Request) -> Json:
    """views.push"""
    definition = checked_view(request.object("view"), "modal")
    trigger = request.space.grants.spend_trigger(request.text("trigger_id"))
    return _shown(request, request.space.views.push(trigger.user, definition))


def update(request: Request) -> Json:
    """views.update"""
    view_id, external_id = request.optional("view_id"), request.optional("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    view = request.space.views.find(view_id, external_id)
    definition = checked_view(request.object("view"), view.definition["type"])
    return _shown(request, request.space.views.update(view, definition, request.optional("hash")))


def publish(request: Request) -> Json:
    """views.publish"""
    user = request.space.person(request.text("user_id")).id
    definition = checked_view(request.object("view"), "home")
    view = request.space.views.publish(user, definition, request.optional("hash"))
    request.space.announce("home", user=user)
    return {"view": view_json(request.space, view)}


def validate(request: Request) -> Json:
    """blocks.validate: exactly one of blocks, message, view; needs no token"""
    given = {
        name: value
        for name in ("blocks", "message", "view")
        if (value := request.object(name)) is not None
    }
    if len(given) != 1:
        raise invalid_arguments("needs exactly one of blocks, message, view")
    checks: Mapping[str, Callable[..., list[Fault]]] = {
        "blocks": check_blocks,
        "message": check_message,
        "view": check_view,
    }
    ((name, value),) = given.items()
    faults = [fault for fault in checks[name](value) if fault.code != "no_text"]
    refuse(faults, frozenset(), "invalid_blocks")
    return {}


METHODS: Mapping[str, tuple[str | None, Callable[[Request], Json]]] = {
    "views.open": (None, open_),
    "views.push": (None, push),
    "views.update": (None, update),
    "views.publish": (None, publish),
}
