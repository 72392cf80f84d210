"""Alarms: the buttons that silence one."""

from __future__ import annotations

from bot.blocks import kit
from bot.listeners.common import Desk
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, number_in, team_of, user_of, value_of
from bot.reports import Right, Silence
from bot.service import alarm_posts, alarms


def register(gate: Gate, desk: Desk) -> None:
    """Listen to the buttons of an alarm's message."""

    def silence(body: Body, action: Body, word: Silence) -> None:
        alarm = number_in(value_of(action))
        alarms.silence(
            desk.context, alarm, word, team=team_of(body), user=user_of(body), now=desk.now()
        )
        alarm_posts.silenced(desk.context, alarm, team_of(body), desk.now())
        desk.clock.wake()

    @gate.action(kit.ACTION_ALARM_KNOWN, Right.SILENCE)
    def known(body: Body, action: Body) -> None:
        silence(body, action, Silence.KNOWN)

    @gate.action(kit.ACTION_ALARM_NO_PROBLEM, Right.SILENCE)
    def no_problem(body: Body, action: Body) -> None:
        silence(body, action, Silence.NOT_A_PROBLEM)
