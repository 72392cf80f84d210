"""Insights: tagged by button, by message shortcut or after a 💡; edited; listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import insights as screens
from bot.blocks import kit
from bot.directory import UNREACHABLE
from bot.listeners.common import (
    Body,
    Desk,
    answer,
    carried,
    channel_of,
    number_in,
    team_of,
    user_of,
    values,
)
from bot.reports import Act, Kind, Status
from bot.service import catalogue, insights
from bot.service.insights import MessageRef, TagRequest


def register(app: App, desk: Desk) -> None:
    """Listen to everything that makes, changes or lists insights."""
    _register_tagging(app, desk)
    _register_cards(app, desk)

    @app.command(kit.COMMAND_INSIGHTS)
    def search(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        desk.person(body)
        report = insights.search(desk.context, str(body.get("text", "")))
        answer(desk, respond, screens.render_list(report))
        desk.acted(body, Act.ASKED)


def _register_tagging(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_TAG)
    def tag_ticket(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        _open_tag_modal(desk, body, client, ticket=number_in(action["value"]))

    @app.action(kit.ACTION_TAG_MESSAGE)
    def tag_offered(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        place = carried(action["value"])
        _open_tag_modal(desk, body, client, message=(str(place["channel"]), str(place["ts"])))

    @app.message_shortcut(kit.SHORTCUT_TAG)
    def tag_message(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        _open_tag_modal(desk, body, client, message=(channel_of(body), str(body["message"]["ts"])))

    @app.view(kit.VIEW_TAG)
    def submit(ack: Ack, body: Body, view: Body) -> None:
        desk.person(body)
        place = carried(view["private_metadata"])
        fields = _fields(view)
        request = TagRequest(
            team=team_of(body),
            user=user_of(body),
            channel=str(place.get("home") or place.get("channel") or ""),
            ticket=place.get("ticket"),
            message=_message(place),
            **fields,
        )
        desk.check_channel(body, insights.card_channel(desk.context, request))
        tagged = insights.tag(desk.context, request, desk.now())
        if tagged.kept:
            ack()
            if request.channel:
                desk.acted(body, Act.TAGGED, request.channel)
        else:
            sentence = screens.already(tagged.insight, by_other=tagged.by != request.user)
            ack(response_action="errors", errors={kit.BLOCK_TITLE: sentence})
        desk.clock.wake()


def _open_tag_modal(
    desk: Desk,
    body: Body,
    client: WebClient,
    *,
    ticket: int | None = None,
    message: tuple[str, str] | None = None,
) -> None:
    suggestion = insights.suggest(desk.context, ticket=ticket, message=message, team=team_of(body))
    view = screens.tag_view(suggestion)
    metadata = carried(str(view["private_metadata"])) | {"home": channel_of(body)}
    view["private_metadata"] = kit.data(**metadata, **_link(client, metadata))
    client.views_open(trigger_id=body["trigger_id"], view=view)


def _register_cards(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_EDIT)
    def edit(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.person(body)
        card = insights.card(desk.context, number_in(action["value"]))
        view = screens.edit_view(card, catalogue.every(desk.context))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view(kit.VIEW_EDIT)
    def save(ack: Ack, body: Body, view: Body) -> None:
        desk.person(body)
        insight = int(carried(view["private_metadata"])["insight"])
        insights.edit(desk.context, insight, now=desk.now(), **_fields(view))
        ack()
        desk.clock.wake()

    @app.action(kit.ACTION_STATUS)
    def status(ack: Ack, body: Body, action: Body) -> None:
        ack()
        desk.person(body)
        insight, _, chosen = str(action["selected_option"]["value"]).partition(":")
        insights.set_status(desk.context, int(insight), Status(chosen), desk.now())
        desk.clock.wake()


def _fields(view: Body) -> dict[str, Any]:
    found = values(view)
    return {
        "title": str(found[kit.BLOCK_TITLE]),
        "feature": found.get(kit.BLOCK_FEATURE),
        "kind": Kind(found[kit.BLOCK_KIND]),
        "note": str(found.get(kit.BLOCK_NOTE) or ""),
    }


def _link(client: WebClient, place: Mapping[str, Any]) -> dict[str, str]:
    """The link of the message that is to be tagged; nothing where Slack gives none."""
    if "ts" not in place:
        return {}
    try:
        found = client.chat_getPermalink(channel=place["channel"], message_ts=place["ts"])
    except (SlackApiError, *UNREACHABLE):
        return {}
    return {"link": str(found["permalink"])}


def _message(place: Mapping[str, Any]) -> MessageRef | None:
    """The message that is tagged, as the modal carried it."""
    if "ts" not in place:
        return None
    return MessageRef(str(place["channel"]), str(place["ts"]), place.get("link"))
