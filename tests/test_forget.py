"""Forgetting: nothing of a customer is left, wherever it was shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.stage import Stage
from bot.reports import Forget
from bot.service import post_edits
from forget_stage import (
    EMAIL,
    RARE,
    all_rows,
    forgotten,
    plant,
    raw_hits,
    shown_in_slack,
    wrong_counts,
)
from people import rows

NOTE = post_edits.FORGOTTEN


@pytest.fixture
def planted(http_stage: Stage, tmp_path: Path) -> Stage:
    plant(http_stage, tmp_path)
    return http_stage


@pytest.mark.case(42)
def test_nothing_of_a_forgotten_customer_is_left(planted: Stage, tmp_path: Path) -> None:
    everything = {column for word in RARE for column in all_rows(planted, [word])}
    print(everything)
    before = shown_in_slack(planted)
    assert all(word in before for word in RARE)
    report = forgotten(planted)
    print(report)
    assert report.counts["tickets"] == 2
    assert report.proof is not None
    assert report.proof.holds, report.proof
    planted.work()
    after = shown_in_slack(planted)
    assert not [word for word in (*RARE, "tickets/7000") if word in after]
    assert NOTE in after
    assert not all_rows(planted, list(RARE))
    assert not raw_hits(planted, [*RARE, EMAIL, "tickets/70001"], tmp_path)
    assert not wrong_counts(planted)
