"""The digests that a channel would have had, week by week, over real histories.

    python bench/notable_weeks.py PATH/TO/DATA [--show] [--semantic]

PATH holds `firefox-2019.csv.gz` and `thunderbird-2023.csv.gz`, which are not part of this project.
Tickets are stored a week at a time, and each Monday's digest is kept as posted, so that the next
one knows what was shown. Prints figures only; `--show` prints the digests too, to be read. Ends
with 1 where, in the week of the outage of 2019-05-04, the digest of the channel that owns add-ons
does not lead with it, once, and with its size.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.config import load
from bot.reports import ChannelSettings, DigestReport, Feature, TicketDraft
from bot.service import catalogue as catalogues
from bot.service import digest, digest_due
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.sources.files import read

FILES: Final = ("firefox-2019.csv.gz", "thunderbird-2023.csv.gz")
OUTAGE: Final = datetime(2019, 5, 4, tzinfo=UTC)
OUTAGE_CUSTOMERS: Final = 100
"""So many told of it at the least: 329 questions within three days name add-ons."""
ADD_ONS: Final = Feature(
    "add-ons", "Add-ons", aliases=("addon", "addons", "extension", "extensions"), channels=("COWN",)
)
EVERYTHING: Final = ChannelSettings("T1", "CALL")
OWNER: Final = ChannelSettings("T1", "COWN")
_DISABLED: Final = re.compile(r"add-?ons?|extensions?|ad-?block", re.IGNORECASE)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A digest, and the Monday that it would have come on."""

    monday: datetime
    report: DigestReport


@contextmanager
def opened(*, semantic: bool) -> Iterator[Context]:
    """An empty installation whose catalogue has add-ons only, owned by one channel."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            {
                "DATABASE_URL": f"sqlite:///{folder}/earshot.db",
                "EARSHOT_KEY_FILE": f"{folder}/earshot.key",
                "EARSHOT_SEMANTIC": "auto" if semantic else "off",
            },
            env_file=Path(folder) / "no.env",
        )
        context = open_context(settings, create=True)
        catalogues.bring_in(context, (ADD_ONS,))
        yield context
        context.store.close()


def monday_after(moment: datetime) -> datetime:
    """The next Monday at half past nine."""
    day = moment.replace(hour=9, minute=30, second=0, microsecond=0)
    found = day + timedelta(days=-day.weekday() % 7)
    return found if found > moment else found + _WEEK


def weeks(path: Path, settings: ChannelSettings, *, semantic: bool) -> list[Week]:
    """The digests of a channel over a file's history."""
    with read(path, name=path.name, now=datetime.now(UTC)) as rows:
        drafts = [row for row in rows if isinstance(row, TicketDraft)]
    drafts.sort(key=lambda draft: draft.created_at)
    found = []
    with opened(semantic=semantic) as context:
        for monday, written in groupby(drafts, key=lambda draft: monday_after(draft.created_at)):
            ingest(context, list(written), monday, processes=0)
            found.append(Week(monday, digest.build(context, settings, monday)))
            digest_due.send(context, settings, monday, monday)
    return found


def figures(found: Sequence[Week]) -> str:
    """How many digests and items there are, and what they hold."""
    items = [item for week in found for item in week.report.items]
    silent = sum(week.report.silent for week in found)
    folded = sum(item.similar > 0 for item in items)
    bright = sum(all(kind == "praise" for kind in item.ticket.kinds) for item in items)
    return (
        f"{len(found)} weeks, {silent} silent, {len(items)} tickets, {folded} with others like "
        f"them, {bright} bright spots"
    )


def fault_of_outage(found: Sequence[Week]) -> str:
    """What is wrong with the digest of the outage's week; "" where nothing is."""
    week = next(week for week in found if week.monday > OUTAGE)
    items = week.report.items
    if not items:
        return "silence"
    told = [item for item in items if "this week" in item.why]
    first = items[0]
    counted = re.match(r"([\d,]+) (?:customers|tickets) this week", first.why)
    if counted is None or int(counted[1].replace(",", "")) < OUTAGE_CUSTOMERS:
        return f"it leads with: {first.why}"
    if not _DISABLED.search(first.quote.text + first.ticket.subject):
        return "it leads with something else"
    if first.similar + 1 < OUTAGE_CUSTOMERS:
        return f"only {first.similar + 1} tickets are put together"
    print(f"the outage leads, with {first.similar + 1} tickets: {first.why}")
    print("beside it:", "; ".join(item.why for item in told[1:]) or "nothing that is told by many")
    return ""


def show(found: Sequence[Week]) -> None:
    """Print digests to be read."""
    for week in found:
        print(f"\n== {week.monday:%Y-%m-%d}  {week.report.verdict or week.report.reason}")
        for item in week.report.items:
            parts = " ".join(f"{part.name[:4]} {part.points:.2f}" for part in item.parts)
            print(f"- {item.score:.2f} [{'+'.join(item.ticket.kinds)}] {item.quote.text}")
            print(f"    {item.why} (+{item.similar}) | {item.ticket.subject[:110]} | {parts}")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where a file is absent, or the outage is not told as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", action="store_true", help="print the digests")
    parser.add_argument("--semantic", action="store_true", help="read with the extra")
    given = parser.parse_args(arguments)
    absent = [name for name in FILES if not (given.data / name).is_file()]
    if absent:
        print(f"{', '.join(absent)} absent in {given.data}: nothing was measured.")
        return 1
    for name in FILES:
        found = weeks(given.data / name, EVERYTHING, semantic=given.semantic)
        print(f"{name}, all features: {figures(found)}", flush=True)
        if given.show:
            show(found)
    found = weeks(given.data / FILES[0], OWNER, semantic=given.semantic)
    print(f"{FILES[0]}, the channel that owns add-ons: {figures(found)}")
    if given.show:
        show(found)
    fault = fault_of_outage(found)
    if fault:
        print(f"the outage of {OUTAGE:%Y-%m-%d} is not told as it should be: {fault}")
    return int(bool(fault))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
