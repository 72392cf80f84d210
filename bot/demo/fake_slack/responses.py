"""Response addresses: answers to what one person did, posted without a token."""

from collections.abc import Mapping

from bot.demo.fake_slack.chat import check
from bot.demo.fake_slack.grants import ResponseAddress
from bot.demo.fake_slack.model import Json, Message, SlackError
from bot.demo.fake_slack.request import TRUE
from bot.demo.fake_slack.workspace import APP, BOT_ID, BOT_USER, Workspace

STATUSES: Mapping[str, int] = {"invalid_url": 404, "expired_url": 404, "used_url": 404}


def use(space: Workspace, key: str, body: Json) -> Json:
    """Post, replace or delete, as the body says; one of the address' five uses."""
    address = space.grants.use_response(key)
    if body.get("delete_original") in TRUE:
        space.delete(_original(space, address))
        return {}
    answer(space, address, body)
    return {}


def answer(space: Workspace, address: ResponseAddress, body: Json) -> Message:
    """Show a response: ephemeral unless it says in_channel."""
    check(space, body)
    text, blocks = str(body.get("text") or ""), body.get("blocks")
    if body.get("replace_original") in TRUE:
        original = _original(space, address)
        space.edit(original, text=text, blocks=blocks or [])
        return original
    shown_to_all = body.get("response_type", "ephemeral") == "in_channel"
    return space.post(
        address.channel,
        BOT_USER,
        text,
        blocks=blocks,
        thread_ts=body.get("thread_ts") or address.thread_ts,
        ephemeral_to=None if shown_to_all else address.user,
        metadata=body.get("metadata"),
        bot_id=BOT_ID,
        app_id=APP,
    )


def _original(space: Workspace, address: ResponseAddress) -> Message:
    candidates: list[Message] = [*space.ephemerals, *space.history.get(address.channel, ())]
    for message in candidates:
        same = (message.channel, message.ts) == (address.channel, address.message_ts)
        if same and not message.deleted and message.app_id == APP:
            return message
    raise SlackError("message_not_found")
