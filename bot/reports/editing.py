"""A feature as somebody is about to change it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reports.tickets import Feature


@dataclass(frozen=True, slots=True)
class NameChange:
    """A name that a feature is given (`added`) or loses.

    `tickets` of the last days say it, and `about` of them are about the feature so far. `others`
    are the names of features that are called so as well.
    """

    name: str
    added: bool
    tickets: int
    about: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditReport:
    """What an edit would change; `mark` stands for just this edit of just this feature."""

    before: Feature
    after: Feature
    names: tuple[NameChange, ...]
    days: int
    mark: str
