"""What `--json` prints of answers that hold more than one part."""

from __future__ import annotations

import json

from blocks_screens import NOTED, RANKING, VERSUS
from bot import json_reports


def test_two_features_side_by_side_are_two_answers_and_what_is_about_both() -> None:
    printed = json_reports.answer(VERSUS)
    assert printed["left"] == json_reports.answer(VERSUS.left)
    assert printed["right"]["feature"] == "coupons"
    assert printed["both"]["tickets"] == 4
    assert [quote["ticket_id"] for quote in printed["both"]["quotes"]] == ["4742"]
    assert json.dumps(printed)


def test_what_is_usual_and_noted_stands_in_the_answer() -> None:
    printed = json_reports.answer(NOTED)
    assert printed["usual"] == {"low": 12, "high": 25, "weeks": 12, "unit": "tickets"}
    assert {"day": "2026-09-10", "label": "deployed 4.2"} in printed["marks"]
    assert json_reports.answer(VERSUS.left)["usual"] is None


def test_features_that_no_ticket_names_stand_apart() -> None:
    printed = json_reports.answer(RANKING)
    assert printed["blind"] == ["wish-lists"]
    assert "wish-lists" not in [line["feature"] for line in printed["features"]]
