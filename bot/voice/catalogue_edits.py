"""What people change of a feature in Slack, kept apart from the file that it comes from.

An edit is kept as the difference it makes: the names and channels that were added and those that
were dropped. So a file that is brought in later brings everything that it says, and what people
changed is done to that again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.reports import Feature


@dataclass(frozen=True, slots=True)
class Difference:
    """What was added to a list and what was dropped from it."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    def then(self, before: Sequence[str], after: Sequence[str]) -> Difference:
        """This difference, and then that between two lists."""
        new = [value for value in after if value not in before]
        gone = [value for value in before if value not in after]
        added = [value for value in self.added if value not in gone] + new
        dropped = [value for value in self.dropped if value not in new]
        return Difference(_once(added), _once([*dropped, *gone]))

    def applied(self, values: Sequence[str]) -> tuple[str, ...]:
        """A list with this difference."""
        return _once([*(v for v in values if v not in self.dropped), *self.added])

    def needed_by(self, values: Sequence[str]) -> Difference:
        """What is left of this where a list has some of it already."""
        return Difference(
            tuple(value for value in self.added if value not in values),
            tuple(value for value in self.dropped if value in values),
        )


@dataclass(frozen=True, slots=True)
class Edits:
    """All that people changed of a feature; `name` is empty where they left it."""

    name: str = ""
    aliases: Difference = field(default_factory=Difference)
    channels: Difference = field(default_factory=Difference)

    def then(self, before: Feature, after: Feature) -> Edits:
        """These, and then those that make `after` of `before`."""
        return Edits(
            name=after.name if after.name != before.name else self.name,
            aliases=self.aliases.then(before.aliases, after.aliases),
            channels=self.channels.then(before.channels, after.channels),
        )

    def applied(self, feature: Feature) -> Feature:
        """A feature as a file has it, with these edits."""
        return replace(
            feature,
            name=self.name or feature.name,
            aliases=self.aliases.applied(feature.aliases),
            channels=self.channels.applied(feature.channels),
        )

    def needed_by(self, feature: Feature) -> Edits:
        """What is left of these where a file says some of it already."""
        return Edits(
            name="" if self.name == feature.name else self.name,
            aliases=self.aliases.needed_by(feature.aliases),
            channels=self.channels.needed_by(feature.channels),
        )

    def written(self) -> dict[str, Any]:
        """As they are kept; empty where there are none."""
        found: dict[str, Any] = {"name": self.name} if self.name else {}
        for key, change in (("aliases", self.aliases), ("channels", self.channels)):
            if change != Difference():
                found[key] = {"added": [*change.added], "dropped": [*change.dropped]}
        return found


def edits_of(written: Mapping[str, Any]) -> Edits:
    """Edits as they were kept."""
    return Edits(
        name=str(written.get("name", "")),
        aliases=_difference(written.get("aliases", {})),
        channels=_difference(written.get("channels", {})),
    )


def _difference(written: Mapping[str, Any]) -> Difference:
    return Difference(tuple(written.get("added", ())), tuple(written.get("dropped", ())))


def _once(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
