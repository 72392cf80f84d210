"""Slack's native chart, within its limits and with nothing alive in its labels.

Slack may read the strings of a chart as it likes, so they lose what could be markup, and only our
words and the names of features stand in them, never a customer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.blocks.kit import Block
from bot.blocks.text import bare, cut

MOST_POINTS = 20
MOST_SERIES = 6
TITLE = 50
LABEL = 20
AXIS = 50

Shape = Literal["bar", "line"]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars, or one line: a name and a value for each label."""

    name: str
    values: Sequence[int]


def chart(
    shape: Shape,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    across: str,
    upward: str,
) -> Block:
    """A chart; `across` and `upward` name the axes.

    Of too many points the last ones are kept, of too many series the first ones. Labels and names
    are made to differ, as Slack wants it.
    """
    points = _distinct([bare(each, LABEL) for each in labels[-MOST_POINTS:]])
    names = _distinct([bare(each.name, LABEL) for each in series[:MOST_SERIES]])
    drawn = [
        {"name": name, "data": _data(points, each.values)}
        for name, each in zip(names, series, strict=False)
    ]
    axes = {"categories": points, "x_label": bare(across, AXIS), "y_label": bare(upward, AXIS)}
    return {
        "type": "data_visualization",
        "title": bare(title, TITLE),
        "chart": {"type": shape, "series": drawn, "axis_config": axes},
    }


def _data(points: Sequence[str], values: Sequence[int]) -> list[Block]:
    last = values[-len(points) :]
    return [{"label": point, "value": value} for point, value in zip(points, last, strict=True)]


def _distinct(labels: Sequence[str]) -> list[str]:
    found: list[str] = []
    for label in labels:
        name, number = label, 2
        while name in found:
            ending = f" ({number})"
            name, number = cut(label, LABEL - len(ending)) + ending, number + 1
        found.append(name)
    return found
