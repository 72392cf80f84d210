"""Digests through a small storm; `make faults` runs the large ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from storm import Plan, Storm

PLANS = (
    Plan(workers=1, kills=8, faults=20, freezes=3, seed=11),
    Plan(workers=2, kills=10, faults=26, freezes=3, repeats="known", seed=12),
    Plan(workers=2, kills=6, faults=12, freezes=2, history=False, seed=13),
)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_whatever_is_struck_and_fails_nothing_is_lost_doubled_or_left_untold(
    tmp_path: Path, plan: Plan
) -> None:
    with Storm(tmp_path, plan) as storm:
        verdict = storm.rage()
    assert verdict.wrong() == []
    assert verdict.digests.planned >= 6
    assert verdict.digests.once >= 2
    assert verdict.replies.once >= 4
    assert verdict.struck.kills == plan.kills
    assert verdict.struck.freezes == plan.freezes
    assert verdict.struck.faults.total() >= plan.faults
    if plan.history:
        assert verdict.digests.held_visible + verdict.digests.held_missing == 0
