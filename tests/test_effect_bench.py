"""The bench of effects: what it promises in small, its worlds, and that it skips aloud."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from bot.reports import EffectVerdict
from bot.voice.effect_weeks import VARIED

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

import effect as bench
from effect_worlds import AFTER, WORLDS, World, histories

MANY = 150
"""Fewer than the bench plays, so bounds are wider: no more than one run in a thousand is beyond."""


@pytest.mark.parametrize("world", WORLDS[:3], ids=lambda world: world.name)
def test_without_an_effect_hardly_anything_is_said_and_intervals_hold(
    world: World,
) -> None:
    found = bench.play(world, 20, 1.0, MANY, seed=5)
    assert found.changed <= 0.11
    assert 0.9 <= found.coverage <= 0.99


def test_a_halving_at_twenty_a_week_is_told_within_eight_weeks() -> None:
    assert bench.play(WORLDS[2], 20, 0.5, MANY, seed=5).within(8, EffectVerdict.HELPED) >= 0.75


def test_a_doubling_at_ten_a_week_is_mostly_told_within_four_weeks() -> None:
    found = bench.play(WORLDS[2], 10, 2.0, MANY, seed=5)
    assert found.within(4, EffectVerdict.WORSE) >= 0.5
    assert found.within(8, EffectVerdict.WORSE) >= 0.85


@pytest.mark.parametrize("change", [0.5, 1.0])
def test_three_a_week_are_too_few_for_the_first_two_looks(change: float) -> None:
    found = bench.play(WORLDS[2], 3, change, MANY, seed=5)
    assert found.too_early(2) == 1
    assert found.too_early(4) >= 0.98
    assert found.said[0].total() == MANY


def test_a_world_has_the_customers_that_it_says_and_changes_on_the_day() -> None:
    rng = np.random.default_rng(1)
    found = histories(WORLDS[0], 20, 0.5, 200, rng)
    assert {len(one.before) for one in found} == {VARIED}
    assert {len(one.after) for one in found} == {AFTER}
    before = np.mean([week.own for one in found for week in one.before[1:]])
    after = np.mean([week.own for one in found for week in one.after[1:]])
    assert 17 <= before <= 23
    assert 0.45 <= after / before <= 0.58


def test_without_data_the_document_says_aloud_what_was_not_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "EFFECT.md"
    assert bench.main([str(tmp_path), "--histories", "4", "--out", str(out)]) == 0
    assert "SKIPPED: firefox-2019.csv.gz" in capsys.readouterr().err
    written = out.read_text(encoding="utf-8")
    assert "SKIPPED" in written
    assert written.count("| chance alone |") == len(bench.WEEKLY) + 2 * len(bench.CHANGED)
    assert EffectVerdict.HELPED in written
