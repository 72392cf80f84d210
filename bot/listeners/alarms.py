"""Alarms: the buttons that silence one."""

from __future__ import annotations

from slack_bolt import Ack, App

from bot.blocks import kit
from bot.listeners.common import Body, Desk, team_of, user_of
from bot.reports import Silence
from bot.service import alarm_posts, alarms


def register(app: App, desk: Desk) -> None:
    """Listen to the buttons of an alarm's message."""

    def silence(body: Body, action: Body, word: Silence) -> None:
        desk.person(body)
        alarm = int(action["value"])
        alarms.silence(
            desk.context, alarm, word, team=team_of(body), user=user_of(body), now=desk.now()
        )
        alarm_posts.silenced(desk.context, alarm, team_of(body), desk.now())
        desk.clock.wake()

    @app.action(kit.ACTION_ALARM_KNOWN)
    def known(ack: Ack, body: Body, action: Body) -> None:
        ack()
        silence(body, action, Silence.KNOWN)

    @app.action(kit.ACTION_ALARM_NO_PROBLEM)
    def no_problem(ack: Ack, body: Body, action: Body) -> None:
        ack()
        silence(body, action, Silence.NOT_A_PROBLEM)
