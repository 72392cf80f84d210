"""The one way to listen: whatever a person does passes here before a listener hears of it.

Acknowledged and counted first, then checked for being a copy, then for who acts; only then does the
listener look anything up. So no listener can forget it, and a refusal tells nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from re import Pattern
from typing import Any, Final

from slack_bolt import Ack, App, Args, BoltResponse

from bot.blocks.notice import notice
from bot.errors import NotAllowed, TooMany
from bot.limits import MOST, Counted, Verdict
from bot.listeners.common import Desk
from bot.listeners.reading import Body, channel_of, is_direct, team_of, user_of
from bot.reports import Right
from bot.service import events, seen

Listener = Callable[..., None]
IsMeant = Callable[[Mapping[str, Any]], bool]
_Decorate = Callable[[Listener], Listener]

SENTENCES: Final = {
    Counted.PERSON: f"That is more than {MOST[Counted.PERSON]} questions in a minute. Give Earshot "
    "a moment, then ask again.",
    Counted.CHANNEL: f"This channel has asked more than {MOST[Counted.CHANNEL]} questions in a "
    "minute. Give Earshot a moment, then ask again.",
    Counted.BUTTONS: f"That is more than {MOST[Counted.BUTTONS]} clicks in a minute. Give Earshot "
    "a moment, then go on.",
}


def _acknowledge(ack: Ack, next: Callable[[], None]) -> None:
    """Before the listener waits for a thread, which others may hold for long."""
    ack()
    next()


class Gate:
    """Registers listeners with Bolt, each for what `Right` it takes to be heard."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    # --- what people do -------------------------------------------------------------------------

    def command(self, name: str, right: Right = Right.ASK) -> _Decorate:
        """A slash command."""

        def acknowledge(ack: Ack, body: Body, next: Callable[[], None]) -> BoltResponse | None:
            if self._take(body, Counted.PERSON) is not Verdict.TAKEN:
                told = notice(SENTENCES[Counted.PERSON])
                # In the acknowledgement: it costs no call, so each can be told.
                blocks = list(told.blocks)
                return ack(text=told.text, blocks=blocks, response_type="ephemeral")
            _acknowledge(ack, next)
            return None

        return self._register(
            self._app.command(name, middleware=[acknowledge]),
            lambda args: self._admit_question(args, right),
        )

    def action(
        self, name: str | Pattern[str], right: Right = Right.ASK, *, is_link: bool = False
    ) -> _Decorate:
        """A button or a menu; of a link, which the browser follows anyway, nobody is told that they
        may not."""

        return self._register(
            self._app.action(name, middleware=[_acknowledge]),
            lambda args: self._admit_click(args, right, is_silent=is_link),
        )

    def message_shortcut(self, name: str, right: Right) -> _Decorate:
        """A shortcut in a message's menu."""
        return self._register(
            self._app.message_shortcut(name, middleware=[_acknowledge]),
            lambda args: self._admit_click(args, right),
        )

    def view(self, name: str, right: Right = Right.ASK) -> _Decorate:
        """A submitted modal. Its listener acknowledges: what is wrong is said in the modal."""

        def admit(args: Args) -> bool:
            if self._take(args.body, Counted.BUTTONS) is not Verdict.TAKEN:
                raise TooMany(SENTENCES[Counted.BUTTONS])
            if not self._is_first(args.body):
                args.ack()
                return False
            self._check(args.body, right)
            return True

        return self._register(self._app.view(name), admit)

    # --- what Slack tells -----------------------------------------------------------------------

    def question(self, event: str, is_meant: Callable[[Mapping[str, Any]], bool]) -> _Decorate:
        """Words to Earshot: a mention, a direct message. Answered once, however often they come."""

        def admit(args: Args) -> bool:
            body = args.body
            if not is_meant(body["event"]):
                return False
            if not self._is_first_event(body, event):
                return False
            verdict = self._take(body, Counted.PERSON)
            if verdict is Verdict.TOLD:
                raise TooMany(SENTENCES[Counted.PERSON])
            return verdict is Verdict.TAKEN and self._admit_question(args, Right.ASK, is_new=True)

        return self._register(self._app.event(event), admit)

    def visit(self, event: str, is_meant: IsMeant) -> _Decorate:
        """Somebody looks at a page of Earshot's, which is drawn anew: a copy changes nothing."""

        def admit(args: Args) -> bool:
            if not is_meant(args.body["event"]):
                return False
            verdict = self._take(args.body, Counted.BUTTONS)
            if verdict is Verdict.TAKEN:
                self._check(args.body, Right.ASK)
            return verdict is Verdict.TAKEN

        return self._register(self._app.event(event), admit)

    def recorded(self, event: str) -> _Decorate:
        """An event that is kept before it is acknowledged, and finished by its listener or by the
        clock: whoever finishes it checks who acted."""

        def admit(args: Args) -> bool:
            return not self._desk.is_elsewhere(args.body)

        return self._register(self._app.event(event), admit)

    def before(self, listener: Callable[..., BoltResponse]) -> None:
        """What happens to every request before it is acknowledged: it may only be kept."""
        self._app.middleware(listener)

    # --- the checks -----------------------------------------------------------------------------

    def _register(self, add: Callable[..., Any], admit: Callable[[Args], bool]) -> _Decorate:
        def decorate(listener: Listener) -> Listener:
            names = inspect.getfullargspec(listener).args

            def guarded(args: Args) -> None:
                if admit(args):
                    listener(**{name: getattr(args, name) for name in names})

            add(guarded)
            return listener

        return decorate

    def _take(self, body: Body, what: Counted, whose: str = "") -> Verdict:
        return self._desk.limits.take(what, team_of(body), whose or user_of(body))

    def _is_first(self, body: Body) -> bool:
        return seen.is_first(self._desk.context, team_of(body), body, self._desk.now())

    def _is_first_event(self, body: Body, event: str) -> bool:
        return events.is_first(
            self._desk.context,
            team=team_of(body),
            event_id=str(body["event_id"]),
            type=event,
            now=self._desk.now(),
        )

    def _check(self, body: Body, right: Right) -> None:
        self._desk.person(body, right)

    def _admit_question(self, args: Args, right: Right, *, is_new: bool = False) -> bool:
        """The channel's own limit counts members only, so that others cannot use it up."""
        body = args.body
        if not is_new and not self._is_first(body):
            return False
        self._check(body, right)
        channel = channel_of(body)
        if is_direct(body) or not channel:
            return True
        if self._take(body, Counted.CHANNEL, channel) is not Verdict.TAKEN:
            raise TooMany(SENTENCES[Counted.CHANNEL])
        return True

    def _admit_click(self, args: Args, right: Right, *, is_silent: bool = False) -> bool:
        body = args.body
        verdict = self._take(body, Counted.BUTTONS)
        if verdict is Verdict.TOLD and not is_silent:
            raise TooMany(SENTENCES[Counted.BUTTONS])
        if verdict is not Verdict.TAKEN or not self._is_first(body):
            return False
        try:
            self._check(body, right)
        except NotAllowed as error:
            if not is_silent:
                raise
            self._desk.refused(body, error)
            return False
        return True
