"""What people do with modals: fill in, submit, close.

Slack's client checks inputs before it submits, and applies what the bot answers; tests that
skip either would pass where people get stuck.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.fake_slack import payloads
from bot.demo.fake_slack.deliver import Delivery
from bot.demo.fake_slack.gestures import Gestures, faults_of
from bot.demo.fake_slack.model import Json, SlackError, View
from bot.demo.fake_slack.state import ClientRefusal, picked, state_values, value_in
from bot.demo.fake_slack.surfaces import checked_view
from bot.demo.slack_limits import elements_of, flattened

TROUBLE = "We had some trouble connecting. Try again?"
FORMATS: Mapping[str, tuple[str, str]] = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Enter a valid email address"),
    "url_text_input": (r"https?://\S+", "Enter a valid URL"),
    "number_input": (r"-?\d+(\.\d+)?", "Enter a number"),
}


class ModalGestures(Gestures):
    """Acts of people on modals."""

    def fill(self, user: str, values: Mapping[str, object]) -> View:
        """Type into the open modal without submitting; keys are action ids or block ids."""
        view = self._top(user)
        with self.space.changing():
            for name, value in values.items():
                block_id, action_id, element = _input(view, name)
                view.state.setdefault(block_id, {})[action_id] = picked(element, value)
            self.space.announce("state", user=user)
        return view

    def submit_view(self, user: str, values: Mapping[str, object] | None = None) -> Delivery:
        """Fill in and submit the open modal; the client's own checks raise ClientRefusal."""
        view = self.fill(user, values or {})
        if "submit" not in view.definition:
            raise ClientRefusal("this modal has no submit button")
        view.errors = client_errors(view)
        if view.errors:
            raise ClientRefusal(f"not submitted: {view.errors}", view.errors)
        addresses = self._response_urls(user, view)
        payload = payloads.view_submission(self.space, user, view, addresses)
        delivery = self.courier.send("interactive", payload)
        return self._apply(view, delivery)

    def close_view(self, user: str, *, clear: bool = False) -> Delivery:
        """Cancel the open modal, or all of them; the bot hears it if it asked to."""
        view = self._top(user)
        with self.space.changing():
            everything = clear or bool(view.definition.get("clear_on_close"))
            if everything:
                self.space.views.clear(user)
            else:
                self.space.views.close(view)
            self.space.announce("view", user=user)
        payload = payloads.view_closed(self.space, user, view, everything)
        if not view.definition.get("notify_on_close"):
            return Delivery("interactive", payload, reason="notify_on_close is not set")
        return self.courier.send("interactive", payload)

    def _top(self, user: str) -> View:
        view = self.space.views.top(user)
        if view is None:
            raise ClientRefusal(f"{user} has no modal open")
        return view

    def _response_urls(self, user: str, view: View) -> list[Json]:
        found: list[Json] = []
        for _, block in flattened(view.blocks, ""):
            for element in elements_of(block):
                state = view.state.get(str(block["block_id"]), {}).get(
                    str(element.get("action_id"))
                )
                if element.get("response_url_enabled") and state and value_in(state):
                    channel = str(value_in(state))
                    key = self.space.grants.new_response(channel, user)
                    found.append(
                        {
                            "block_id": block["block_id"],
                            "action_id": element["action_id"],
                            "channel_id": channel,
                            "response_url": self._response_url(key),
                        }
                    )
        return found

    # --- the bot's answer

    def _apply(self, view: View, delivery: Delivery) -> Delivery:
        with self.space.changing():
            try:
                faults = self._follow(view, delivery)
            except SlackError as error:
                faults = faults_of(error)
            if faults or delivery.status != 200:
                view.errors = {"": TROUBLE}
            self.space.announce("view", user=view.user)
        return self.courier.judged(delivery, faults)

    def _follow(self, view: View, delivery: Delivery) -> tuple[str, ...]:
        if delivery.status != 200:
            return ()
        if not delivery.body.strip():
            self.space.views.close(view)
            return ()
        try:
            answer = json.loads(delivery.body)
        except ValueError:
            return (f"the answer is not JSON: {delivery.body[:80]}",)
        if not isinstance(answer, dict) or not answer:
            self.space.views.close(view)
            return ()
        action = str(answer.get("response_action"))
        follow = self._ACTIONS.get(action)
        return follow(self, view, answer) if follow else (f"unknown response_action {action}",)

    def _errors(self, view: View, answer: Mapping[str, Any]) -> tuple[str, ...]:
        errors = answer.get("errors")
        asked = {block.get("block_id") for _, block in _inputs(view)}
        if not isinstance(errors, Mapping) or not errors:
            return ("errors must name block ids",)
        unknown = [str(key) for key in errors if key not in asked]
        if unknown:
            return (f"no input blocks: {', '.join(unknown)}",)
        view.errors = {str(key): str(text) for key, text in errors.items()}
        return ()

    def _update(self, view: View, answer: Mapping[str, Any]) -> tuple[str, ...]:
        self.space.views.update(view, checked_view(answer.get("view"), "modal"))
        return ()

    def _push(self, view: View, answer: Mapping[str, Any]) -> tuple[str, ...]:
        self.space.views.push(view.user, checked_view(answer.get("view"), "modal"))
        return ()

    def _clear(self, view: View, _answer: Mapping[str, Any]) -> tuple[str, ...]:
        self.space.views.clear(view.user)
        return ()

    _ACTIONS: Mapping[
        str, Callable[["ModalGestures", View, Mapping[str, Any]], tuple[str, ...]]
    ] = {"errors": _errors, "update": _update, "push": _push, "clear": _clear}


def _inputs(view: View) -> list[tuple[str, Mapping[str, Any]]]:
    return [each for each in flattened(view.blocks, "") if each[1].get("type") == "input"]


def _input(view: View, name: str) -> tuple[str, str, Mapping[str, Any]]:
    """The element a name means: by action id, else by block id."""
    for by_action in (True, False):
        for _, block in flattened(view.blocks, ""):
            for element in elements_of(block):
                own = element.get("action_id") if by_action else block["block_id"]
                if own == name and element.get("type") != "button":
                    return str(block["block_id"]), str(element["action_id"]), element
    raise ClientRefusal(f"nothing to fill in is called {name!r}")


def client_errors(view: View) -> dict[str, str]:
    """What Slack's client marks in red before anything is sent."""
    values = state_values(view.blocks, view.state)
    errors: dict[str, str] = {}
    for _, block in _inputs(view):
        element: Mapping[str, Any] = block["element"]
        value = value_in(values[block["block_id"]][element["action_id"]])
        empty = value in (None, "", [])
        if empty and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif not empty and (problem := _malformed(element, value)):
            errors[block["block_id"]] = problem
    return errors


def _malformed(element: Mapping[str, Any], value: object) -> str | None:
    pattern, problem = FORMATS.get(element["type"], ("", ""))
    if pattern and re.fullmatch(pattern, str(value)) is None:
        return problem
    if element["type"] == "plain_text_input":
        if len(str(value)) > element.get("max_length", 3000):
            return f"Must be at most {element.get('max_length', 3000)} characters"
        if len(str(value)) < element.get("min_length", 0):
            return f"Must be at least {element['min_length']} characters"
    most = element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(value) > most:
        return f"Choose at most {most}"
    return None
