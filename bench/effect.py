"""How often "did our fix help?" is answered right: invented histories, then two real ones.

    python bench/effect.py [PATH/TO/DATA] [--histories 2000] [--seed 1] [--out bench/EFFECT.md]

Invented: a story of 2 to 60 customers a week in a queue of 100 to 1,000, in four worlds
(`effect_worlds`), in which nothing changes, or the story is halved. Real: half a year of support
questions each about two products, not part of this project; without PATH they are left out, and
the document says so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from effect_worlds import WORLDS, World, histories
from features import rows

from bot.config import load
from bot.reports import EffectReport, EffectVerdict, Feature
from bot.service import catalogue, effect
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.sources.files import read
from bot.voice import effect as voice
from bot.voice.effect_looks import LOOKS

ROOT: Final = Path(__file__).resolve().parents[1]
WEEKLY: Final = (2, 3, 5, 10, 20, 40, 60)
HALVED: Final = (3, 10, 20)
MOST_FALSE: Final = 0.05
SAID: Final = (EffectVerdict.HELPED, EffectVerdict.WORSE)
FIREFOX: Final = "firefox-2019.csv.gz"
THUNDERBIRD: Final = "thunderbird-2023.csv.gz"
TREE: Final = "features/catalogue-firefox.csv"
NOTHING_SHIPPED: Final = date(2019, 3, 15)
REDESIGN: Final = date(2023, 9, 12)
FEWEST_WEEKLY: Final = 5
# What the redesign is publicly known to have changed, and what it is not: names by us.
TOUCHED: Final = (
    Feature("layout", "Layout", ("interface", "user interface", "UI", "appearance", "new look")),
    Feature("toolbar", "Toolbar", ("unified toolbar", "menu bar", "title bar", "spaces toolbar")),
    Feature(
        "message-list", "Message list", ("message pane", "threaded view", "card view", "threads")
    ),
    Feature("folder-pane", "Folder pane", ("folder list", "folder tree", "unified folders")),
    Feature("fonts", "Font size", ("font", "text size", "density", "line spacing")),
)
UNTOUCHED: Final = (
    Feature("sending", "Sending mail", ("smtp", "outgoing server", "send mail")),
    Feature("receiving", "Receiving mail", ("pop3", "imap", "incoming server")),
    Feature("address-book", "Address book", ("contacts", "carddav")),
    Feature("passwords", "Passwords", ("password", "oauth", "login")),
    Feature("filters", "Filters", ("message filters", "junk", "spam filter")),
    Feature("profiles", "Profiles", ("profile", "profile folder")),
    Feature("attachments", "Attachments", ("attachment",)),
)


@dataclass(frozen=True, slots=True)
class Played:
    """Shares of histories, and by look: how often the interval held, and what was said."""

    covered: tuple[float, ...]
    said: tuple[Counter[EffectVerdict], ...]
    changed: float
    helped_in_eight: float

    @property
    def coverage(self) -> float:
        return sum(self.covered) / len(self.covered)

    def too_early(self, weeks: int) -> float:
        counts = self.said[LOOKS.index(weeks)]
        return counts[EffectVerdict.TOO_EARLY] / counts.total()


def play(world: World, weekly: float, change: float, number: int, seed: int) -> Played:
    """Make all looks at so many histories of a story whose rate changes `change` times."""
    rng = np.random.default_rng([seed, WORLDS.index(world), int(weekly), int(change * 10)])
    held, seen, changed, in_eight = [0] * len(LOOKS), [0] * len(LOOKS), 0, 0
    said: tuple[Counter[EffectVerdict], ...] = tuple(Counter() for _ in LOOKS)
    for history in histories(world, weekly, change, number, rng):
        verdicts = []
        for at, weeks in enumerate(LOOKS):
            found = voice.measure(history.before, history.after[:weeks], weeks)
            verdicts.append(found.verdict)
            said[at][found.verdict] += 1
            if found.low is not None and found.high is not None:
                seen[at] += 1
                held[at] += found.low <= change <= found.high
        changed += any(verdict in SAID for verdict in verdicts)
        in_eight += EffectVerdict.HELPED in verdicts[: LOOKS.index(8) + 1]
    covered = tuple(one / max(other, 1) for one, other in zip(held, seen, strict=True))
    return Played(covered, said, changed / number, in_eight / number)


def invented(number: int, seed: int) -> list[str]:
    """The section on invented histories, as lines of Markdown."""
    lines = [
        f"## Invented histories\n\n{number:,} a row, seed {seed}. Interval: how often the 95 %"
        " interval of a single look holds, over all looks (after 2 / 4 / 8 / 12 weeks). False:"
        ' "helped" or "worse" at any of the four looks though nothing changed.\n',
        "| world | customers a week | interval | by look | false | too early at 2 and 4 weeks |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for world in WORLDS:
        for weekly in WEEKLY:
            found = play(world, weekly, 1.0, number, seed)
            looks = " / ".join(f"{each:.3f}" for each in found.covered)
            early = f"{found.too_early(2):.1%}, {found.too_early(4):.1%}"
            lines.append(
                f"| {world.name} | {weekly} | {found.coverage:.3f} | {looks} |"
                f" {found.changed:.1%} | {early} |"
            )
            print(lines[-1], flush=True)
    lines += [
        "\nThe story is halved on the day of shipping:\n",
        '| world | customers a week | interval | "helped" within 8 weeks | too early at 2 and 4 |',
        "| --- | --- | --- | --- | --- |",
    ]
    for world in WORLDS:
        for weekly in HALVED:
            found = play(world, weekly, 0.5, number, seed)
            early = f"{found.too_early(2):.1%}, {found.too_early(4):.1%}"
            lines.append(
                f"| {world.name} | {weekly} | {found.coverage:.3f} |"
                f" {found.helped_in_eight:.1%} | {early} |"
            )
            print(lines[-1], flush=True)
    return lines


@contextmanager
def stored(path: Path, features: Sequence[Feature]) -> Iterator[Context]:
    """A file's tickets in a database of their own, with these features."""
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
        catalogue.bring_in(context, features)
        with read(path, name=path.name, now=now) as drafts:
            ingest(context, drafts, now)
        yield context
        context.store.close()


def tree(data: Path) -> list[Feature]:
    """The vendor's areas and features."""
    found = {
        row["slug"]: Feature(row["slug"], row["title"], description=row["description"])
        for row in rows(data / TREE)
    }
    return list(found.values())


def looked_at(context: Context, feature: Feature, shipped: date, weeks: int) -> EffectReport:
    at = datetime(shipped.year, shipped.month, shipped.day, 12, tzinfo=UTC)
    return effect.of_feature(context, feature.id, shipped, at + timedelta(weeks=weeks))


def quiet(data: Path) -> list[str]:
    """Nothing shipped: every feature with five customers a week, after four weeks."""
    features, said = tree(data), Counter[EffectVerdict]()
    with stored(data / FIREFOX, features) as context:
        for feature in features:
            report = looked_at(context, feature, NOTHING_SHIPPED, 4)
            main = report.main
            if main is not None and main.before:
                weekly = sum(week.customers for week in main.before) / len(main.before)
                said[report.verdict] += weekly >= FEWEST_WEEKLY
    right = said[EffectVerdict.NO_CHANGE] + said[EffectVerdict.TOO_EARLY]
    each = ", ".join(f"{count} {verdict}" for verdict, count in said.most_common() if count)
    return [
        "### Nothing shipped\n",
        f"Half a year of questions about a browser, with its vendor's catalogue; an invented day of"
        f" shipping ({NOTHING_SHIPPED}), looked at after four weeks. Of {said.total()} features"
        f" with five customers a week: {each}. Right: {right / max(said.total(), 1):.0%}.\n",
    ]


def redesign(data: Path) -> list[str]:
    """A redesign that customers minded, looked at four times."""
    lines = [
        "### A redesign\n",
        f"Half a year of questions about a mail program, whose redesign reached everybody from"
        f" {REDESIGN} on, and a few before in July. Features are named by us: what it is known to"
        " have touched, and what it is not. The whole queue doubled, so the rest of it is a poor"
        " control. Ratio with 95 % interval, verdict:\n",
        "| feature | " + " | ".join(f"after {weeks} weeks" for weeks in LOOKS) + " |",
        "| --- |" + " --- |" * len(LOOKS),
    ]
    with stored(data / THUNDERBIRD, (*TOUCHED, *UNTOUCHED)) as context:
        for feature in (*TOUCHED, *UNTOUCHED):
            cells = [_cell(looked_at(context, feature, REDESIGN, weeks)) for weeks in LOOKS]
            sort = "touched" if feature in TOUCHED else "not touched"
            lines.append(f"| {feature.name} ({sort}) | " + " | ".join(cells) + " |")
    names = tuple(name for one in TOUCHED for name in (one.name, *one.aliases))
    whole = Feature("interface", "Interface", names)
    with stored(data / THUNDERBIRD, (whole, *UNTOUCHED)) as context:
        cells = [_cell(looked_at(context, whole, REDESIGN, weeks)) for weeks in LOOKS]
        lines.append("| All that was touched, as one feature | " + " | ".join(cells) + " |")
    return lines


def _cell(report: EffectReport) -> str:
    found = report.main.estimate if report.main else None
    if found is None or found.ratio is None or found.low is None or found.high is None:
        return str(report.verdict)
    return f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f}), {report.verdict}"


def main(arguments: Sequence[str]) -> int:
    """Write the document; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--histories", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "EFFECT.md")
    options = parser.parse_args(arguments)
    lines = ["# Did our fix help?\n", _HEAD, *invented(options.histories, options.seed), ""]
    lines.append("## Real histories\n")
    absent = [name for name in (FIREFOX, THUNDERBIRD, TREE) if not _is_there(options.data, name)]
    if absent:
        said = f"SKIPPED: {', '.join(absent)} absent, so no real history was looked at."
        print(said, file=sys.stderr)
        lines.append(said)
    else:
        for section in (quiet, redesign):
            found = section(options.data)
            print(*found, sep="\n", flush=True)
            lines += found
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _is_there(data: Path | None, name: str) -> bool:
    return data is not None and (data / name).is_file()


_HEAD: Final = """\
How often the answer is right. Written by `python bench/effect.py PATH/TO/DATA`; anyone can run it
again. How it is counted, and by which sources, stands in `bot/voice/effect*.py` and
`bot/voice/rate_ratio.py`.
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
