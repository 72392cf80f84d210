"""Each of the numbered bad inputs and faults is held by a test, and the list of them is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from numbered_cases import ALL, NO_TEST, TOLD, document, held_by, holders

TESTS = Path(__file__).parent
DOCUMENT = TESTS.parent / "docs" / "CASES.md"


def test_each_case_is_held_by_a_test_or_says_why_it_cannot_be() -> None:
    found = holders(TESTS)
    assert [number for number in ALL if number not in found and number not in NO_TEST] == []
    assert [number for number in NO_TEST if number in found] == [], "held after all"
    assert all(reason and "\n" not in reason for reason in NO_TEST.values())


def test_no_mark_names_a_case_that_is_none() -> None:
    assert [number for number in holders(TESTS) if number not in ALL] == []
    assert sorted(TOLD) == list(ALL)


def test_the_list_for_reviewers_is_what_the_tests_hold(request: pytest.FixtureRequest) -> None:
    listed = document(holders(TESTS))
    if request.config.getoption("--update-golden"):
        DOCUMENT.write_text(listed, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == listed, "run this with --update-golden"


SOURCE = """
import pytest

pytestmark = [pytest.mark.case(1), pytest.mark.only("sqlite")]
both = pytest.mark.parametrize(
    "fault", [pytest.param("x", marks=pytest.mark.case(2)), pytest.param("y")]
)

@pytest.mark.case(3, 4)
@pytest.mark.case(5)
def test_at_the_test(): ...

@both
def test_by_a_name(): ...

@pytest.mark.parametrize("x", [pytest.param(1, marks=[pytest.mark.case(6)])])
def test_in_a_parameter(): ...

@pytest.mark.case(7)
def no_test(): ...
"""


def test_marks_are_found_wherever_they_may_stand() -> None:
    assert sorted(held_by(SOURCE)) == [
        (1, "test_at_the_test"),
        (1, "test_by_a_name"),
        (1, "test_in_a_parameter"),
        (2, "test_by_a_name"),
        (3, "test_at_the_test"),
        (4, "test_at_the_test"),
        (5, "test_at_the_test"),
        (6, "test_in_a_parameter"),
    ]
