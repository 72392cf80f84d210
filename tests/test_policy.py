"""Who may do what: every door of the app refuses whoever may not go through it, and tells nothing.

The doors are those that are registered with Bolt, so that a new listener is tried as well.
"""

from __future__ import annotations

import json
import logging
import re
import socket
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.blocks import kit
from bot.demo.fake_slack import BOT_USER, Call, Person
from bot.demo.stage import Stage
from bot.reports import ChannelSettings, Corrected, Kind, LessOf, Right, Status, Verdict
from bot.service import (
    channels,
    corrections,
    digest_due,
    digest_less,
    insight_acts,
    insights,
    policy,
    refused,
)
from bot.service.corrections import About
from bot.service.insights import TagRequest
from conftest import NOW
from doors import ENTERED, Door, Who, doors, request
from people import (
    ADA,
    BEN,
    CHECKOUT,
    GUS,
    PRIVATE,
    SUPPORT,
    TEAM,
    card_post,
    events_done,
    finish_listeners,
    rows,
    take_some_tickets,
    ticket_post,
)
from storage import alarms as alarm_rows
from storage import digest_questions
from storage.alarms import AlarmValue

pytestmark = [pytest.mark.case(38), pytest.mark.only("sqlite")]
DOORS = list(doors())
KEPT_ANYWAY = {"inbox", "audit_entry", "request_seen", "alembic_version", "meta"}
"""What is kept of a request that nothing came of, to know a copy of it, and that it was refused;
and when the clock did its rounds."""
MAY_BE_ASKED = {"users.info", "auth.test"}
TELLING = {"response_url", "chat.postEphemeral", "views.publish", "views.push"}
BY_SLACK_ONLY = {"member_joined_channel", "channel_shared", "app_uninstalled", "tokens_revoked"} | {
    f"shared_channel_invite_{what}" for what in ("accepted", "approved")
}
"""Events that tell of no person who does something."""
OF_WHAT_WAS = {kit.ACTION_VERIFY, kit.ACTION_LEAK_OTHERS}
"""Whether a fix can be verified, or a report has others beside, is said in its own words."""


@pytest.fixture
def some(http_stage: Stage, tmp_path: Path) -> Stage:
    """Something behind each door: tickets, two insights, their cards, an alarm, over HTTP."""
    take_some_tickets(http_stage, tmp_path)
    card_post(http_stage)
    card_post(http_stage, row=3, title="Coupons")
    ticket_post(http_stage)
    context, now = http_stage.context, http_stage.now
    settings = ChannelSettings(TEAM, CHECKOUT, timezone="UTC")
    channels.save(context, settings, ADA, now)
    assert digest_due.send(context, settings, now, now).is_new
    also = TagRequest(TEAM, ADA, CHECKOUT, "", "checkout", Kind.BROKEN, ticket=2, into=1)
    insights.tag(context, also, now)
    insight_acts.set_status(
        context, 2, Status.SHIPPED, now, user=ADA, on=now.date() - timedelta(days=1)
    )
    about = About(1, Corrected.KIND, "request")
    corrections.say(context, about, Verdict.IS, team=TEAM, user=ADA, now=now)
    digest_less.say(context, TEAM, CHECKOUT, what=LessOf.KIND, value="praise", user=ADA, now=now)
    with context.store.write() as session:
        digest_questions.ask(session, TEAM, CHECKOUT, since=now, cadence="days", now=now)
        alarm_rows.put(session, ALARM)
    http_stage.work()
    return http_stage


ALARM = AlarmValue(
    id=None,
    opened=NOW,
    began=NOW,
    seen=NOW,
    closed=None,
    features=("checkout",),
    terms=(),
    theme="",
    observed=9,
    expected=2.0,
    hours=24,
    chance=0.001,
    rows=(1, 2),
)


def go_through(
    stage: Stage, door: Door, who: Who, channel: str = CHECKOUT, forge: str = CHECKOUT
) -> str:
    """Send the signed request of a door, from a modal that is open; the acknowledgement's body.

    Whatever it carries of a channel is of `forge`.
    """
    space = stage.slack.space
    with space.changing():
        view = space.views.open(who.user, {"type": "modal", "callback_id": "x", "blocks": []})
    key = space.grants.new_response(CHECKOUT, who.user)
    url = f"{stage.slack.response_base()}{key}"
    trigger = space.grants.new_trigger(who.user, view.id)
    made = request(door, who, trigger, url, channel)
    card = stage.slack.posts(CHECKOUT)[0]
    there = {CHECKOUT: forge, "V1": view.id, "H1": view.hash, "CARD": card.ts}
    written = json.dumps(made.payload)
    for stand_in, real in there.items():
        written = re.sub(rf"\b{stand_in}\b", real, written)
    delivery = stage.slack.courier.send(made.kind, json.loads(written))
    assert delivery.status == 200, door
    return delivery.body


def content(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for what is kept of any request."""
    tables = sorted(set(SQLModel.metadata.tables) - KEPT_ANYWAY)
    return {name: sorted(rows(stage, f'SELECT * FROM "{name}"'), key=str) for name in tables}


def made_since(stage: Stage, number: int) -> list[Call]:
    return [call for call in stage.slack.calls if call.number > number]


def last_call(stage: Stage) -> int:
    return max((call.number for call in stage.slack.calls), default=0)


# --- the walk -------------------------------------------------------------------------------


def test_every_listener_of_the_app_was_registered_at_the_gate(http_stage: Stage) -> None:
    listeners = http_stage.earshot.bolt._listeners
    assert len(listeners) == len(DOORS) > 50
    made_by = {listener.ack_function.__qualname__ for listener in listeners}
    assert made_by == {"Gate._register.<locals>.decorate.<locals>.guarded"}


@pytest.mark.parametrize("door", DOORS, ids=str)
@pytest.mark.only("sqlite")
def test_a_member_goes_through_each_door(
    some: Stage, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the walk of the others would prove nothing."""
    caplog.set_level(logging.INFO)
    if door.name in BY_SLACK_ONLY:
        return
    if door.name == "reaction_removed":
        some.slack.react(ADA, CHECKOUT, some.slack.posts(CHECKOUT)[0].ts, "bulb")
        events_done(some, 1)
    before, number = content(some), last_call(some)
    acknowledged = go_through(some, door, Who())
    finish_listeners(some)
    acted = {call.method for call in made_since(some, number)} - MAY_BE_ASKED
    assert acted or content(some) != before or acknowledged, "it does nothing: see tests/doors.py"
    assert "refused" not in caplog.text or door.name in OF_WHAT_WAS
    assert "reference" not in caplog.text


@dataclass(frozen=True)
class Outsider:
    """Somebody who may not, and what they are told."""

    who: Who
    person: Person | None = None
    told: str = policy.OUTSIDER


ODD = Person("U0ODD", "odd", "Odd One")
AS = Who("U0ODD")
OUTSIDERS = {
    "a guest of one channel": Outsider(AS, replace(ODD, is_ultra_restricted=True)),
    "a guest of several": Outsider(AS, replace(ODD, is_restricted=True)),
    "a stranger": Outsider(AS, replace(ODD, is_stranger=True)),
    "of another workspace": Outsider(AS, replace(ODD, team_id="T0OTHER")),
    "a bot": Outsider(AS, replace(ODD, is_bot=True)),
    "gone": Outsider(AS, replace(ODD, deleted=True)),
    "Slackbot": Outsider(Who("USLACKBOT")),
    # Slack says so of everything but commands, which reach no other company's app.
    "of another company, by the request": Outsider(Who("U0ODD", home="T0ACME"), ODD),
    "of another team": Outsider(Who("U0ODD", team="T0OTHER"), ODD, policy.ELSEWHERE),
    "of another enterprise": Outsider(Who("U0ODD", enterprise="E0ACME"), ODD, policy.ELSEWHERE),
}


@pytest.mark.parametrize("case", OUTSIDERS)
@pytest.mark.only("sqlite")
def test_no_door_lets_an_outsider_through(some: Stage, case: str) -> None:
    outsider = OUTSIDERS[case]
    if outsider.person:
        some.slack.space.add_person(outsider.person)
    before, number = content(some), last_call(some)
    tried = [door for door in DOORS if door.name not in BY_SLACK_ONLY]
    if outsider.who.home != TEAM:
        tried = [door for door in tried if door.sort != "command"]
    in_modals = [go_through(some, door, outsider.who) for door in tried]
    finish_listeners(some)
    some.work()
    calls = made_since(some, number)
    # A member's card is looked up by the clock, which is nobody's doing.
    assert {call.method for call in calls} <= MAY_BE_ASKED | TELLING
    assert content(some) == before
    told = [str(call.arguments) for call in calls if call.method in TELLING]
    told += [body for body in in_modals if body]
    assert len(told) > 40
    assert [one for one in told if outsider.told not in one.replace("\\'", "'")] == []


def test_refusals_are_told_to_the_audit_without_content_and_once_an_hour(some: Stage) -> None:
    some.slack.space.add_person(replace(ODD, is_restricted=True))
    for _ in range(3):
        for door in DOORS:
            go_through(some, door, AS)
    finish_listeners(some)
    kept = rows(some, "SELECT team, \"by\", deed, about FROM audit_entry WHERE deed = 'refused'")
    assert len(kept) == len(set(kept))
    assert {(team, by) for team, by, *_ in kept} == {(TEAM, "U0ODD")}
    rights = {right.value for right in Right}
    assert {about for *_, about in kept} == rights - {"export", "erase"}


def test_nobody_fills_the_disk_by_being_refused(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST_A_DAY", 5)
    for number in range(12):
        refused.record(some.context, TEAM, f"U0STRANGER{number}", "ask", some.now)
    assert refusals(some) == 5
    some.now += timedelta(days=1, seconds=1)
    refused.record(some.context, TEAM, "U0STRANGER1", "ask", some.now)
    refused.record(some.context, TEAM, "U0STRANGER1", "ask", some.now)
    refused.record(some.context, "<script>", "<script>", "ask", some.now)
    assert refusals(some) == 7
    assert rows(some, 'SELECT team, "by" FROM audit_entry ORDER BY id DESC LIMIT 1') == [
        ("", "somebody")
    ]


def refusals(stage: Stage) -> int:
    counted = rows(stage, "SELECT count(*) FROM audit_entry WHERE deed = 'refused'")
    return int(counted[0][0])


def test_answers_go_to_slack_and_nowhere_else(some: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/hook"
        for url in (address, "file:///etc/passwd", "http://[", "odd", None):
            for person in (ADA, GUS):
                command = {
                    "command": "/friction",
                    "text": "checkout",
                    "user_id": person,
                    "team_id": TEAM,
                    "channel_id": SUPPORT,
                    "trigger_id": f"{url} {person}",
                    "response_url": url or "",
                }
                assert some.slack.courier.send("slash_commands", command).ok
        finish_listeners(some)
        with pytest.raises(TimeoutError):
            elsewhere.accept()


# --- members, where they may not --------------------------------------------------------------

NOWHERE = "C0NOWHERE"


OF_A_CHANNEL = [
    door
    for door in DOORS
    if door.sort in ("action", "view")
    and (door.name.startswith("digest_") or door.name in (kit.ACTION_SHARE, kit.ACTION_DIGEST_HERE))
    and door.name != kit.ACTION_DIGEST_OPEN
]


def told_by(stage: Stage, door: Door, channel: str) -> list[str]:
    """What a member who is not in a channel is told who goes through a door for it."""
    number = last_call(stage)
    body = go_through(stage, door, Who(BEN), channel, forge=channel)
    stage.slack.wait_for(
        lambda: body or any(call.method in TELLING for call in made_since(stage, number))
    )
    calls = made_since(stage, number)
    assert {call.method for call in calls} <= MAY_BE_ASKED | TELLING | {"users.conversations"}
    return [body] + [str(call.arguments) for call in calls if call.method in TELLING]


@pytest.mark.parametrize("door", OF_A_CHANNEL, ids=str)
@pytest.mark.only("sqlite")
def test_of_a_channel_only_its_members_may_change_or_see_anything(some: Stage, door: Door) -> None:
    """Nor learn whether there is such a channel: Earshot is in the one that is asked for."""
    space = some.slack.space
    space.change_channel(PRIVATE, members=[*space.channel(PRIVATE).members, BOT_USER])
    settings = ChannelSettings(TEAM, PRIVATE, timezone="UTC")
    channels.save(some.context, settings, ADA, some.now)
    before = content(some)
    private, nowhere = (told_by(some, door, each) for each in (PRIVATE, NOWHERE))
    finish_listeners(some)
    assert private == nowhere
    assert [one for one in private if policy.NOT_HERE in one.replace("\\u2019", "'")]
    assert content(some) == before


@pytest.mark.only("sqlite")
def test_a_card_is_posted_nowhere_where_who_tags_is_not(
    some: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = some.slack.space
    space.change_channel(PRIVATE, members=[*space.channel(PRIVATE).members, BOT_USER])
    monkeypatch.setitem(ENTERED, kit.VIEW_TAG, {kit.BLOCK_TITLE: "Mine", kit.BLOCK_KIND: "broken"})
    tag = Door("view", kit.VIEW_TAG)
    before = content(some)
    assert told_by(some, tag, PRIVATE) == told_by(some, tag, NOWHERE)
    finish_listeners(some)
    assert content(some) == before
