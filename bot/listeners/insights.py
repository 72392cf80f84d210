"""Insights: tagged by button, by message shortcut or after a 💡; listed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import insight_forms as forms
from bot.blocks import insights as screens
from bot.blocks import kit
from bot.blocks.text import safe_url
from bot.directory import UNREACHABLE
from bot.errors import NotFound, Refused
from bot.listeners.common import Desk, answer, show_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import (
    GONE,
    Body,
    Carried,
    carried,
    channel_of,
    number_in,
    place_of,
    team_of,
    user_of,
    value_of,
    values,
    word_in,
)
from bot.reports import Act, Kind, Right
from bot.service import insight_list, insights
from bot.service.insights import MessageRef, TagRequest

NOWHERE = "Nobody owns this feature, so its card has no place: tag it in a channel."


def register(gate: Gate, desk: Desk) -> None:
    """Listen to everything that makes or lists insights."""
    _register_tagging(gate, desk)
    _register_list(gate, desk)


def _register_list(gate: Gate, desk: Desk) -> None:
    def show(body: Body, respond: Respond, asked: str, page: int, *, replace: bool) -> None:
        found = insight_list.search(desk.context, asked, page=page, user=user_of(body))
        answer(desk, respond, screens.render_list(found), replace=replace)

    @gate.command(kit.COMMAND_INSIGHTS)
    def search(body: Body, respond: Respond) -> None:
        show(body, respond, str(body.get("text", "")), 0, replace=False)
        desk.acted(body, Act.ASKED)

    @gate.action(kit.each_of(kit.ACTION_INSIGHTS))
    def turn(body: Body, action: Body, respond: Respond) -> None:
        place = carried(value_of(action))
        page = number_in(place.get("page", 0))
        show(body, respond, str(place.get("q", "")), page, replace=True)


def _register_tagging(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_TAG, Right.TAG)
    def tag_ticket(body: Body, action: Body, client: WebClient) -> None:
        _open_tag_modal(desk, body, client, ticket=number_in(value_of(action)))

    @gate.action(kit.ACTION_TAG_MESSAGE, Right.TAG)
    def tag_offered(body: Body, action: Body, client: WebClient) -> None:
        place = carried(value_of(action))
        _open_tag_modal(desk, body, client, message=(place.text("channel"), place.text("ts")))

    @gate.message_shortcut(kit.SHORTCUT_TAG, Right.TAG)
    def tag_message(body: Body, client: WebClient) -> None:
        message = body.get("message") or {}
        heard = str(message.get("text") or "")
        place = (channel_of(body), str(message.get("ts") or ""))
        _open_tag_modal(desk, body, client, message=place, heard=heard)

    @gate.view(kit.VIEW_TAG, Right.TAG)
    def submit(ack: Ack, body: Body, view: Body) -> None:
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
            desk.check_card(body, channel, here=request.channel)
        tagged = insights.tag(desk.context, request, desk.now())
        if tagged.kept:
            ack()
            _count(desk, body, request.channel)
        else:
            sentence = forms.already(tagged.insight, by_other=tagged.by != request.user)
            ack(response_action="errors", errors={kit.BLOCK_TITLE: sentence})
        desk.clock.wake()


def _count(desk: Desk, body: Body, channel: str) -> None:
    """Keep that a person tagged in a channel, if they are in it: the modal said which one."""
    with suppress(Refused):
        if channel and desk.directory.is_in(user_of(body), channel):
            desk.acted(body, Act.TAGGED, channel)


def _request(body: Body, view: Body) -> TagRequest:
    place, found = carried(view.get("private_metadata")), values(view)
    into = found.get(kit.BLOCK_INSIGHT) or forms.NEW
    ticket, message = place.get("ticket"), _message(place)
    if ticket is None and message is None:
        raise NotFound(GONE)
    return TagRequest(
        team=team_of(body),
        user=user_of(body),
        channel=place.text_or_none("home") or place.text_or_none("channel") or "",
        ticket=None if ticket is None else number_in(ticket),
        message=message,
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
    home = channel_of(body) or str(place_of(body).get("home", ""))
    metadata = carried(str(view["private_metadata"])) | {"home": home}
    view["private_metadata"] = kit.data(**metadata, **_link(client, metadata))
    show_modal(client, body, view)


def fields(view: Body) -> dict[str, Any]:
    """Title, feature, kind and note, as they stand in a modal."""
    found = values(view)
    return {
        "title": str(found[kit.BLOCK_TITLE]),
        "feature": found.text_or_none(kit.BLOCK_FEATURE),
        "kind": word_in(Kind, found[kit.BLOCK_KIND]),
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


def _message(place: Carried) -> MessageRef | None:
    """The message that is tagged, as the modal carried it; its link only where it is one."""
    if "ts" not in place:
        return None
    channel, ts = place.text("channel"), place.text("ts")
    if not (channel and ts):
        raise NotFound(GONE)
    link = safe_url(place.text_or_none("link")) or ""
    return MessageRef(channel, ts, link if link.startswith("https://") else None)
