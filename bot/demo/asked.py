"""The fields of an act as the page sent them, checked to the last type."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST_TEXT = 4_000


class BadAct(ValueError):
    """The page sent something that is no act; the text says what."""


class Asked:
    """An act's fields, read with their types. Raises `BadAct`."""

    def __init__(self, body: object) -> None:
        if not isinstance(body, Mapping):
            raise BadAct("An act is a JSON object.")
        self.body = body

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
            raise BadAct(f"“{name}” must be a text of at most {LONGEST_TEXT:,} characters.")
        return value

    def optional(self, name: str) -> str | None:
        return None if self.body.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        value = self.body.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadAct(f"“{name}” must be a whole number.")
        return value

    def values(self) -> dict[str, object]:
        """What was typed into a modal, by block id."""
        found = self.body.get("values") or {}
        if not isinstance(found, Mapping):
            raise BadAct("“values” must be an object.")
        return {str(name): _typed(value) for name, value in found.items()}

    def choice(self) -> object:
        return _typed(self.body.get("choice"))


def _typed(value: object) -> object:
    """A text, a list of texts, a whole number, or nothing."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise BadAct("A value is a text, a list of texts, a whole number, or null.")
