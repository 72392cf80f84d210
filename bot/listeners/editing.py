"""Features edited by those who may: in a modal that shows what would change before it saves."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import editing as screens
from bot.blocks import kit
from bot.blocks.notice import view as notice_view
from bot.errors import NotFound, Refused
from bot.listeners.common import Desk, show_modal
from bot.listeners.gate import Gate
from bot.listeners.reading import Body, carried, team_of, user_of, value_of, values
from bot.reports import EditReport, Feature, Right
from bot.service import catalogue, edits
from bot.service.edits import InvalidEdit

SAVED = "Saved. Stored tickets are matched again now; figures follow within minutes."
_FIELDS = {
    "name": kit.BLOCK_NAME,
    "aliases": kit.BLOCK_ALIASES,
    "channels": kit.BLOCK_CHANNELS,
}


def register(gate: Gate, desk: Desk) -> None:
    """Listen to what opens the two modals, and to their submission."""
    _register_aliases(gate, desk)

    @gate.action(kit.ACTION_MORE, Right.EDIT_FEATURES)
    def more(body: Body, action: Body, client: WebClient) -> None:
        what, _, feature = value_of(action).partition(":")
        if what != "edit":
            raise NotFound("There is nothing such here any more.")
        show_modal(client, body, screens.feature_view(edits.current(desk.context, feature)))

    @gate.view(kit.VIEW_FEATURE, Right.EDIT_FEATURES)
    def save_feature(ack: Ack, body: Body, view: Body) -> None:
        place, found = carried(view.get("private_metadata")), values(view)
        before = edits.current(desk.context, place.text("feature"))
        edit = replace(
            before,
            name=str(found.get(kit.BLOCK_NAME) or ""),
            aliases=tuple(str(found[kit.BLOCK_ALIASES]).splitlines())
            if kit.BLOCK_ALIASES in found
            else before.aliases,
            channels=tuple(found.get(kit.BLOCK_CHANNELS) or ()),
        )
        try:
            _check_owners(desk, body, before, edit)
            report = _saved(desk, body, edit, str(place.get("seen", "")))
        except InvalidEdit as error:
            faults = {_FIELDS[field]: sentence for field, sentence in error.faults.items()}
            ack(response_action="errors", errors=faults)
            return
        _go_on(ack, desk, screens.feature_view(report.after, report) if report else None)


def _register_aliases(gate: Gate, desk: Desk) -> None:
    @gate.action(kit.ACTION_ALIAS, Right.EDIT_FEATURES)
    def open_alias(body: Body, action: Body, client: WebClient) -> None:
        found = carried(value_of(action))
        view = screens.alias_view(
            str(found.get("alias", "")),
            catalogue.every(desk.context),
            chosen=str(found.get("feature", "")),
        )
        show_modal(client, body, view)

    @gate.view(kit.VIEW_ALIAS, Right.EDIT_FEATURES)
    def save_alias(ack: Ack, body: Body, view: Body) -> None:
        seen = str(carried(view.get("private_metadata")).get("seen", ""))
        found = values(view)
        alias, feature = str(found[kit.BLOCK_ALIAS]), str(found[kit.BLOCK_FEATURE])
        try:
            edit = edits.with_alias(desk.context, feature, alias)
            report = _saved(desk, body, edit, seen)
        except InvalidEdit as error:
            ack(response_action="errors", errors={kit.BLOCK_ALIAS: str(error)})
            return
        every = catalogue.every(desk.context)
        shown = screens.alias_view(alias, every, chosen=feature, report=report)
        _go_on(ack, desk, shown if report else None)


def _saved(desk: Desk, body: Body, edit: Feature, seen: str) -> EditReport | None:
    return edits.save(
        desk.context, edit, seen, team=team_of(body), user=user_of(body), now=desk.now()
    )


def _go_on(ack: Ack, desk: Desk, shown: kit.Block | None) -> None:
    """Show what would change; where that was seen and is saved now, say so."""
    if shown is None:
        desk.clock.wake()
        shown = notice_view(SAVED)
    ack(response_action="update", view=shown)


def _check_owners(desk: Desk, body: Body, before: Feature, edit: Feature) -> None:
    """Refuse channels that cards may not go to. Raises `InvalidEdit`."""
    for channel in edit.channels:
        if channel not in before.channels:
            try:
                desk.check_channel(body, channel)
            except Refused as error:
                raise InvalidEdit({"channels": str(error)}) from error
