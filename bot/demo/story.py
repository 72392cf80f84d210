"""`earshot demo --once`: the main screens, as Slack would show them, in the terminal.

Plays on the stage (`bot.demo.stage`): every screen is what the real app sent to the fake Slack
after a signed request, printed from the same blocks.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule

from bot.blocks import kit
from bot.demo.fake_slack import Message as Posted
from bot.demo.stage import Stage
from bot.reports import Message
from bot.terminal import show
from bot.voice.catalogue_file import parse

DATA = Path(__file__).parent / "data"
TODAY = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 4, 8, 31, tzinfo=UTC)
ENGINEER, COLLEAGUE, PM = "U0ADA", "U0BEN", "U0MIRA"
CHANNEL = "C0CHECKOUT"


def sample_files() -> list[Path]:
    """The tickets written for the demo, in the order of time."""
    return sorted(DATA.glob("tickets-*.jsonl"))


def play(console: Console) -> None:
    """Take in the sample tickets, play a day, and print each screen."""
    with (
        tempfile.TemporaryDirectory(prefix="earshot-demo-") as folder,
        Stage(Path(folder), TODAY) as stage,
    ):
        catalogue = parse((DATA / "features.toml").read_text(encoding="utf-8"))
        taken = stage.take_in(sample_files(), catalogue)
        console.print(
            f"Earshot took in {taken.new} invented tickets of Marigold, a web-shop service, "
            "and plays a day in a stand-in for Slack on this machine."
        )
        _question(stage, console)
        _insight(stage, console)
        _digest(stage, console)
    console.print()
    console.print("Your own tickets: earshot ingest FILE, then earshot friction.")


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Rule(text, align="left", style="dim"))


def _print(stage: Stage, console: Console, message: Posted) -> None:
    show(Message(message.text, tuple(_named(stage, message.blocks))), console)


def _named(stage: Stage, value: Any) -> Any:
    """Blocks with people's names in the place of their ids, as Slack's client shows them."""
    if isinstance(value, list):
        return [_named(stage, each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "user":
        name = stage.slack.space.person(value["user_id"]).real_name
        return {"type": "text", "text": f"@{name}"}
    return {key: _named(stage, each) for key, each in value.items()}


def _question(stage: Stage, console: Console) -> None:
    _title(console, "Ada types /friction checkout")
    stage.slack.slash_command(ENGINEER, CHANNEL, kit.COMMAND_FRICTION, "checkout")
    answer = stage.slack.wait_for(lambda: stage.slack.ephemerals(ENGINEER))[0]
    _print(stage, console, answer)


def _insight(stage: Stage, console: Console) -> None:
    """Ada tags the first quote; two colleagues answer with an emoji."""
    slack = stage.slack
    answer = slack.ephemerals(ENGINEER)[0]
    tag = next(e for b in answer.blocks for e in b.get("elements", ()) if _is_tag(e))
    slack.click(ENGINEER, answer, kit.ACTION_TAG, value=tag["value"])
    slack.wait_for(lambda: slack.view(ENGINEER))
    slack.submit_view(ENGINEER)
    stage.work()
    card = slack.messages(CHANNEL)[-1]
    for user, emoji in ((COLLEAGUE, "open_mouth"), (PM, "white_check_mark"), (PM, "eyes")):
        slack.react(user, CHANNEL, card.ts, emoji)
    slack.wait_for(lambda: _answered(stage, card.ts))
    _title(console, "She tags a quote as an insight; the team answers its card with emoji")
    _print(stage, console, slack.message(CHANNEL, card.ts))


def _is_tag(element: dict[str, object]) -> bool:
    return element.get("action_id") == kit.ACTION_TAG


def _answered(stage: Stage, ts: str) -> bool:
    """Whether the card shows both answers and the emoji that is none."""
    stage.work()
    return "eyes" in str(stage.slack.message(CHANNEL, ts).blocks)


def _digest(stage: Stage, console: Console) -> None:
    """Mira sets up the channel's digest; it comes the next morning, with its thread."""
    slack = stage.slack
    slack.slash_command(PM, CHANNEL, kit.COMMAND_DIGEST)
    slack.wait_for(lambda: slack.view(PM))
    slack.submit_view(PM, {kit.BLOCK_FEATURES: ["checkout", "discounts", "login"]})
    stage.now = TOMORROW
    stage.work()
    digest = slack.messages(CHANNEL)[-1]
    _title(console, "The next morning, in #checkout-eng")
    _print(stage, console, digest)
    _title(console, "The first reply of its thread")
    _print(stage, console, slack.messages(CHANNEL, thread_ts=digest.ts)[0])
