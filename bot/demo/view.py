"""What a browser shows, as JSON: the fake Slack seen with one person's eyes.

Nothing is rendered here. Texts go out as data exactly as the bot or a person wrote them, and the
page puts them on the screen as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.demo.emoji import EMOJI, character
from bot.demo.fake_slack import BOT_USER, Channel, FakeSlack, Message, Person, View
from bot.demo.fake_slack.state import state_values
from bot.demo.moments import BERLIN, day_of, next_morning, spoken
from bot.demo.surface import COMMANDS, SHORTCUTS
from bot.demo.world import World

Json = dict[str, Any]
MOST_MESSAGES, MOST_CALLS = 60, 60
ROLES: Mapping[str, str] = {
    "U0ADA": "engineer",
    "U0BEN": "engineer",
    "U0CHIDI": "engineer",
    "U0MIRA": "product",
    "U0NOOR": "product",
    "U0GUS": "guest",
}
OWN_NOTE = "Your own tickets, read on this machine. Nothing leaves it."


def people(slack: FakeSlack) -> list[Person]:
    """Those whom a visitor can act as."""
    return [slack.space.people[user] for user in ROLES]


def channels_of(slack: FakeSlack, user: str) -> list[Channel]:
    """What stands in a person's sidebar, the direct messages with Earshot last."""
    person = slack.space.person(user)
    return [
        each
        for each in slack.space.channels.values()
        if user in each.members or not (each.is_private or each.is_im or person.is_restricted)
    ]


def roots(slack: FakeSlack, channel: str, user: str) -> list[Message]:
    """A channel's messages outside of threads, with those that only this person sees."""
    return [each for each in _seen_by(slack, channel, user) if each.thread_ts is None]


def _seen_by(slack: FakeSlack, channel: str, user: str) -> list[Message]:
    private = [each for each in slack.ephemerals(user) if each.channel == channel]
    found = [*slack.space.shown(channel), *private]
    return sorted(found, key=lambda each: [int(part) for part in each.ts.split(".")])


def state(world: World, user: str, channel: str | None) -> Json:
    """Everything that a person's screen needs, of one moment."""
    slack = world.stage.slack
    version = world.version
    with slack.space.changing():
        listed = channels_of(slack, user)
        shown = channel if channel in {each.id for each in listed} else _first(listed)
        modal, home = slack.view(user), slack.home(user)
        return {
            "version": version,
            **_when(world),
            "me": _person(slack.space.person(user)),
            "people": [_person(each) for each in people(slack)],
            "bot": {"id": BOT_USER, "name": slack.space.people[BOT_USER].real_name},
            "channels": [_channel(world, each, user) for each in listed],
            "channel": shown,
            "commands": list(COMMANDS),
            "shortcuts": list(SHORTCUTS),
            "messages": [
                message(slack, each, user)
                for each in roots(slack, shown or "", user)[-MOST_MESSAGES:]
            ],
            "thread": None,
            "modal": modal and _modal(slack, modal),
            "home": home and home.definition,
            "emoji": dict(EMOJI),
        }


def _first(listed: list[Channel]) -> str | None:
    return listed[0].id if listed else None


def _when(world: World) -> Json:
    now, feed = world.stage.now, world.feed
    note = OWN_NOTE
    if feed.bad:
        note += f" {len(feed.bad):,} rows could not be read."
    return {
        "now": now.astimezone(UTC).isoformat(timespec="seconds"),
        "today": spoken(now),
        "next_morning": spoken(next_morning(now)),
        "busy": world.busy,
        "feed": {"read": feed.read, "total": feed.total, "note": feed.note()},
        "own_data": None if feed.name is None else {"name": feed.name, "note": note},
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "role": ROLES.get(person.id, "member"),
        "is_guest": person.is_restricted,
    }


def _channel(world: World, channel: Channel, user: str) -> Json:
    read = world.seen.get((user, channel.id), "0")
    unread = [
        each
        for each in roots(world.stage.slack, channel.id, user)
        if float(each.ts) > float(read) and each.user != user
    ]
    return {
        "id": channel.id,
        "name": "Earshot" if channel.is_im else channel.name,
        "is_private": channel.is_private,
        "is_shared": channel.is_ext_shared,
        "is_im": channel.is_im,
        "unread": len(unread),
        "member": user in channel.members,
        "bot_member": BOT_USER in channel.members,
    }


def _modal(slack: FakeSlack, view: View) -> Json:
    return {
        "id": view.id,
        "view": view.definition,
        "state": state_values(view.blocks, view.state),
        "errors": dict(view.errors),
        "depth": len(slack.space.views.stacks.get(view.user, ())),
    }


def message(slack: FakeSlack, shown: Message, user: str) -> Json:
    """One message as a person sees it."""
    author = slack.space.people.get(shown.user)
    written = datetime.fromtimestamp(float(shown.ts), UTC)
    replies = [each for each in _seen_by(slack, shown.channel, user) if each.thread_ts == shown.ts]
    return {
        "channel": shown.channel,
        "ts": shown.ts,
        "user": shown.user,
        "bot": shown.bot_id is not None,
        "name": author.real_name if author else shown.user,
        "time": f"{written.astimezone(BERLIN):%H:%M}",
        "date": day_of(written),
        "text": shown.text,
        "blocks": shown.blocks,
        "state": state_values(shown.blocks, shown.states.get(user, {})),
        "edited": shown.edited is not None,
        "ephemeral": shown.ephemeral_to is not None,
        "reactions": [
            {
                "name": name,
                "char": character(name),
                "users": [slack.space.people[each].real_name for each in who],
                "mine": user in who,
            }
            for name, who in shown.reactions.items()
        ],
        "replies": len(replies),
        "reply_users": len({each.user for each in replies}),
    }


def thread(slack: FakeSlack, user: str, channel: str, ts: str) -> Json | None:
    """A thread as a person sees it; None where there is no such message for them."""
    with slack.space.changing():
        if channel not in {each.id for each in channels_of(slack, user)}:
            return None
        seen = _seen_by(slack, channel, user)
        root = next((each for each in seen if each.ts == ts), None)
        if root is None:
            return None
        replies = [message(slack, each, user) for each in seen if each.thread_ts == ts]
        return {"root": message(slack, root, user), "replies": replies}


def inspect(slack: FakeSlack, after: int) -> Json:
    """The last requests in both directions, without what authenticates them."""
    with slack.space.changing():
        found = [_out(each) for each in slack.calls] + [_in(each) for each in slack.deliveries]
    found.sort(key=lambda each: each["number"])
    return {"calls": [each for each in found if each["number"] > after][-MOST_CALLS:]}


def _out(call: Any) -> Json:
    return {
        "number": call.change,
        "direction": "bot → Slack",
        "method": call.method,
        "at": call.at.isoformat(),
        "arguments": without_tokens(dict(call.arguments)),
        "answer": without_tokens(dict(call.answer)),
        "faults": list(call.faults),
    }


def _in(sent: Any) -> Json:
    delivery = sent.delivery
    return {
        "number": sent.number,
        "direction": "Slack → bot",
        "method": _method(delivery.kind, delivery.payload),
        "at": sent.at.isoformat(),
        "arguments": without_tokens(dict(delivery.payload)),
        "answer": {"status": delivery.status, "body": delivery.body, "reason": delivery.reason},
        "faults": list(delivery.faults),
    }


def _method(kind: str, payload: Mapping[str, Any]) -> str:
    what = payload.get("command") or (payload.get("event") or {}).get("type") or payload["type"]
    return f"{kind} {what}"


def without_tokens(value: Any) -> Any:
    """A copy of a payload in which no token, trigger or response address is left."""
    if isinstance(value, Mapping):
        secret = ("token", "trigger_id", "response_url")
        return {k: without_tokens(v) for k, v in value.items() if k not in secret}
    if isinstance(value, list | tuple):
        return [without_tokens(each) for each in value]
    return value
