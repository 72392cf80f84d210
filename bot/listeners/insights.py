"""Insights: tagged by button, by message shortcut or after a 💡; listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import insight_forms as forms
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
    show_modal,
    team_of,
    user_of,
    values,
)
from bot.reports import Act, Kind
from bot.service import insight_list, insights
from bot.service.insights import MessageRef, TagRequest

NOWHERE = "Nobody owns this feature, so its card has no place: tag it in a channel."


def register(app: App, desk: Desk) -> None:
    """Listen to everything that makes or lists insights."""
    _register_tagging(app, desk)
    _register_list(app, desk)


def _register_list(app: App, desk: Desk) -> None:
    def show(body: Body, respond: Respond, asked: str, page: int, *, replace: bool) -> None:
        found = insight_list.search(desk.context, asked, page=page, user=user_of(body))
        answer(desk, respond, screens.render_list(found), replace=replace)

    @app.command(kit.COMMAND_INSIGHTS)
    def search(ack: Ack, body: Body, respond: Respond) -> None:
        ack()
        desk.person(body)
        show(body, respond, str(body.get("text", "")), 0, replace=False)
        desk.acted(body, Act.ASKED)

    @app.action(kit.each_of(kit.ACTION_INSIGHTS))
    def turn(ack: Ack, body: Body, action: Body, respond: Respond) -> None:
        ack()
        desk.person(body)
        place = carried(action["value"])
        page = number_in(place.get("page", 0))
        show(body, respond, str(place.get("q", "")), page, replace=True)


def _register_tagging(app: App, desk: Desk) -> None:
    @app.action(kit.ACTION_TAG)
    def tag_ticket(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.check_tagger(body)
        _open_tag_modal(desk, body, client, ticket=number_in(action["value"]))

    @app.action(kit.ACTION_TAG_MESSAGE)
    def tag_offered(ack: Ack, body: Body, action: Body, client: WebClient) -> None:
        ack()
        desk.check_tagger(body)
        place = carried(action["value"])
        _open_tag_modal(desk, body, client, message=(str(place["channel"]), str(place["ts"])))

    @app.message_shortcut(kit.SHORTCUT_TAG)
    def tag_message(ack: Ack, body: Body, client: WebClient) -> None:
        ack()
        desk.check_tagger(body)
        message = body["message"]
        heard = str(message.get("text") or "")
        place = (channel_of(body), str(message["ts"]))
        _open_tag_modal(desk, body, client, message=place, heard=heard)

    @app.view(kit.VIEW_TAG)
    def submit(ack: Ack, body: Body, view: Body) -> None:
        desk.check_tagger(body)
        request = _request(body, view)
        if request.into is None and not request.title.strip():
            # Not at the first input, where the error door would say it.
            ack(response_action="errors", errors={kit.BLOCK_TITLE: "An insight needs a title."})
            return
        if request.into is None:
            channel = insights.card_channel(desk.context, request)
            if not channel:
                ack(response_action="errors", errors={kit.BLOCK_TITLE: NOWHERE})
                return
            desk.check_channel(body, channel)
        tagged = insights.tag(desk.context, request, desk.now())
        if tagged.kept:
            ack()
            if request.channel:
                desk.acted(body, Act.TAGGED, request.channel)
        else:
            sentence = forms.already(tagged.insight, by_other=tagged.by != request.user)
            ack(response_action="errors", errors={kit.BLOCK_TITLE: sentence})
        desk.clock.wake()


def _request(body: Body, view: Body) -> TagRequest:
    place, found = carried(view["private_metadata"]), values(view)
    into = found.get(kit.BLOCK_INSIGHT) or forms.NEW
    return TagRequest(
        team=team_of(body),
        user=user_of(body),
        channel=str(place.get("home") or place.get("channel") or ""),
        ticket=place.get("ticket"),
        message=_message(place),
        into=None if into == forms.NEW else number_in(into),
        **fields(view),
    )


def _open_tag_modal(
    desk: Desk,
    body: Body,
    client: WebClient,
    *,
    ticket: int | None = None,
    message: tuple[str, str] | None = None,
    heard: str = "",
) -> None:
    suggestion = insights.suggest(
        desk.context, ticket=ticket, message=message, team=team_of(body), heard=heard
    )
    view = forms.tag_view(suggestion)
    below = carried((body.get("view") or {}).get("private_metadata"))
    home = channel_of(body) or str(below.get("home", ""))
    metadata = carried(str(view["private_metadata"])) | {"home": home}
    view["private_metadata"] = kit.data(**metadata, **_link(client, metadata))
    show_modal(client, body, view)


def fields(view: Body) -> dict[str, Any]:
    """Title, feature, kind and note, as they stand in a modal."""
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
