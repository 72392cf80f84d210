"""What the buttons of an insight's card do, and those that lead to one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import insight_forms as forms
from bot.blocks import insight_tickets as told_screens
from bot.blocks import insights as screens
from bot.blocks import kit
from bot.blocks.forms import digest
from bot.directory import UNREACHABLE, slack_code
from bot.errors import Refused, UserError
from bot.listeners.common import Desk, answer, show_modal, update_modal
from bot.listeners.gate import Gate
from bot.listeners.insights import fields
from bot.listeners.reading import (
    Body,
    carried,
    channel_of,
    day_in,
    number_in,
    place_of,
    team_of,
    trigger_of,
    user_of,
    value_of,
    values,
    word_in,
)
from bot.refusals import GONE
from bot.reports import Person, Right, Status
from bot.service import catalogue, insight_acts, insight_list
from bot.service.insight_acts import Edit
from bot.service.insight_list import CardPlace

EDITED: Final = {
    kit.BLOCK_TITLE: "title",
    kit.BLOCK_FEATURE: "feature",
    kit.BLOCK_KIND: "kind",
    kit.BLOCK_NOTE: "note",
    kit.BLOCK_OWNER: "owner",
    kit.BLOCK_ISSUE: "issue",
}
"""What each input of the edit modal is for."""


def register(gate: Gate, desk: Desk) -> None:
    """Listen to everything that changes an insight, or shows its card or tickets."""
    _register_status(gate, desk)
    _register_edit(gate, desk)
    _register_notes(gate, desk)
    _register_tickets(gate, desk)

    @gate.action(kit.ACTION_VERIFY, Right.CHANGE_INSIGHT)
    def verify(body: Body, action: Body) -> None:
        person = desk.person(body)
        insight = number_in(value_of(action))
        insight_acts.verify(desk.context, insight, desk.now(), user=person.user)
        desk.clock.wake()

    @gate.action(kit.ACTION_CARD)
    def open_card(body: Body, action: Body, respond: Respond, client: WebClient) -> None:
        _show_card(desk, body, respond, client, number_in(value_of(action)))


def _register_status(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_OWN, Right.CHANGE_INSIGHT)
    def own(body: Body, action: Body) -> None:
        insight_acts.own(desk.context, number_in(value_of(action)), user_of(body), desk.now())
        desk.clock.wake()

    @gate.action(kit.ACTION_STATUS, Right.CHANGE_INSIGHT)
    def status(body: Body, action: Body, client: WebClient) -> None:
        person = desk.person(body)
        insight, chosen = _chosen(value_of(action))
        card = insight_list.card_of(desk.context, insight)
        if chosen is Status.SHIPPED:
            show_modal(client, body, forms.ship_view(card, _today(desk, person)))
        elif chosen is Status.DECLINED:
            show_modal(client, body, forms.decline_view(card))
        else:
            insight_acts.set_status(desk.context, insight, chosen, desk.now(), user=person.user)
            desk.clock.wake()

    def save(ack: Ack, body: Body, view: Body, status: Status) -> None:
        person = desk.person(body)
        found = values(view)
        picked = found.get(kit.BLOCK_DATE)
        on = day_in(picked) if picked else None
        if on is not None and on > _today(desk, person):
            sentence = "This day is still to come: set the status when it has shipped."
            ack(response_action="errors", errors={kit.BLOCK_DATE: sentence})
            return
        insight_acts.set_status(
            desk.context,
            _insight(view),
            status,
            desk.now(),
            user=person.user,
            on=on,
            said=str(found.get(kit.BLOCK_NOTE) or ""),
        )
        ack()
        desk.clock.wake()

    @gate.view(kit.VIEW_SHIP, Right.CHANGE_INSIGHT)
    def ship(ack: Ack, body: Body, view: Body) -> None:
        save(ack, body, view, Status.SHIPPED)

    @gate.view(kit.VIEW_DECLINE, Right.CHANGE_INSIGHT)
    def decline(ack: Ack, body: Body, view: Body) -> None:
        save(ack, body, view, Status.DECLINED)


def _register_edit(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_EDIT, Right.CHANGE_INSIGHT)
    def edit(body: Body, action: Body, client: WebClient) -> None:
        card = insight_list.card_of(desk.context, number_in(value_of(action)))
        view = forms.edit_view(card, catalogue.every(desk.context))
        client.views_open(trigger_id=trigger_of(body), view=view)

    @gate.view(kit.VIEW_EDIT, Right.CHANGE_INSIGHT)
    def save(ack: Ack, body: Body, view: Body) -> None:
        found = values(view)
        issue, owner = str(found.get(kit.BLOCK_ISSUE) or ""), found.text_or_none(kit.BLOCK_OWNER)
        changed = _changed(view)
        wanted = Edit(**fields(view), owner=owner or None, issue=issue, changed=changed)
        try:
            if wanted.says("issue"):
                insight_acts.check_issue(desk.context, wanted.issue)
        except UserError as error:
            ack(response_action="errors", errors={kit.BLOCK_ISSUE: str(error)})
            return
        insight_acts.edit(desk.context, _insight(view), wanted, user_of(body), desk.now())
        ack()
        desk.clock.wake()


def _register_notes(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_NOTE, Right.CHANGE_INSIGHT)
    def note(body: Body, action: Body, client: WebClient) -> None:
        card = insight_list.card_of(desk.context, number_in(value_of(action)))
        show_modal(client, body, forms.note_view(card))

    @gate.view(kit.VIEW_NOTE, Right.CHANGE_INSIGHT)
    def save_note(ack: Ack, body: Body, view: Body) -> None:
        text = str(values(view)[kit.BLOCK_NOTE])
        insight_acts.note(desk.context, _insight(view), text, user_of(body), desk.now())
        ack()
        desk.clock.wake()

    @gate.action(kit.ACTION_MERGE, Right.CHANGE_INSIGHT)
    def merge(body: Body, action: Body, client: WebClient) -> None:
        insight = number_in(value_of(action))
        others = insight_acts.to_merge_into(desk.context, insight)
        card = insight_list.card_of(desk.context, insight)
        show_modal(client, body, forms.merge_view(card, others))

    @gate.view(kit.VIEW_MERGE, Right.CHANGE_INSIGHT)
    def save_merge(ack: Ack, body: Body, view: Body) -> None:
        into = number_in(values(view)[kit.BLOCK_INSIGHT])
        insight_acts.merge(desk.context, _insight(view), into, user_of(body), desk.now())
        ack()
        desk.clock.wake()


def _register_tickets(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_TOLD)
    def show(body: Body, action: Body, client: WebClient) -> None:
        report = insight_list.tickets_of(desk.context, number_in(value_of(action)), 0)
        show_modal(client, body, told_screens.view(report))

    def turn(body: Body, client: WebClient, by: int) -> None:
        place = place_of(body)
        page = max(number_in(place.get("page", 0)) + by, 0)
        report = insight_list.tickets_of(desk.context, number_in(place.get("insight")), page)
        update_modal(client, body, told_screens.view(report))

    @gate.action(kit.ACTION_TOLD_NEXT)
    def older(body: Body, client: WebClient) -> None:
        turn(body, client, 1)

    @gate.action(kit.ACTION_TOLD_PREVIOUS)
    def newer(body: Body, client: WebClient) -> None:
        turn(body, client, -1)

    @gate.action(kit.ACTION_DETACH, Right.CHANGE_INSIGHT)
    def detach(body: Body, action: Body, client: WebClient) -> None:
        insight, _, ticket = value_of(action).partition(":")
        insight_list.detach(
            desk.context, number_in(insight), number_in(ticket), user_of(body), desk.now()
        )
        desk.clock.wake()
        turn(body, client, 0)


def _show_card(desk: Desk, body: Body, respond: Respond, client: WebClient, insight: int) -> None:
    """Lead to the card of an insight, or post it anew where it is gone."""
    place = insight_list.card_place(desk.context, insight)
    link = _link(desk, body, client, place)
    if link is not None:
        answer(desk, respond, screens.found_card(place.insight, link))
        return
    if place.team != team_of(body):
        raise Refused("The card of this insight stands in another workspace.")
    here = channel_of(body)
    channel = insight_list.new_channel(desk.context, place.insight, here)
    desk.check_card(body, channel, here=here)
    is_new = insight_list.post_anew(desk.context, place, channel, user_of(body), desk.now())
    desk.clock.wake()
    where = kit.channel(channel if is_new else place.channel)
    answer(desk, respond, screens.new_card(place.insight, where, was_gone=is_new))


def _link(desk: Desk, body: Body, client: WebClient, place: CardPlace) -> str | None:
    """The address of a card; None where it is gone, or its channel is.

    Raises `UserError` where Slack does not tell just now.
    """
    if place.ts is None:
        return None
    try:
        link = str(
            client.chat_getPermalink(channel=place.channel, message_ts=place.ts)["permalink"]
        )
        is_archived = desk.directory.channel(desk.person(body).team, place.channel).is_archived
    except SlackApiError as error:
        if slack_code(error) in GONE:
            return None
        raise UserError("Slack does not say just now where the card is. Try again.") from error
    except UNREACHABLE as error:
        raise UserError("Slack does not say just now where the card is. Try again.") from error
    return None if is_archived else link


def _chosen(value: object) -> tuple[int, Status]:
    insight, _, status = str(value).partition(":")
    return number_in(insight), word_in(Status, status)


def _insight(view: Body) -> int:
    return number_in(carried(view.get("private_metadata")).get("insight"))


def _changed(view: Body) -> frozenset[str] | None:
    """What a person changed of what an edit began with; None where that is not known."""
    began, found = carried(view.get("private_metadata")).get("was"), values(view)
    if not isinstance(began, Mapping):
        return None
    return frozenset(
        name
        for block, name in EDITED.items()
        if block in began and began[block] != digest(found.get(block))
    )


def _today(desk: Desk, person: Person) -> date:
    """The day it is where the person is."""
    try:
        zone = ZoneInfo(person.timezone)
    except (ValueError, OSError, LookupError):
        return desk.now().date()
    return desk.now().astimezone(zone).date()
