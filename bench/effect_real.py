"""Real histories that "did our fix help?" is tried on: one of no release, one of a redesign."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from features import rows

from bot.config import load
from bot.reports import EffectReport, EffectVerdict, Feature, Kind
from bot.service import catalogue, effect, insights
from bot.service.context import Context, open_context
from bot.service.ingest import ingest
from bot.service.insights import MessageRef, TagRequest
from bot.sources.files import read
from bot.voice.effect_looks import LOOKS

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
    at = _noon(shipped) + timedelta(weeks=weeks)
    return effect.of_feature(context, feature.id, shipped, at)


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
        " control. Ratio with 95 % interval, verdict (what was said of a change stands until a look"
        " sees none, or the opposite). A team marks a redesign as one insight: that is the"
        " first row.\n",
        "| feature | " + " | ".join(f"after {weeks} weeks" for weeks in LOOKS) + " |",
        "| --- |" + " --- |" * len(LOOKS),
    ]
    names = tuple(name for one in TOUCHED for name in (one.name, *one.aliases))
    whole = Feature("interface", "Interface", names)
    with stored(data / THUNDERBIRD, (whole, *UNTOUCHED)) as context:
        message = MessageRef("C1", "17.001", None)
        request = TagRequest("T1", "U1", "C1", "Redesign", whole.id, Kind.BROKEN, message=message)
        made = insights.tag(context, request, _noon(REDESIGN)).insight
        looks = [_noon(REDESIGN) + timedelta(weeks=weeks) for weeks in LOOKS]
        found = [effect.of_insight(context, made, at, REDESIGN) for at in looks]
        lines.append(_row("The redesign, one insight on all that it touched", found))
    untold = []
    with stored(data / THUNDERBIRD, (*TOUCHED, *UNTOUCHED)) as context:
        for feature in (*TOUCHED, *UNTOUCHED):
            found = [looked_at(context, feature, REDESIGN, weeks) for weeks in LOOKS]
            sort = "touched" if feature in TOUCHED else "not touched"
            lines.append(_row(f"{feature.name} ({sort})", found))
            if feature in TOUCHED and found[-1].verdict is not EffectVerdict.WORSE:
                untold.append(_why_untold(found[-1]))
    return [*lines, "", *untold]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _row(name: str, looks: Sequence[EffectReport]) -> str:
    return f"| {name} | " + " | ".join(_cell(look) for look in looks) + " |"


def _why_untold(report: EffectReport) -> str:
    main = report.main
    if main is None:
        return f"{report.title} is not told: nothing was counted."
    highest = max(main.before, key=lambda week: week.customers)
    others = [week.customers for week in main.before if week is not highest]
    return (
        f"{report.title} is not told: its weeks vary {main.estimate.spread:.1f} times as much as by"
        f" chance. The highest before shipping, from {highest.start}, has {highest.customers}"
        f" customers; the others have {sum(others) / len(others):.1f} on average."
    )


def _cell(report: EffectReport) -> str:
    found = report.main.estimate if report.main else None
    if found is None or found.ratio is None or found.low is None or found.high is None:
        return str(report.verdict)
    return f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f}), {report.verdict}"
