"""A look at a fix in one line: what cards and lists say of it."""

from __future__ import annotations

import pytest

from bot.blocks import effect_words
from bot.reports import EffectVerdict, Look

HELPED, SAME, WORSE, EARLY = (
    EffectVerdict.HELPED,
    EffectVerdict.NO_CHANGE,
    EffectVerdict.WORSE,
    EffectVerdict.TOO_EARLY,
)


@pytest.mark.parametrize(
    ("look", "line"),
    [
        (
            Look(4, HELPED, 0.38, 0.24, 0.6),
            "Helped: 62 % fewer customers a week (40 to 76 %), looked at after 4 weeks",
        ),
        (
            Look(8, WORSE, 2.18, 1.82, 2.62),
            "Worse: 118 % more customers a week (82 to 162 %), looked at after 8 weeks",
        ),
        (
            Look(8, WORSE, 1.38, 0.88, 2.22),
            "Worse: 38 % more customers a week (12 % fewer to 122 % more), looked at after 8 weeks",
        ),
        (
            Look(8, SAME, 1.0, 0.9, 1.1, customers_known=False),
            "No change seen: as many tickets a week (10 % fewer to 10 % more),"
            " looked at after 8 weeks",
        ),
        (
            Look(4, WORSE, 30.0, 11.0, None),
            "Worse: 2,900 % more customers a week (at least 1,000 % more), looked at after 4 weeks",
        ),
        (
            Look(4, WORSE, None, 11.0, None),
            "Worse: nobody before, at least 11.0 times as many now, looked at after 4 weeks",
        ),
        (Look(4, WORSE), "Worse, looked at after 4 weeks"),
        (Look(2, EARLY, 0.9, 0.5, 1.6), "Too early to say, looked at after 2 weeks"),
        (Look(12, EARLY, 0.9, 0.5, 1.6), "Too few to say, looked at after 12 weeks"),
    ],
)
def test_a_card_says_a_look_in_one_line(look: Look, line: str) -> None:
    assert effect_words.told(look) == line


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(4, HELPED, 0.38, 0.24, 0.6), "helped after 4 weeks, 62 % fewer"),
        (Look(8, WORSE, 2.18, 1.82, 2.62), "worse after 8 weeks, 118 % more"),
        (Look(8, SAME, 1.0, 0.81, 1.24), "no change seen after 8 weeks"),
        (Look(12, EARLY), "too few to say after 12 weeks"),
        (Look(8, WORSE, None, 11.0, None), "worse after 8 weeks, nobody before"),
        (Look(8, WORSE), "worse after 8 weeks"),
    ],
)
def test_a_list_says_it_in_a_few_words(look: Look, said: str) -> None:
    assert effect_words.briefly(look) == said
