"""What people type beside insights is kept without personal data, or refused in a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.errors import UserError
from bot.service import schedule, typed
from bot.service.context import Context

ISSUE = "https://jira.example.com/browse/PAY-1234"


@pytest.mark.parametrize(
    "address",
    [
        ISSUE,
        "https://github.com/marigold/shop/issues/12#issuecomment-2201234567",
        "https://gitlab.com/marigold/shop/-/issues/812?scope=all",
        "https://linear.app/marigold/issue/ENG-123/customers-are-charged-twice",
    ],
)
def test_an_issues_address_is_kept_as_it_is(context: Context, address: str) -> None:
    assert typed.address(context, address) == address


def test_personal_data_in_a_query_goes_with_the_query(context: Context) -> None:
    asked = f"{ISSUE}?reporter=jane.doe@mail.example&phone=%2B442079460000"
    assert typed.address(context, asked) == ISSUE


def test_an_address_with_personal_data_elsewhere_is_refused(context: Context) -> None:
    with pytest.raises(UserError, match="personal data"):
        typed.address(context, "https://crm.example.com/people/jane.doe@mail.example/notes")


def test_a_day_has_come_where_it_has_begun_somewhere_on_earth() -> None:
    evening = datetime(2026, 11, 3, 19, tzinfo=UTC)
    assert schedule.has_come(date(2026, 11, 4), evening), "it is Wednesday morning in Auckland"
    assert not schedule.has_come(date(2026, 11, 5), evening)
    assert not schedule.has_come(date(2026, 11, 4), datetime(2026, 11, 3, 9, tzinfo=UTC))
