"""Looks at a fix with the words of an invented web shop, for the golden files of both faces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.reports import (
    EffectReport,
    EffectVerdict,
    EffectWeek,
    Estimate,
    Feature,
    LeftOut,
    Measured,
    Nearby,
    NextDoor,
)
from bot.voice import effect
from bot.voice.effect_weeks import ALL_HEARD, Counts, Unheard, left_out

CHECKOUT = Feature("checkout", "Checkout")
SHIPPED = date(2026, 7, 20)
BEFORE = (19, 22, 18, 20, 24, 17, 21, 20, 19, 23, 18, 25)
AFTER = (16, 9, 11, 8, 10, 7, 9, 8)
REST = (300, 310, 295, 305)


def measured(
    name: str, before: tuple[int, ...], after: tuple[int, ...], unheard: Unheard = ALL_HEARD
) -> Measured:
    """What is told of such weeks, as the service tells it."""
    sides = [
        [Counts(own, REST[at % 4]) for at, own in enumerate(side)] for side in (before[::-1], after)
    ]
    marks = left_out(sides[0], sides[1], unheard)

    def week(side: int, place: int) -> EffectWeek:
        weeks = place if side else -place - 1
        return EffectWeek(
            start=SHIPPED + timedelta(weeks=weeks),
            customers=sides[side][place].own,
            rest=sides[side][place].rest,
            left_out=marks[side][place],
            ticket_ids=(f"{47 + place}",),
            tickets=(47 + place,),
        )

    shown = [[week(side, place) for place in range(len(sides[side]))] for side in (0, 1)]
    estimate = effect.measure(sides[0], sides[1], len(after), unheard)
    return Measured(name, estimate, tuple(shown[0][::-1]), tuple(shown[1]))


def next_door(
    what: Nearby, name: str, after: tuple[int, ...], before: tuple[int, ...] = BEFORE
) -> NextDoor:
    found = measured(name, before, after)
    return NextDoor(what, name, found.estimate, found.estimate.verdict, found.before, found.after)


STORY = measured("The coupon is refused", BEFORE, AFTER)
DOUBLED = (30, 44, 41, 47, 45, 40, 44, 46)
WORSE_NEXT_DOOR = next_door(Nearby.THEME, "the gift card balance is gone", DOUBLED)
CALM_NEXT_DOOR = next_door(Nearby.FEATURE, "Shipping labels", (20, 21, 19, 22, 20, 18, 21, 20))
HELPED = EffectReport(
    insight=7,
    title="The coupon is refused",
    about=CHECKOUT,
    shipped_on=SHIPPED,
    weeks=8,
    looked_on=SHIPPED + timedelta(weeks=8),
    looks_next=SHIPPED + timedelta(weeks=12),
    verdict=STORY.estimate.verdict,
    expects=None,
    stored_from=date(2025, 1, 1),
    story=STORY,
    feature=measured("Checkout", (61, 66) * 6, (60, 58, 61, 57, 63, 59, 60, 62)),
    next_door=(CALM_NEXT_DOOR, WORSE_NEXT_DOOR),
    customers_known=True,
    sampled=False,
)
UNSURE: Estimate = measured("", (3,) * 12, (3, 2)).estimate
EARLY = replace(
    HELPED,
    weeks=2,
    looked_on=SHIPPED + timedelta(weeks=2),
    looks_next=SHIPPED + timedelta(weeks=4),
    verdict=EffectVerdict.TOO_EARLY,
    expects=SHIPPED + timedelta(weeks=12),
    story=measured("The coupon is refused", (7,) * 12, (6, 8)),
    feature=None,
    next_door=(),
)
NOT_YET = replace(
    EARLY,
    weeks=0,
    looked_on=None,
    looks_next=SHIPPED + timedelta(weeks=2),
    story=measured("The coupon is refused", (7,) * 12, ()),
)
NEVER = replace(
    EARLY,
    weeks=12,
    looks_next=None,
    expects=None,
    story=measured("The coupon is refused", (1, 0, 2, 0) * 3, (0, 1, 0) * 4),
    customers_known=False,
)
UNSTORED = replace(
    NOT_YET, expects=None, stored_from=None, story=measured("The coupon is refused", (), ())
)
SAME = replace(
    HELPED,
    insight=None,
    title="Checkout",
    weeks=12,
    looks_next=None,
    verdict=EffectVerdict.NO_CHANGE,
    story=None,
    feature=measured("Checkout", (61, 66) * 6, (60, 63) * 6),
    next_door=(CALM_NEXT_DOOR,),
    sampled=True,
)
STANDS = replace(
    HELPED,
    weeks=12,
    looks_next=None,
    verdict=EffectVerdict.WORSE,
    story=replace(
        STORY,
        estimate=replace(
            measured("The coupon is refused", BEFORE, (24,) * 12).estimate,
            verdict=EffectVerdict.WORSE,
            alone=EffectVerdict.TOO_EARLY,
            since=4,
        ),
    ),
)
_TURMOIL = replace(STORY.after[4], left_out=LeftOut.QUEUE)
_MIRROR = replace(STORY.before[-5], left_out=LeftOut.MIRROR)
WORSE_STORY = measured("The coupon is refused", BEFORE, DOUBLED)
WORSE = replace(
    HELPED,
    verdict=EffectVerdict.WORSE,
    story=replace(
        WORSE_STORY,
        estimate=replace(WORSE_STORY.estimate, control=1.9, is_capped=True),
        before=(*STORY.before[:-5], _MIRROR, *STORY.before[-4:]),
        after=(*WORSE_STORY.after[:4], _TURMOIL, *WORSE_STORY.after[5:]),
    ),
    next_door=(WORSE_NEXT_DOOR,) * 5,
)
NOBODY = (0,) * 12
FROM_NONE = (0, 8, 11, 9, 12, 10, 9, 11)
NEW = replace(
    HELPED,
    verdict=EffectVerdict.WORSE,
    story=measured("The coupon is refused", NOBODY, FROM_NONE),
    feature=measured("Checkout", NOBODY, FROM_NONE),
    next_door=(
        CALM_NEXT_DOOR,
        next_door(Nearby.THEME, "the basket is empty after paying", FROM_NONE, NOBODY),
    ),
)
"""What nobody wrote of before: the commonest trouble that a change brings."""
GONE_SILENT = replace(
    EARLY,
    weeks=4,
    looks_next=SHIPPED + timedelta(weeks=8),
    expects=SHIPPED + timedelta(weeks=12),
    story=measured(
        "The coupon is refused", BEFORE, (15, 0, 0, 0), Unheard(after=frozenset(range(4)))
    ),
)
_MISSED = measured("The coupon is refused", BEFORE, AFTER, Unheard(frozenset({6, 7}), frozenset()))
WITHOUT = replace(HELPED, asked=5, story=replace(_MISSED, without=("github.com", "zendesk")))
"""An insight that another was merged into, two sources that are not counted, and one that was
silent for two weeks."""
