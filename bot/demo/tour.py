"""The guided tour as data: what to say, where to point (a `data-tour` name), what to do.

A step whose act depends on what is on the screen says `{"act": "tour", "step": n}`; the server
then finds the quote, the card or the form that the visitor sees. Later issues add their steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.blocks import kit
from bot.demo.fake_slack import Message
from bot.demo.world import World
from bot.reports import RankingReport
from bot.service import friction

Json = dict[str, Any]
ADA, BEN, MIRA, GUEST = "U0ADA", "U0BEN", "U0MIRA", "U0GUS"
CHECKOUT, GENERAL = "C0CHECKOUT", "C0GENERAL"
# The sample's story breaks out over this weekend.
MONDAY, FRIDAY_NIGHT = "2026-11-02", datetime(2026, 10, 31, tzinfo=UTC)
Find = Callable[[World], list[Json]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `act` is a fixed act, or finds some when it is asked for them.

    `thread` finds the message whose thread it shows; else it is the newest that has one.
    """

    title: str
    text: str
    target: str
    user: str = ADA
    channel: str = CHECKOUT
    act: Json | Find | None = None
    own_text: str = ""
    thread: Callable[[World], str | None] | None = None


def _ask(world: World) -> list[Json]:
    return [{"act": "say", "channel": CHECKOUT, "text": f"/friction {_question(world)}"}]


def _question(world: World) -> str:
    """The feature to ask about: misspelt in the sample, the busiest of one's own tickets."""
    if world.feed.name is None:
        return "checkuot"
    report = friction.ask(world.stage.context, "", world.stage.now)
    if isinstance(report, RankingReport) and report.features:
        return report.features[0].feature.name
    return ""


def _button(message: Message, action: str) -> Json | None:
    elements = [e for block in message.blocks for e in block.get("elements", ())]
    return next((e for e in elements if e.get("action_id") == action), None)


def _last(messages: list[Message], action: str) -> tuple[Message, Json] | None:
    """The newest message that has this element."""
    for message in reversed(messages):
        element = _button(message, action)
        if element is not None:
            return message, element
    return None


def _tag(world: World) -> list[Json]:
    found = _last(world.stage.slack.ephemerals(ADA), kit.ACTION_TAG)
    if found is None:
        return []
    message, button = found
    place = {"channel": message.channel, "ts": message.ts}
    return [{"act": "click", **place, "action_id": kit.ACTION_TAG, "value": button["value"]}]


def _submit(user: str, callback: str, values: Json) -> Find:
    def find(world: World) -> list[Json]:
        view = world.stage.slack.view(user)
        if view is None or view.definition.get("callback_id") != callback:
            return []
        return [{"act": "submit", "values": values}]

    return find


def _surprised(world: World) -> list[Json]:
    found = _last(world.stage.slack.messages(CHECKOUT), kit.ACTION_EDIT)
    if found is None:
        return []
    return [{"act": "react", "channel": CHECKOUT, "ts": found[0].ts, "name": "open_mouth"}]


def _shipped(world: World) -> str | None:
    """The card of what shipped before the demo begins."""
    slack = world.stage.slack
    cards = [each for each in slack.messages(CHECKOUT) if _button(each, kit.ACTION_EDIT)]
    return cards[0].ts if cards and world.feed.earlier else None


def _morning(world: World) -> list[Json]:
    to = MONDAY if world.feed.name is None and world.stage.now < FRIDAY_NIGHT else "next morning"
    return [{"act": "clock", "to": to}]


def _home(world: World) -> list[Json]:
    opened = world.stage.slack.view(MIRA) is not None
    return [*([{"act": "close", "clear": True}] if opened else []), {"act": "home"}]


STEPS = (
    Step(
        "Ask what hurts",
        "You are Ada, an engineer about to change the checkout. Type /friction and a part of the "
        "product. A slip of the finger does no harm: “checkuot” is understood.",
        "composer",
        act=_ask,
        own_text="You are Ada, an engineer. Type /friction and a part of your product, as your own "
        "tickets' tags name it, or any words. /friction alone ranks all parts.",
    ),
    Step(
        "Read the answer",
        "Only Ada sees it. How many customers wrote, whether that is more than usual, what sort "
        "of trouble it is, who they are, and each story in a customer's own words with a link to "
        "the ticket. Nothing is made up by a machine: Show tickets opens every number. Narrow asks "
        "for one kind or one sort of customer, Compare with… puts another part beside it. For "
        "somebody new: /friction read checkout.",
        "messages",
    ),
    Step(
        "Keep a quote",
        "A quote worth remembering becomes an insight. “Tag as insight” opens this form; what "
        "Earshot suggests is filled in.",
        "modal",
        act=_tag,
    ),
    Step(
        "Save the insight",
        "Press Tag. The insight gets a card in the channel of the team that owns the feature.",
        "messages",
        act=_submit(ADA, kit.VIEW_TAG, {}),
    ),
    Step(
        "Answer with one emoji",
        "Now you are Ben. 😮 says “this surprised me”. The card counts who knew, who did not, "
        "and who takes it on. Take the emoji back and the count goes down.",
        "messages",
        user=BEN,
        act=_surprised,
    ),
    Step(
        "Did our fix help?",
        "This insight was shipped in July. Its thread has who did what and when, and what became "
        "of it: after 2, 4, 8 and 12 weeks Earshot compares customers a week before and after, "
        "with the rest of the queue as control. Ship one yourself with the card's Status menu.",
        "thread",
        user=MIRA,
        own_text="Choose “Shipped” in the card's Status menu, and say when. After 2, 4, 8 and 12 "
        "weeks Earshot compares customers a week before and after, with the rest of the queue as "
        "control, and says in the card's thread whether it helped.",
        thread=_shipped,
    ),
    Step(
        "A morning's digest",
        "Move the clock to Monday morning. Tickets arrive as it moves, and at 09:30 of a working "
        "day the channel gets its digest: at most five tickets that deserve attention. On a day "
        "without any it stays silent.",
        "clock",
        act=_morning,
        own_text="Move the clock to the next morning. Tickets arrive as it moves, and at 09:30 the "
        "channel gets its digest: at most five tickets that deserve attention, or silence.",
    ),
    Step(
        "Open the thread",
        "Each ticket of the digest stands in its thread in full, with names, addresses and "
        "numbers masked. Answer there with an emoji, or tag with 💡.",
        "thread",
    ),
    Step(
        "Whose digest, and when",
        "You are Mira, who set this digest up. /digest opens the channel's settings, with a "
        "preview of what they would post.",
        "modal",
        user=MIRA,
        act={"act": "say", "channel": CHECKOUT, "text": kit.COMMAND_DIGEST},
    ),
    Step(
        "A slip is caught",
        "“Berlin” is not a time zone. The form says so at that field, and keeps what was typed.",
        "modal",
        user=MIRA,
        act=_submit(MIRA, kit.VIEW_DIGEST, {kit.BLOCK_TIMEZONE: "Berlin"}),
    ),
    Step(
        "Home",
        "Close the form. Earshot's Home shows Mira's channels, their features and the newest "
        "insights.",
        "home",
        user=MIRA,
        act=_home,
    ),
    Step(
        "Not for everybody",
        "Gus is a guest from another company. Customers' words are not for him, and Earshot says "
        "so kindly.",
        "messages",
        user=GUEST,
        channel=GENERAL,
        act={"act": "say", "channel": GENERAL, "text": "/friction checkout"},
    ),
)


def steps(world: World) -> list[Json]:
    """The tour for the page; `do` is an act that can be posted as it is, or null."""
    own = world.feed.name is not None
    return [
        {
            "title": step.title,
            "text": step.own_text if own and step.own_text else step.text,
            "target": step.target,
            "as": step.user,
            "channel": step.channel,
            "thread": step.thread(world) if step.thread else None,
            "do": _offered(number, step),
        }
        for number, step in enumerate(STEPS)
    ]


def _offered(number: int, step: Step) -> Json | None:
    if step.act is None:
        return None
    act = {"act": "tour", "step": number} if callable(step.act) else step.act
    return {"as": step.user, "channel": step.channel, **act}


def acts_of(world: World, number: int) -> list[Json]:
    """The acts of a step as things stand; none where the screen is not yet there."""
    step = STEPS[number] if 0 <= number < len(STEPS) else None
    if step is None or step.act is None:
        return []
    found = step.act(world) if callable(step.act) else [step.act]
    return [{"as": step.user, **each} for each in found]
