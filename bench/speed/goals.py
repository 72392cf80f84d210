"""The lines that the project is held to, each with what was measured and whether that will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fill import Filling
from fuzzy import Fuzzy
from imports import Import
from measure import Times

Figures = Mapping[str, Times]
NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Imports:
    """What was seen of whole imports: into a small and the full database, of real texts."""

    small: Import
    full: Import
    real: Import | None
    idle: Times
    busy: Times


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one run. `small` are the figures at a tenth of the size."""

    size: int
    small: Figures
    full: Figures
    filling: Filling
    imports: Imports
    fuzzy: Fuzzy
    postgres: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table. `met` is None where it could not be measured."""

    what: str
    must: str
    reach: str
    measured: str
    met: bool | None
    reached: bool = False

    @property
    def verdict(self) -> str:
        if self.met is None:
            return NOT_MEASURED
        if not self.met:
            return "**not met**"
        return "met, and more" if self.reached else "met"


def lines(run: Measured) -> list[Line]:
    """The table of goals, in the order of the issue that set them."""
    return [
        *_answers(run.full),
        _growth(run.small, run.full),
        *_postgres(run.postgres, run.full),
        *_screens(run.full),
        *_commands(run.full),
        *_imports(run.filling, run.imports),
        _fuzzy(run.fuzzy),
    ]


def _answers(full: Figures) -> list[Line]:
    feature, raw = full["feature 10 %"].p95, full["raw feature 10 %"].p95
    themes, text = full["feature 10 % with themes"].p95, full["text 10 %"].p95
    bounded, plain = full["raw text 10 %"].p95, full["raw plain 10 %"].p95
    worst = full["word in nine of ten"].p95
    tantivy = full.get("tantivy 10 %")
    peer = "" if tantivy is None else f"; tantivy {tantivy.p95:.1f} ms"
    whole = full["text 10 % with themes"].p95
    return [
        Line(
            "`/friction FEATURE` at 10 %, no themes, p95",
            "≤ 3 × the roll-up reference",
            "no slower than tantivy",
            f"{feature:.1f} ms: {feature / raw:.1f} × {raw:.1f} ms{peer}",
            feature <= 3 * raw,
            tantivy is not None and feature <= tantivy.p95,
        ),
        Line(
            "the same with customers and themes",
            "≤ 60 ms",
            "≤ 25 ms",
            f"{themes:.1f} ms",
            themes <= 60,
            themes <= 25,
        ),
        Line(
            "free text, 10 % term, no themes, p95",
            "≤ 2 × the bounded reference, ≤ a fifth of the plain join",
            "≤ 1.1 ×",
            f"{text:.1f} ms: {text / bounded:.1f} × {bounded:.1f} ms, "
            f"{text / plain:.2f} × {plain:.1f} ms; with themes {whole:.1f} ms",
            text <= 2 * bounded and text <= plain / 5,
            text <= 1.1 * bounded,
        ),
        Line(
            "a word that nine tickets in ten contain, p95",
            "≤ 0.3 s",
            "≤ 0.1 s",
            f"{worst / 1000:.2f} s",
            worst <= 300,
            worst <= 100,
        ),
    ]


def _growth(small: Figures, full: Figures) -> Line:
    feature = full["feature 10 %"].p50 / small["feature 10 %"].p50
    text = full["text 10 %"].p50 / small["text 10 %"].p50
    return Line(
        "growth to ten times the tickets, p50, feature / free text",
        "≤ 2.5 / 7 times",
        "≤ 1.2 / 4 times",
        f"{feature:.1f} / {text:.1f} times",
        feature <= 2.5 and text <= 7,
        feature <= 1.2 and text <= 4,
    )


def _postgres(found: Figures, sqlite: Figures) -> list[Line]:
    what = "PostgreSQL: feature / with themes / free text, p95"
    must, reach = "≤ 10 / 120 / 150 ms", "≤ 2 × SQLite"
    names = ("feature 10 %", "feature 10 % with themes", "text 10 %")
    if any(name not in found for name in names):
        return [Line(what, must, reach, NOT_MEASURED, None)]
    times = [found[name].p95 for name in names]
    return [
        Line(
            what,
            must,
            reach,
            " / ".join(f"{ms:.1f}" for ms in times) + " ms",
            all(ms <= most for ms, most in zip(times, (10, 120, 150), strict=True)),
            all(found[name].p95 <= 2 * sqlite[name].p95 for name in names),
        )
    ]


def _screens(full: Figures) -> list[Line]:
    names = ("friction alone", "home", "insights")
    times = [full[name].p95 for name in names]
    return [
        Line(
            "`/friction` alone / Home / `/insights`, p95",
            "≤ 50 ms",
            "≤ 10 ms",
            " / ".join(f"{ms:.1f}" for ms in times) + " ms",
            max(times) <= 50,
            max(times) <= 10,
        )
    ]


def _commands(full: Figures) -> list[Line]:
    own = full["bolt whole"].p50 - full["bolt bare"].p50
    alone = full["bolt answer"].p50
    friction, help_ = full["process friction"].p50 / 1000, full["process help"].p50 / 1000
    cpu = full["process friction"].cpu_p50 / 1000, full["process help"].cpu_p50 / 1000
    return [
        Line(
            "whole command through Bolt, less bare Bolt's time",
            "≤ 3 × the answer alone",
            "≤ 1.2 ×",
            f"{own:.1f} ms: {own / alone:.2f} × {alone:.1f} ms",
            own <= 3 * alone,
            own <= 1.2 * alone,
        ),
        Line(
            "`earshot friction … --json` / `--help` as a process",
            "≤ 1.0 / 0.3 s",
            "≤ 0.6 s",
            f"{friction:.2f} / {help_:.2f} s (processor time {cpu[0]:.2f} / {cpu[1]:.2f} s)",
            friction <= 1.0 and help_ <= 0.3,
            friction <= 0.6,
        ),
    ]


def _imports(filling: Filling, seen: Imports) -> list[Line]:
    lasting = min(filling.lasting, seen.full.rate / seen.small.rate)
    peak = max(seen.small.peak_mb, seen.full.peak_mb, seen.real.peak_mb if seen.real else 0)
    busy = seen.busy.p95 / seen.idle.p95
    real = seen.real
    return [
        Line(
            "storage of tickets already read, to the raw design",
            "≥ 0.5",
            "≥ 0.8",
            f"{filling.ratio:.2f}: {filling.rate:,.0f} to {filling.reference_rate:,.0f} a second",
            filling.ratio >= 0.5,
            filling.ratio >= 0.8,
        ),
        Line(
            "the whole import of real texts",
            "≥ 600 a second",
            "≥ 1,500",
            f"{real.rate:,.0f} a second" if real else NOT_MEASURED,
            real.rate >= 600 if real else None,
            bool(real and real.rate >= 1_500),
        ),
        Line(
            "import rate at the end to that at the beginning; memory",
            "≥ 0.5; ≤ 400 MB",
            "≥ 0.8",
            f"storage {filling.lasting:.2f}, whole {seen.full.rate / seen.small.rate:.2f}; "
            f"{peak:.0f} MB",
            lasting >= 0.5 and peak <= 400,
            lasting >= 0.8,
        ),
        Line(
            "`/friction` p95 while an import runs, to idle",
            "≤ 4 ×",
            "≤ 2 ×",
            f"{busy:.1f} × {seen.idle.p95:.1f} ms",
            busy <= 4,
            busy <= 2,
        ),
    ]


def _fuzzy(found: Fuzzy) -> Line:
    share = found.project.p95 / found.plain.p95
    return Line(
        "fuzzy feature name among 10,000, p95",
        "≤ plain `extract` with WRatio",
        "an eighth of it, same first answer",
        f"{found.project.p95:.1f} ms: {share:.2f} × {found.plain.p95:.1f} ms; right first "
        f"{found.right} and {found.plain_right} of 25",
        share <= 1,
        share <= 1 / 8 and found.right >= found.plain_right,
    )
