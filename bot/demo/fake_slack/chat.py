"""chat.*: posting, changing and deleting, with everything Slack refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.fake_slack.model import Channel, Json, Message, SlackError
from bot.demo.fake_slack.request import Request, refuse
from bot.demo.fake_slack.shapes import message_json
from bot.demo.fake_slack.workspace import APP, BOT_ID, BOT_USER, Workspace
from bot.demo.slack_limits import Fault, check_message

OWN_CODES = frozenset(
    {
        "no_text",
        "msg_too_long",
        "msg_blocks_too_long",
        "markdown_text_conflict",
        "invalid_metadata_format",
        "too_many_attachments",
        "only_one_table_allowed",
    }
)
CONTENT = ("text", "blocks", "attachments", "metadata", "markdown_text")
OPTIONS = ("unfurl_links", "unfurl_media", "link_names", "parse", "mrkdwn", "reply_broadcast")


def content_of(request: Request) -> Json:
    """The content of a message, its objects parsed and its limits held."""
    content: Json = {}
    for name in CONTENT:
        value = request.object(name) if name not in ("text", "markdown_text") else None
        value = request.arguments.get(name) if value is None else value
        if value is not None and value != "":
            content[name] = value
    check(request.space, content)
    return content


def check(space: Workspace, content: Mapping[str, Any]) -> None:
    """Refuse what breaks a limit, and the blocks that this workspace does not take."""
    faults = check_message(content)
    for number, block in enumerate(content.get("blocks") or ()):
        if isinstance(block, Mapping) and block.get("type") in space.refused_blocks:
            sort = f"unsupported type: {block['type']}"
            faults.append(Fault(f"/blocks/{number}", "unsupported_type", sort))
    refuse(faults, OWN_CODES, "invalid_blocks")


def _author() -> Json:
    return {"bot_id": BOT_ID, "app_id": APP}


def _target(request: Request) -> Channel:
    """Where a message goes: a channel, or a person, which means their direct messages."""
    wanted = request.text("channel")
    if wanted in request.space.people:
        return request.space.direct_channel(wanted)
    channel = request.space.visible_channel(wanted)
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members and "chat:write.public" not in request.token.scopes:
        raise SlackError("not_in_channel")
    return channel


def _repeat_of(request: Request, channel: Channel) -> Message | None:
    key = request.optional("client_msg_id")
    if request.repeats == "posted" or key is None:
        return None
    every = request.space.history[channel.id]
    first = next((m for m in every if m.client_msg_id == key), None)
    if first is not None and request.repeats == "refused":
        raise SlackError("duplicate_message_not_found")
    return first


def _options(arguments: Mapping[str, Any]) -> Json:
    return {name: arguments[name] for name in OPTIONS if name in arguments}


def post_message(request: Request) -> Json:
    """chat.postMessage"""
    channel = _target(request)
    content = content_of(request)
    message = _repeat_of(request, channel) or request.space.post(
        channel.id,
        BOT_USER,
        content.get("text") or content.get("markdown_text") or "",
        blocks=content.get("blocks"),
        metadata=content.get("metadata"),
        thread_ts=request.optional("thread_ts"),
        client_msg_id=request.optional("client_msg_id"),
        options=_options(request.arguments),
        **_author(),
    )
    return _posted(request.space, message)


def _posted(space: Workspace, message: Message) -> Json:
    body = message_json(space, message, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": body}


def post_ephemeral(request: Request) -> Json:
    """chat.postEphemeral"""
    channel = _target(request)
    user = request.text("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = content_of(request)
    message = request.space.post(
        channel.id,
        BOT_USER,
        content.get("text", ""),
        blocks=content.get("blocks"),
        thread_ts=request.optional("thread_ts"),
        ephemeral_to=user,
        options=_options(request.arguments),
        **_author(),
    )
    return {"message_ts": message.ts}


def _own(request: Request, refusal: str) -> Message:
    channel = request.visible_channel()
    message = request.space.message(channel.id, request.text("ts"))
    if message.app_id != APP:
        raise SlackError(refusal)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def update(request: Request) -> Json:
    """chat.update: what is not sent stays, as Slack documents it."""
    message = _own(request, "cant_update_message")
    content = content_of(request)
    changes = {name: content[name] for name in ("text", "blocks", "metadata") if name in content}
    if request.object("blocks") == []:
        changes["blocks"] = []
    request.space.edit(message, **changes)
    return {**_posted(request.space, message), "text": message.text}


def delete(request: Request) -> Json:
    """chat.delete"""
    message = _own(request, "cant_delete_message")
    request.space.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(request: Request) -> Json:
    """chat.getPermalink"""
    channel = request.visible_channel()
    message = request.space.message(channel.id, request.text("message_ts"))
    digits = message.ts.replace(".", "")
    address = f"https://{request.space.domain}.slack.com/archives/{channel.id}/p{digits}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


METHODS: Mapping[str, tuple[str | None, Callable[[Request], Json]]] = {
    "chat.postMessage": ("chat:write", post_message),
    "chat.postEphemeral": ("chat:write", post_ephemeral),
    "chat.update": ("chat:write", update),
    "chat.delete": ("chat:write", delete),
    "chat.getPermalink": (None, permalink),
}
