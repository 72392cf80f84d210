"""The day before the demo begins, lived through by acts of people and by nothing else.

Mira sets up a digest through the real modal, it comes in the morning, and colleagues answer: so
the visitor finds a workspace in use, and every row in the database was made by Earshot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.blocks import kit
from bot.demo.stage import Stage

BEN, CHIDI, MIRA, NOOR = "U0BEN", "U0CHIDI", "U0MIRA", "U0NOOR"
CHECKOUT, GENERAL, SUPPORT = "C0CHECKOUT", "C0GENERAL", "C0SUPPORT"
FOLLOWED = ["checkout", "discounts", "login"]
BEFORE = timedelta(minutes=50)
PATIENCE = 30.0
TALK = (
    (CHIDI, GENERAL, "Morning all. Release notes for this week are in the wiki."),
    (BEN, CHECKOUT, "I am reworking the payment step next week. What hurts there most?"),
    (NOOR, SUPPORT, "Two shops asked today whether a discount code can be used twice."),
)


def play(stage: Stage, work: Callable[[], None], *, sample: bool) -> None:
    """Let the eve of the demo happen: the stage's now is when the digest has just come due."""
    slack, morning = stage.slack, stage.now
    for person in list(slack.space.people.values()):
        if not person.is_bot:
            slack.space.direct_channel(person.id)
    stage.now = morning - BEFORE
    if sample:
        for user, channel, text in TALK:
            slack.say(user, channel, text)
    slack.slash_command(MIRA, CHECKOUT, kit.COMMAND_DIGEST)
    slack.wait_for(lambda: slack.view(MIRA), PATIENCE)
    slack.submit_view(MIRA, {kit.BLOCK_FEATURES: FOLLOWED} if sample else {})
    stage.now = morning
    work()
    threads = [each for each in slack.posts(CHECKOUT) if each.thread_ts]
    if sample and threads:
        slack.react(BEN, CHECKOUT, threads[0].ts, "open_mouth")
        slack.react(CHIDI, CHECKOUT, threads[0].ts, "white_check_mark")
        work()
