"""What the tests of forgetting share: a shop whose every part shows one customer's words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.demo.stage import Stage
from bot.reports import ChannelSettings, Feature, Forget, ForgetReport, Kind
from bot.service import catalogue, channels, forget, insights, sharing
from bot.service.insights import TagRequest
from people import ADA, CHECKOUT, GENERAL, MIRA, SUPPORT, TEAM, rows
from storage import disk, recount
from storage.models import Alarm

EMAIL = "rosalind.quetzel@planted.example"
ACCOUNT = "Quetzel Zinnwerk"
RARE = ("zinnoberfarben", "quetzalcoatlus", "brimborium", "xylotheque")
"""Words that only this customer says."""
SAID = (
    "The checkout page shows a zinnoberfarben error and my quetzalcoatlus order is lost.",
    "Since the brimborium update I cannot pay at checkout, the xylotheque button is broken.",
)
OTHERS = (
    "The checkout page is broken and my card is charged twice.",
    "I get an error at checkout when I use a coupon.",
    "The checkout crashed during payment and I lost my basket.",
)
FEATURES = (
    Feature("checkout", "Checkout", ("payment page",), ("checkout",), (CHECKOUT,)),
    Feature("login", "Login", ("sign in",), ("login",)),
)


def record(
    stage: Stage, number: int, said: str, email: str, account: str = ""
) -> dict[str, object]:
    """A ticket as a help desk exports it."""
    return {
        "id": str(number),
        "created_at": (stage.now - timedelta(hours=number % 100)).isoformat(),
        "subject": said[:40],
        "description": said,
        "tags": ["checkout"],
        "requester": {"name": "Rosalind Quetzel", "email": email, "id": f"person-{email[:4]}"},
        "company": account,
        "url": f"https://help.planted.example/tickets/{number}",
    }


def export(stage: Stage, folder: Path) -> Path:
    """Two tickets of the customer and three of others, as a file."""
    lines = [record(stage, 70_001 + n, said, EMAIL, ACCOUNT) for n, said in enumerate(SAID)]
    lines += [
        record(stage, 80_001 + n, said, f"other{n}@customer.example")
        for n, said in enumerate(OTHERS)
    ]
    return write(folder / "planted.jsonl", lines)


def write(path: Path, records: Sequence[dict[str, object]]) -> Path:
    """A file of these records."""
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def row_of(stage: Stage, word: str) -> int:
    [(row,)] = rows(stage, f"SELECT id FROM ticket WHERE body LIKE '%{word}%'")
    return int(row)


def plant(stage: Stage, folder: Path) -> Path:
    """Take the file in, and show the customer's words wherever Earshot shows words."""
    catalogue.bring_in(stage.context, FEATURES)
    path = export(stage, folder)
    stage.take_in([path])
    first, second = row_of(stage, RARE[0]), row_of(stage, RARE[2])
    channels.save(
        stage.context,
        ChannelSettings(TEAM, CHECKOUT, on=True, at="17:00", timezone="UTC", alarms=True),
        ADA,
        stage.now,
    )
    stage.now += timedelta(hours=1, minutes=1)
    stage.work()
    request = TagRequest(TEAM, MIRA, SUPPORT, SAID[0], "checkout", Kind.BROKEN, ticket=first)
    insights.tag(stage.context, request, stage.now)
    stage.work()
    share(stage, "one")
    with stage.context.store.write() as session:
        session.add(alarm(stage, [first, second, row_of(stage, "charged twice")]))
    stage.work()
    return path


def share(stage: Stage, key: str) -> None:
    """Show an answer with quotes of the customer to a channel."""
    place = {"team": TEAM, "channel": GENERAL, "user": ADA}
    sharing.share(stage.context, "checkout", at=stage.now, key=key, now=stage.now, **place)
    stage.work()


def alarm(stage: Stage, tickets: list[int]) -> Alarm:
    """One that is called by the customer's words."""
    return Alarm(
        opened=stage.now,
        began=stage.now - timedelta(hours=2),
        seen=stage.now,
        features=["checkout"],
        terms=[RARE[0], "checkout"],
        theme=f"{RARE[0]} error",
        observed=9,
        expected=1.5,
        hours=2,
        chance=1e-6,
        rows=tickets,
        is_theme=True,
    )


def shown_in_slack(stage: Stage) -> str:
    """All that all channels show, replies, buttons and summaries included."""
    seen = [
        (message.text, message.blocks)
        for channel in (CHECKOUT, SUPPORT, GENERAL)
        for message in stage.slack.posts(channel)
    ]
    return json.dumps(seen, ensure_ascii=False)


def forgotten(stage: Stage, what: Forget = Forget.CUSTOMER, typed: str = EMAIL) -> ForgetReport:
    return forget.forget(stage.context, what, typed, stage.now)


def raw_hits(stage: Stage, sought: list[str], folder: Path) -> list[tuple[str, str]]:
    """Which of these stand in the raw bytes of the database's files, and of a copy made of it."""
    store = stage.context.store
    if store.path is None:
        return []
    copy = folder / "copy.db"
    with sqlite3.connect(store.path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    paths = [*disk.files(store), copy]
    found = disk.search(paths, [each.lower().encode() for each in sought])
    return [(path.name, each.decode()) for path, each in found]


def wrong_counts(stage: Stage) -> list[str]:
    """What is counted, against all tickets counted anew."""
    with stage.context.store.read() as session:
        return list(recount.differences(session))


def all_rows(stage: Stage, words: list[str]) -> list[str]:
    """The columns, of every table, in which one of these words stands."""
    from storage import traces

    with stage.context.store.read() as session:
        return traces.columns_with(session, words, tickets=True)
