"""Batches of what has come in so far: nothing lost, nothing waited for, nothing swallowed."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batches import in_batches


@given(st.lists(st.integers(), max_size=300), st.integers(1, 70))
def test_every_item_comes_once_and_in_order(items: list[int], most: int) -> None:
    batches = list(in_batches(iter(items), most))
    assert [item for batch in batches for item in batch] == items
    assert all(1 <= len(batch) <= most for batch in batches)


def test_an_item_that_has_come_is_not_kept_waiting_for_the_next() -> None:
    answered = Event()

    def items() -> Iterator[str]:
        yield "first"
        assert answered.wait(30), "the first item was not given out before the second came"
        yield "second"

    batches = in_batches(items(), 64)
    assert next(batches) == ["first"]
    answered.set()
    assert next(batches) == ["second"]
    assert list(batches) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_is_raised_after_what_came_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the pipe broke")

    found: list[int] = []
    batches = (item for batch in in_batches(items(), 8) for item in batch)
    with pytest.raises(OSError, match="the pipe broke"):
        found.extend(batches)
    assert found == [1]
