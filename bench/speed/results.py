"""RESULTS.md: the goals, then every figure behind them."""

from __future__ import annotations

from collections.abc import Iterable

from goals import Figures, Line, Measured, lines


def document(run: Measured, about: Iterable[str]) -> str:
    """The whole file as Markdown. `about` tells date, machine and size, a point a string."""
    parts = [
        "# Speed, measured by `make bench`",
        "\n".join(f"- {point}" for point in about),
        "## Goals",
        _goals(lines(run)),
        "## Every figure",
        "In milliseconds. `raw` are the reference queries, written plainly in `bench/speed/`; "
        "they and the project were asked in turn. Processor time is that of the asking thread "
        "(of the whole process, for processes), in the median: where it is far below the time "
        "on the clock, the machine was busy with something else, or a server answered.",
        f"### SQLite, {run.size:,} tickets",
        _figures(run.full),
        f"### SQLite, {run.size // 10:,} tickets",
        _figures(run.small),
    ]
    if run.postgres:
        parts += [f"### PostgreSQL, {run.size:,} tickets", _figures(run.postgres)]
    changed = run.filling.changed_rows / run.filling.changed if run.filling.changed else 0.0
    parts += [
        "## Imports",
        _table(
            ("", "tickets", "a second", "peak MB"),
            [
                (
                    "storage of tickets already read",
                    f"{run.size:,}",
                    f"{run.filling.rate:,.0f}",
                    "",
                ),
                ("the raw design", f"{run.size:,}", f"{run.filling.reference_rate:,.0f}", ""),
                (
                    "storage of changed tickets",
                    f"{run.filling.changed_rows:,}",
                    f"{changed:,.0f}",
                    "",
                ),
                *[
                    (name, f"{one.rows:,}", f"{one.rate:,.0f}", f"{one.peak_mb:,.0f}")
                    for name, one in {
                        f"whole import into {run.size // 10:,}": run.imports.small,
                        f"whole import into {run.size:,}": run.imports.full,
                        "whole import of real texts": run.imports.real,
                    }.items()
                    if one is not None
                ],
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _goals(found: Iterable[Line]) -> str:
    return _table(
        ("", "must", "worth reaching for", "measured", ""),
        [(line.what, line.must, line.reach, line.measured, line.verdict) for line in found],
    )


def _figures(figures: Figures) -> str:
    return _table(
        ("", "p50", "p95", "processor p50"),
        [
            (name, f"{times.p50:.2f}", f"{times.p95:.2f}", f"{times.cpu_p50:.2f}")
            for name, times in figures.items()
        ],
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
