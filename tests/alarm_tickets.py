"""Quiet weeks and bursts of invented tickets, for the tests of alarms.

Sentences are drawn from a small shop's words, so that no two tickets are copies of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import pi, sin
from random import Random

from bot.voice.spike_history import HOUR, History
from bot.voice.spike_words import Heard, Words
from bot.voice.watch import Alarm, replay
from conftest import NOW
from own_tickets import stored
from storage.values import NewTicket

DAY = timedelta(days=1)
UNTIL = NOW.replace(minute=0)
"""The quiet weeks end here, a Tuesday at 16:00."""
WEEKDAYS = (1.2, 1.2, 1.1, 1.1, 1.0, 0.7, 0.7)
_LIST = (
    "basket parcel label invoice refund voucher delivery address warehouse stock photo review"
    " colour size price tax coupon wishlist newsletter receipt printer scanner shelf pallet"
    " courier tracking signature doorbell neighbour holiday weekend manager cashier till drawer"
    " ribbon candle lantern teapot kettle saucer napkin blanket cushion curtain mirror ladder"
    " garden tulip orchid compost trowel bucket gravel fence gate hinge varnish brush canvas"
    " easel crayon notebook stapler folder envelope stamp postcard calendar clock battery charger"
    " cable adapter lamp dimmer socket drill hammer spanner toolbox workbench sawdust timber"
)
_WORDS = _LIST.split()


def sentence(rng: Random, *, length: int = 14) -> str:
    """Words in an order of their own."""
    return " ".join(rng.sample(_WORDS, length))


def written(rng: Random, day: datetime, a_day: float) -> list[datetime]:
    """Moments at which tickets are written on a day: more by day than by night."""
    found = []
    for hour in range(24):
        usual = a_day * WEEKDAYS[day.weekday()] / 24 * (1 + 0.7 * sin((hour - 8) / 12 * pi))
        # So many tries of small chance: as good as Poisson.
        number = sum(rng.random() < usual / 40 for _ in range(40))
        found += [day + timedelta(hours=hour, seconds=rng.randrange(3_600)) for _ in range(number)]
    return found


def quiet(
    *,
    days: int = 70,
    a_day: float = 20,
    features: Sequence[str] = ("checkout",),
    seed: int = 1,
    until: datetime = UNTIL,
) -> list[Heard]:
    """Tickets of quiet weeks on each of some features."""
    rng = Random(seed)
    first = (until - days * DAY).replace(hour=0)
    found = [
        Heard(0, at, rng.getrandbits(60), (feature,), sentence(rng))
        for feature in features
        for number in range(days + 1)
        for at in written(rng, first + number * DAY, a_day)
        if at < until
    ]
    return numbered(found)


def burst(
    count: int,
    since: datetime,
    hours: float = 3,
    *,
    features: Sequence[str] = ("checkout",),
    saying: str = "",
    seed: int = 2,
) -> list[Heard]:
    """So many customers within some hours, in words of their own around `saying`."""
    rng = Random(seed)
    return [
        Heard(
            0,
            since + timedelta(hours=hours * number / count),
            rng.getrandbits(60),
            (rng.choice(features),),
            f"{saying} {sentence(rng)}",
        )
        for number in range(count)
    ]


def numbered(tickets: Sequence[Heard]) -> list[Heard]:
    return [
        Heard(row, one.at, one.customer, one.features, one.text)
        for row, one in enumerate(tickets, 1)
    ]


def raised(
    *parts: Sequence[Heard], since: datetime | None = None, until: datetime = UNTIL
) -> list[Alarm]:
    """The alarms of the last five days, or since `since`."""
    history = History(numbered([one for part in parts for one in part]), until, Words())
    return replay(history, since or until - 5 * DAY, until)


def as_stored(tickets: Sequence[Heard]) -> list[NewTicket]:
    """The same as rows, each with its sentence as a quote."""
    return [
        stored(
            f"h{one.row}",
            said=one.text,
            features=one.features,
            ago=NOW - one.at,
            customer=f"customer {one.customer}",
            stored_at=one.at,
        )
        for one in tickets
    ]


__all__ = ["DAY", "HOUR", "UNTIL", "as_stored", "burst", "numbered", "quiet", "raised", "sentence"]
