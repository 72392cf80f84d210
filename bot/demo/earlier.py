"""The summer before the demo begins: an insight that was tagged, shipped, and looked at four times.

Lived through by acts of people and by the passing of time, with the sample's own tickets as they
were written: what the card's thread says of the fix is what Earshot found.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.stage import Stage
from bot.voice.effect_looks import LOOKS
from storage import insight_changes

BEN, CHIDI, MIRA, NOOR = "U0BEN", "U0CHIDI", "U0MIRA", "U0NOOR"
CHECKOUT, SUPPORT = "C0CHECKOUT", "C0SUPPORT"
ASKED = datetime(2026, 7, 13, 8, 5, tzinfo=UTC)
SHIPPED = datetime(2026, 7, 22, 14, 20, tzinfo=UTC)
MORNING = timedelta(hours=8, minutes=5)
PATIENCE = 30.0
LOOKING = timedelta(seconds=20)
# Tickets of the sample by their ids.
TAGGED = "1549"
ALSO = ["1033", "1066", "1226", "1243", "1257", "1317", "1370", "1425", "1464", "1495", "1524"]
TITLE = "The CSV export stops at 1,000 rows"
CHANGED = "Every row, however many there are, and letters with accents as they are"
ISSUE = "https://linear.app/marigold/issue/EXP-31/export-all-rows"
INSIGHT = 1

Until = Callable[[datetime], None]
"""Lets time pass until then: tickets arrive, and what is due is done."""


def play(stage: Stage, until: Until) -> None:
    """From the tag to the last look at whether the fix helped."""
    until(ASKED)
    card = _tag(stage, until)
    _answer(stage, card, until)
    until(SHIPPED)
    _ship(stage, card, until)
    for weeks in LOOKS:
        until(SHIPPED.replace(hour=0, minute=0) + MORNING + timedelta(weeks=weeks))
    with stage.slack.space.changing():
        # What only one person saw does not stay on a screen for months.
        stage.slack.space.ephemerals.clear()


def _tag(stage: Stage, until: Until) -> Message:
    """Mira tags a ticket, and Noor puts others to it that she remembers."""
    slack = stage.slack
    slack.say(BEN, CHECKOUT, "We take the CSV export over this month. What do shops say about it?")
    _open(stage, MIRA, TAGGED)
    slack.submit_view(MIRA, {kit.BLOCK_TITLE: TITLE})
    until(stage.now)
    [card] = [each for each in slack.posts(CHECKOUT) if each.bot_id]
    for ticket in ALSO:
        # Nobody looks up ten tickets in a minute.
        stage.now += LOOKING
        _open(stage, NOOR, ticket)
        slack.submit_view(NOOR, {kit.BLOCK_INSIGHT: str(INSIGHT)})
    until(stage.now + timedelta(minutes=1))
    return card


def _open(stage: Stage, user: str, ticket: str) -> None:
    """Look a ticket up, and open the modal that tags it."""
    slack = stage.slack
    before = len(slack.ephemerals(user))
    slack.slash_command(user, CHECKOUT, kit.COMMAND_FRICTION, ticket)
    answer = slack.wait_for(lambda: slack.ephemerals(user)[before], PATIENCE)
    slack.click(user, answer, kit.ACTION_TAG)
    slack.wait_for(lambda: slack.view(user), PATIENCE)


def _answer(stage: Stage, card: Message, until: Until) -> None:
    """Two colleagues answer by emoji; Ben owns it and says where it is worked on."""
    slack = stage.slack
    slack.react(CHIDI, CHECKOUT, card.ts, "open_mouth")
    slack.react(NOOR, CHECKOUT, card.ts, "white_check_mark")
    with _Change(stage):
        slack.click(BEN, card, kit.ACTION_OWN)
    until(stage.now + timedelta(minutes=1))
    slack.click(BEN, card, kit.ACTION_EDIT)
    slack.wait_for(lambda: slack.view(BEN), PATIENCE)
    with _Change(stage):
        slack.submit_view(BEN, {kit.BLOCK_ISSUE: ISSUE})
    until(stage.now + timedelta(minutes=1))


def _ship(stage: Stage, card: Message, until: Until) -> None:
    slack = stage.slack
    slack.select(BEN, card, kit.ACTION_STATUS, f"{INSIGHT}:shipped")
    slack.wait_for(lambda: slack.view(BEN), PATIENCE)
    with _Change(stage):
        slack.submit_view(BEN, {kit.BLOCK_NOTE: CHANGED})
    until(stage.now + timedelta(minutes=1))


class _Change:
    """Waits in the end until something more has happened to the insight: time must not pass while
    a listener is at work."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __enter__(self) -> None:
        self._before = self._count()

    def __exit__(self, *_: object) -> None:
        self._stage.slack.wait_for(lambda: self._count() > self._before, PATIENCE)

    def _count(self) -> int:
        with self._stage.context.store.read() as session:
            return len(insight_changes.of(session, INSIGHT))
