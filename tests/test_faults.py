"""Digests through small storms; `make faults` runs the large ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from databases import Databases
from storm import Plan, Storm
from storm_faults import AWAY_KINDS
from storm_verdict import Verdict

MANY = len(AWAY_KINDS) + 5
PLANS = (
    Plan(workers=2, kills=5, faults=MANY, freezes=2, rate=0.5, seed=11),
    Plan(workers=1, kills=4, faults=8, freezes=1, rate=0.5, history=False, seed=13),
)
ON_SERVER = Plan(
    workers=2,
    kills=4,
    faults=MANY,
    freezes=2,
    rate=0.5,
    repeats="known",
    engine="PostgreSQL",
    seed=14,
)


@pytest.mark.case(26)
@pytest.mark.case(28)
@pytest.mark.case(30)
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_whatever_is_struck_and_fails_nothing_is_lost_doubled_or_left_untold(
    tmp_path: Path, plan: Plan
) -> None:
    with Storm(tmp_path, plan) as storm:
        _hold(plan, storm.rage())


@pytest.mark.case(26)
@pytest.mark.case(28)
@pytest.mark.case(30)
@pytest.mark.only("postgresql")
def test_the_same_on_a_server(tmp_path: Path, databases: Databases) -> None:
    with Storm(tmp_path, ON_SERVER, databases.migrated(tmp_path)) as storm:
        _hold(ON_SERVER, storm.rage())


def _hold(plan: Plan, verdict: Verdict) -> None:
    assert verdict.wrong() == []
    assert verdict.digests.planned >= 3
    struck = verdict.struck
    assert (struck.kills, struck.freezes) == (plan.kills, plan.freezes)
    assert struck.faults.total() >= plan.faults
    if plan.faults == MANY:
        assert struck.faults.keys() >= set(AWAY_KINDS), "each kind of fault was met"
    # Where history cannot be read, each of them may be held.
    if plan.history:
        assert verdict.digests.once >= 2
        assert verdict.replies.once >= 2
        assert verdict.digests.held_visible + verdict.digests.held_missing == 0
