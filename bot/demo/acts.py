"""What a visitor does on the page, done by a person of the fake Slack.

An act is a table entry: the page's JSON is checked here to the last type, then a gesture of the
fake Slack does the rest. What Slack's client would not allow comes back as its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from typing import Any

from bot.demo import tour, view
from bot.demo.asked import Asked, BadAct
from bot.demo.emoji import EMOJI
from bot.demo.fake_slack import ClientRefusal, Delivery, Message, SlackError, View
from bot.demo.moments import Backward
from bot.demo.surface import COMMANDS
from bot.demo.world import World

Json = dict[str, Any]
MENTION = "@Earshot"
INVITE = f"/invite {MENTION}"
WAIT_FOR_CLOCK = 20.0
SENTENCES: Mapping[str, str] = {
    "message_not_found": "That message is gone.",
    "channel_not_found": "There is no such channel.",
    "already_reacted": "You reacted with this already.",
    "no_reaction": "You have not reacted with this.",
    "invalid_name": "There is no such emoji.",
    "cannot_reply_to_message": "That message is gone.",
}


def answer(*, ok: bool, status: int = 200, note: str = "", errors: Any = None) -> Json:
    return {"ok": ok, "status": status, "note": note, "errors": dict(errors or {})}


def do(world: World, body: object) -> Json:
    """Do one act. Raises `BadAct` for what is none."""
    asked = Asked(body)
    user, name = asked.text("as"), asked.text("act")
    if user not in view.ROLES:
        raise BadAct(f"There is nobody called {user!r} here.")
    if name == "tour":
        return _tour(world, asked)
    if name not in ACTS:
        raise BadAct(f"There is no act {name!r}; there are: {', '.join([*ACTS, 'tour'])}.")
    try:
        with world.seat(user):
            return ACTS[name](world, user, asked)
    except ClientRefusal as refusal:
        return answer(ok=False, note=_refused(world, refusal), errors=refusal.errors)
    except SlackError as error:
        return answer(ok=False, note=SENTENCES.get(error.code, f"Slack refuses: {error.code}."))
    finally:
        world.acted()


def _refused(world: World, refusal: ClientRefusal) -> str:
    """The refusal as a sentence; errors at inputs stand there."""
    if refusal.errors:
        return "Please look at the fields in red."
    text = str(refusal)
    for person in view.people(world.stage.slack):
        text = text.replace(person.id, person.real_name)
    return f"{text[:1].upper()}{text[1:]}."


def _delivered(delivery: Delivery) -> Json:
    """How the bot answered; an event that it did not ask for is no fault."""
    ok = delivery.ok or not delivery.sent
    note = "" if ok else f"Earshot did not answer as Slack expects: {_trouble(delivery)}."
    return answer(ok=ok, status=delivery.status, note=note)


def _trouble(delivery: Delivery) -> str:
    return "; ".join(delivery.faults) or delivery.reason or f"HTTP {delivery.status}"


# --- words and reactions


def _say(world: World, user: str, asked: Asked) -> Json:
    slack, channel, text = world.stage.slack, asked.text("channel"), asked.text("text").strip()
    if not text:
        raise ClientRefusal("there is nothing to send")
    place, thread_ts = slack.space.channel(channel), asked.optional("thread_ts")
    if text.startswith("/"):
        command, _, rest = text.partition(" ")
        if text == INVITE:
            return _delivered(slack.invite(user, channel))
        if command not in {each["command"] for each in COMMANDS}:
            raise ClientRefusal(f"{command} is not a command that this workspace knows")
        return _delivered(slack.slash_command(user, channel, command, rest.strip()))
    if place.is_im:
        delivery = slack.direct_message(user, text)
    elif MENTION in text:
        words = " ".join(text.replace(MENTION, " ").split())
        delivery = slack.mention(user, channel, words, thread_ts)
    else:
        _, delivery = slack.say(user, channel, text, thread_ts)
    _mark_read(world, user, channel)
    return _delivered(delivery)


def _react(world: World, user: str, asked: Asked) -> Json:
    slack = world.stage.slack
    return _delivered(slack.react(user, asked.text("channel"), asked.text("ts"), _emoji(asked)))


def _unreact(world: World, user: str, asked: Asked) -> Json:
    slack = world.stage.slack
    return _delivered(slack.unreact(user, asked.text("channel"), asked.text("ts"), _emoji(asked)))


def _emoji(asked: Asked) -> str:
    name = asked.text("name").strip(":")
    if name.partition("::")[0] not in EMOJI:
        raise ClientRefusal(f"there is no emoji called {name!r} in this workspace")
    return name


def _read(world: World, user: str, asked: Asked) -> Json:
    _mark_read(world, user, asked.text("channel"))
    return answer(ok=True)


def _mark_read(world: World, user: str, channel: str) -> None:
    slack = world.stage.slack
    with slack.space.changing():
        slack.space.channel(channel)
        shown = view.roots(slack, channel, user)
    if shown and world.seen.get((user, channel)) != shown[-1].ts:
        world.seen[user, channel] = shown[-1].ts
        world.announce()


# --- elements and modals


def _place(world: World, user: str, asked: Asked) -> Message | View:
    slack = world.stage.slack
    if asked.body.get("modal"):
        # What was typed travels with a press, as in Slack.
        found: View | None = slack.fill(user, asked.values()) if slack.view(user) else None
        where = "no modal is open"
    elif asked.body.get("home"):
        found, where = slack.home(user), "Home has not been opened yet"
    else:
        return _message(world, user, asked.text("channel"), asked.text("ts"))
    if found is None:
        raise ClientRefusal(where)
    return found


def _message(world: World, user: str, channel: str, ts: str) -> Message:
    slack = world.stage.slack
    private = [m for m in slack.ephemerals(user) if (m.channel, m.ts) == (channel, ts)]
    return private[0] if private else slack.message(channel, ts)


def _click(world: World, user: str, asked: Asked) -> Json:
    action, block = asked.text("action_id"), asked.optional("block_id")
    value = asked.optional("value")
    place = _place(world, user, asked)
    return _delivered(world.stage.slack.click(user, place, action, block_id=block, value=value))


def _select(world: World, user: str, asked: Asked) -> Json:
    action, block, choice = asked.text("action_id"), asked.optional("block_id"), asked.choice()
    place = _place(world, user, asked)
    return _delivered(world.stage.slack.select(user, place, action, choice, block))


def _fill(world: World, user: str, asked: Asked) -> Json:
    world.stage.slack.fill(user, asked.values())
    return answer(ok=True)


def _submit(world: World, user: str, asked: Asked) -> Json:
    slack = world.stage.slack
    open_before = slack.view(user)
    found = _delivered(slack.submit_view(user, asked.values()))
    if open_before is not None and open_before.errors:
        errors = dict(open_before.errors)
        return {**found, "ok": False, "note": errors.pop("", found["note"]), "errors": errors}
    return found


def _close(world: World, user: str, asked: Asked) -> Json:
    world.stage.slack.close_view(user, clear=bool(asked.body.get("clear")))
    return answer(ok=True)


def _shortcut(world: World, user: str, asked: Asked) -> Json:
    slack, channel, ts = world.stage.slack, asked.text("channel"), asked.text("ts")
    return _delivered(slack.shortcut(user, channel, ts, asked.text("callback_id")))


def _home(world: World, user: str, _asked: Asked) -> Json:
    return _delivered(world.stage.slack.open_home(user))


# --- time, and the tour


def _clock(world: World, _user: str, asked: Asked) -> Json:
    try:
        return answer(ok=True, note=world.move(asked.text("to")).result(WAIT_FOR_CLOCK))
    except Backward as reason:
        return answer(ok=False, note=str(reason))
    except CancelledError:
        return answer(ok=False, note="The demo is ending.")
    except TimeoutError:
        return answer(ok=True, note="The clock moves as soon as it has done what is due.")


def _tour(world: World, asked: Asked) -> Json:
    found = answer(ok=False, note="Do the step before this one first.")
    for act in tour.acts_of(world, asked.number("step")):
        found = do(world, act)
    return found


ACTS: Mapping[str, Callable[[World, str, Asked], Json]] = {
    "say": _say,
    "click": _click,
    "select": _select,
    "fill": _fill,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "react": _react,
    "unreact": _unreact,
    "home": _home,
    "read": _read,
    "clock": _clock,
}
