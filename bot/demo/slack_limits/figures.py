"""Tables and charts, whose limits the SDK does not check."""

from collections.abc import Iterator, Mapping

from bot.demo.slack_limits.elements import ID, text
from bot.demo.slack_limits.rich_text import characters, rich_text
from bot.demo.slack_limits.rules import (
    Fault,
    Rule,
    array,
    boolean,
    both,
    choice,
    items,
    number,
    shape,
    string,
    tagged,
)

TABLE_CHARACTERS = 10_000
RAW = shape({"text": string(TABLE_CHARACTERS)})
RAW_NUMBER = shape({"value": number()}, {"text": string(TABLE_CHARACTERS)})
CELL = tagged(
    {"raw_text": RAW, "raw_number": RAW_NUMBER, "rich_text": rich_text}, code="not_allowed_here"
)
COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _nullable(rule: Rule) -> Rule:
    def inner(value: object, pointer: str) -> Iterator[Fault]:
        if value is not None:
            yield from rule(value, pointer)

    return inner


def _few_characters(value: object, pointer: str) -> Iterator[Fault]:
    used = characters(items(value.get("rows"))) if isinstance(value, Mapping) else 0
    if used > TABLE_CHARACTERS:
        yield Fault(
            f"{pointer}/rows",
            "too_long",
            f"a table holds {TABLE_CHARACTERS} characters, has {used}",
        )


def _rows_alike(value: object, pointer: str) -> Iterator[Fault]:
    rows = items(value.get("rows")) if isinstance(value, Mapping) else []
    if len({len(row) for row in rows if isinstance(row, list | tuple)}) > 1:
        yield Fault(f"{pointer}/rows", "invalid", "all rows must have the same number of cells")


TABLE = both(
    shape(
        {"rows": array(array(CELL, 1, 20), 1, 100)},
        {"block_id": ID, "column_settings": array(_nullable(COLUMN), 1, 20)},
    ),
    _few_characters,
)
DATA_TABLE = both(
    shape(
        {"rows": array(array(CELL, 1, 20), 2, 101), "caption": string(255)},
        {"block_id": ID, "page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    _few_characters,
    _rows_alike,
)

LABEL = string(20)
POINT = shape({"label": LABEL, "value": number()})
SERIES = shape({"name": LABEL, "data": array(POINT, 1, 20)})
AXES = shape({"categories": array(LABEL, 1, 20)}, {"x_label": string(50), "y_label": string(50)})


def _labels(series: object) -> list[object]:
    points = items(series.get("data")) if isinstance(series, Mapping) else []
    return [point.get("label") for point in points if isinstance(point, Mapping)]


def _series_agree(value: object, pointer: str) -> Iterator[Fault]:
    """Every series names the axis' categories, each once, and has a name of its own."""
    if not isinstance(value, Mapping):
        return
    series, axes = value.get("series"), value.get("axis_config")
    if not isinstance(series, list | tuple) or not isinstance(axes, Mapping):
        return
    names = [each.get("name") for each in series if isinstance(each, Mapping)]
    if len(set(map(str, names))) < len(names):
        yield Fault(f"{pointer}/series", "duplicate", "series names must be unique")
    categories = items(axes.get("categories"))
    for index, each in enumerate(series):
        if sorted(map(str, _labels(each))) != sorted(map(str, categories)):
            yield Fault(
                f"{pointer}/series/{index}/data",
                "invalid",
                "data labels must match the axis categories",
            )


PLOT = both(shape({"series": array(SERIES, 1, 6), "axis_config": AXES}), _series_agree)
PIE = shape({"segments": array(shape({"label": LABEL, "value": number(least=0)}), 1, 6)})
CHART = shape(
    {
        "title": string(50),
        "chart": tagged({"pie": PIE, "bar": PLOT, "area": PLOT, "line": PLOT}),
    },
    {"block_id": ID},
)

ALERT = shape(
    {"text": text(3000)},
    {"block_id": ID, "level": choice("default", "info", "warning", "error", "success")},
)
