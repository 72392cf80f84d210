"""Alarms: how many are false in quiet years, what bursts are found, and what real histories raise.

    python bench/alarms.py [PATH/TO/DATA] [--seeds 2]

Quiet years are simulated: 50 features of 2 to 200 tickets a day, more by day than by night, fewer
at weekends, 30 % growth a year, and more or less overdispersed. Without PATH, histories of real
questions are left out; they are not part of this project.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bot.config import load
from bot.reports import AlarmReport
from bot.service import alarm_history, alarms
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.sources.files import read
from bot.voice import spikes
from bot.voice.spike_history import History
from bot.voice.spike_usual import DAY, HISTORY, Floats, Ints, usual_at
from bot.voice.spike_words import Words
from bot.voice.watch import replay

FEATURES: Final = 50
YEAR: Final = 365
_WEEK: Final = np.array([1.15, 1.2, 1.15, 1.1, 1.0, 0.7, 0.7])
_HOURS: Final = 1 + 0.7 * np.sin((np.arange(DAY) - 8) / DAY * 2 * np.pi)
GROWTH: Final = 0.3
APART: Final = 48
"""Hours after which what rises again is another alarm."""
FILES: Final = ("firefox-2019.csv.gz", "thunderbird-2023.csv.gz")


@dataclass(frozen=True, slots=True)
class Noise:
    """How counts vary: hour by hour (variance over mean), or day by day (a gamma mood of a shape).

    A mood of shape k makes a day's variance mean + mean²/k.
    """

    name: str
    kind: Literal["hours", "days"]
    value: float

    def draw(self, rng: np.random.Generator, hourly: Floats) -> Ints:
        if self.kind == "days":
            days = hourly.shape[1] // DAY
            mood = rng.gamma(self.value, 1 / self.value, (len(hourly), days))
            return rng.poisson(hourly * np.repeat(mood, DAY, axis=1))
        if self.value <= 1:
            return rng.poisson(hourly)
        return rng.poisson(rng.gamma(hourly / (self.value - 1), self.value - 1))


NOISES: Final = (
    Noise("Poisson", "hours", 1.0),
    Noise("variance 1.3 times the mean", "hours", 1.3),
    Noise("variance 1.5 times the mean", "hours", 1.5),
    Noise("variance twice the mean", "hours", 2.0),
    Noise("moody days, mean + mean²/20", "days", 20.0),
    Noise("moody days, mean + mean²/10", "days", 10.0),
)


def expected(sizes: Floats, days: int) -> Floats:
    """Tickets an hour that features of some sizes (tickets a day) usually have."""
    at = np.arange(days)
    week, hour = _WEEK / _WEEK.mean(), _HOURS / _HOURS.mean()
    daily = sizes[:, None] * week[at % 7] * (1 + GROWTH * at / YEAR)
    found: Floats = np.repeat(daily, DAY, axis=1) / DAY * np.tile(hour, days)
    return found


def before(hourly: Ints) -> Ints:
    return np.concatenate([np.zeros((len(hourly), 1), np.int64), np.cumsum(hourly, axis=1)], axis=1)


def false_alarms(noise: Noise, seed: int) -> int:
    """Alarms in a quiet year of all features together."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.uniform(np.log(2), np.log(200), FEATURES))
    total = before(noise.draw(rng, expected(sizes, YEAR + HISTORY // DAY + 1)))
    return sum(1 for _ in _raised(total, total.sum(axis=0), HISTORY, total.shape[1]))


def _raised(total: Ints, queue: Ints, since: int, until: int) -> Iterator[tuple[int, int]]:
    """(stream, hour) of every alarm that is not the same as one within `APART`."""
    last: dict[int, int] = {}
    for at in range(since, until):
        usual = usual_at(total, queue, at, spikes.LENGTHS)
        for rise in spikes.rises(total, usual, at) if usual else ():
            if at - last.get(rise.stream, -APART - 1) > APART:
                yield rise.stream, at
            last[rise.stream] = at


def bursts_found(noise: Noise, seed: int, rounds: int = 14, size: float = 20.0) -> float:
    """The share of bursts of three times the usual, on `size` tickets a day, found in a day.

    They begin at any hour of any weekday.
    """
    rng = np.random.default_rng(seed)
    days = HISTORY // DAY + 21
    usual = expected(np.full(FEATURES, size), days) / (1 + GROWTH * days / YEAR)
    found = 0
    for number in range(rounds):
        begin = (days - 9 + number % 7) * DAY + int(rng.integers(DAY))
        burst = usual.copy()
        burst[:, begin : begin + DAY] *= 3
        # The rest of the queue is quiet.
        queue = before(noise.draw(rng, usual)).sum(axis=0)
        total = before(noise.draw(rng, burst))
        found += len({s for s, _ in _raised(total, queue, begin + 1, begin + DAY + 1)})
    return found / (rounds * FEATURES)


@contextmanager
def stored(path: Path) -> Iterator[tuple[Context, datetime]]:
    """A file's tickets in a database of their own, with features made of their tags; their end."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            {
                "DATABASE_URL": f"sqlite:///{folder}/earshot.db",
                "EARSHOT_KEY_FILE": f"{folder}/earshot.key",
                "EARSHOT_SEMANTIC": "off",
            },
            env_file=Path(folder) / "no.env",
        )
        context = open_context(settings, create=True)
        now = datetime.now(UTC)
        with read(path, name=path.name, now=now) as rows:
            ingest(context, rows, now)
        yield context, now
        context.store.close()


def real(path: Path) -> list[AlarmReport]:
    """What a file's history would have raised."""
    with stored(path) as (context, now):
        return alarms.replay(context, None, None, now)


def shuffled(path: Path, seed: int) -> tuple[int, float]:
    """Alarms in a history whose tickets were moved to other days, and its length in years.

    Texts stay real, but nothing is told more on one day than on another: every alarm is false.
    """
    with stored(path) as (context, now), context.store.read() as session:
        history = alarm_history.load(session, datetime(1980, 1, 1, tzinfo=UTC), now, Words())
    rng = random.Random(seed)
    first, last = history.tickets[0].at, history.tickets[-1].at
    days = (last - first).days
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    moved = [
        replace(one, at=midnight + timedelta(days=rng.randrange(days)) + since_midnight(one.at))
        for one in history.tickets
    ]
    until = midnight + timedelta(days=days)
    found = replay(History(moved, until, Words()), midnight, until)
    return len(found), days / YEAR


def since_midnight(moment: datetime) -> timedelta:
    return moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)


def table(seeds: Sequence[int]) -> list[tuple[str, list[int], float]]:
    """For each noise: false alarms in a year by seed, and the share of bursts found."""
    return [
        (
            noise.name,
            [false_alarms(noise, seed) for seed in seeds],
            float(np.mean([bursts_found(noise, seed) for seed in seeds])),
        )
        for noise in NOISES
    ]


def line(one: AlarmReport) -> str:
    """An alarm by dates and figures, without a word of a ticket."""
    closed = f"{one.closed:%Y-%m-%d %H:00}" if one.closed else "lasts"
    feature = one.features[0].id if one.features else "all tickets"
    figures = f"{one.observed} in {one.hours} h, usual {one.expected:.1f}"
    kind = "theme" if one.is_theme else "volume"
    return f"{one.opened:%Y-%m-%d %H:00} to {closed}  {feature}, {kind}: {figures}"


def main(arguments: Sequence[str]) -> int:
    """Print all figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args(arguments)
    for name, counts, share in table(range(1, options.seeds + 1)):
        print(f"{name}: {counts} false alarms a year, {share:.0%} of bursts in a day", flush=True)
    for name in FILES if options.data else ():
        path = options.data / name
        if not path.is_file():
            print(f"{name} is absent in {options.data}.", file=sys.stderr)
            return 1
        count, years = shuffled(path, 1)
        print(f"{name}, tickets moved to other days: {count} alarms in {years:.1f} years")
        print(*(f"{name}: {line(one)}" for one in real(path)), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
