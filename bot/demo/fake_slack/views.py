"""Open modals and Home views, as Slack keeps them for each person."""

from collections.abc import Callable
from copy import deepcopy

from bot.demo.fake_slack.model import Json, SlackError, View
from bot.demo.slack_limits import elements_of, flattened

STACK = 3


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """A copy in which each block and element has an id, as Slack fills them in."""
    copy = deepcopy(blocks)
    for _, block in flattened(copy, ""):
        if isinstance(block, dict):
            block.setdefault("block_id", new_id("b"))
            for element in elements_of(block):
                _name(element, new_id)
    return copy


def _name(element: object, new_id: Callable[[str], str]) -> None:
    wordless = ("image", "mrkdwn", "plain_text")
    if isinstance(element, dict) and element.get("type") not in wordless:
        element.setdefault("action_id", new_id("a"))


class Views:
    """Per person: a stack of at most three modals, and one Home view."""

    def __init__(self, new_id: Callable[[str], str]) -> None:
        self._new_id = new_id
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def _build(self, user: str, definition: Json) -> View:
        identity = self._new_id("V")
        return View(identity, user, self._filled(definition), self._new_id("h"), identity)

    def _filled(self, definition: Json) -> Json:
        return {**definition, "blocks": with_ids(definition["blocks"], self._new_id)}

    def _refuse_taken(self, definition: Json, own: View | None = None) -> None:
        wanted = definition.get("external_id")
        for view in self._all():
            if wanted and view is not own and view.definition.get("external_id") == wanted:
                raise SlackError("duplicate_external_id")

    def _all(self) -> list[View]:
        opened = [view for stack in self.stacks.values() for view in stack]
        return [*opened, *self.homes.values()]

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """The view with one of its names, or `not_found`."""
        for view in self._all():
            if view_id and view.id == view_id:
                return view
            if external_id and view.definition.get("external_id") == external_id:
                return view
        raise SlackError("not_found")

    def open(self, user: str, definition: Json) -> View:
        """Show a modal; it starts a new stack."""
        self.stacks.pop(user, None)
        self._refuse_taken(definition)
        view = self._build(user, definition)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, definition: Json) -> View:
        """Put a modal on top of the one that is open."""
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self._refuse_taken(definition)
        view = self._build(user, definition)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, definition: Json, hash_: str | None = None) -> View:
        """Replace a view's content; what was typed stays where block and action ids stay."""
        if hash_ is not None and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self._refuse_taken(definition, own=view)
        view.definition, view.hash = self._filled(definition), self._new_id("h")
        view.errors = {}
        kept = {
            (block.get("block_id"), element.get("action_id"))
            for _, block in flattened(view.blocks, "")
            for element in elements_of(block)
        }
        view.state = {
            block_id: values
            for block_id, values in view.state.items()
            if any((block_id, action_id) in kept for action_id in values)
        }
        return view

    def publish(self, user: str, definition: Json, hash_: str | None = None) -> View:
        """Show a person's Home."""
        current = self.homes.get(user)
        if current is None:
            if hash_ is not None:
                raise SlackError("hash_conflict")
            self._refuse_taken(definition)
            self.homes[user] = self._build(user, definition)
            return self.homes[user]
        return self.update(current, definition, hash_)

    def top(self, user: str) -> View | None:
        """The modal that a person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def close(self, view: View) -> None:
        """Close one modal; the one below shows again."""
        stack = self.stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)

    def clear(self, user: str) -> None:
        """Close all of a person's modals."""
        self.stacks.pop(user, None)
