"""conversations.*: what the bot may know of channels and their past."""

from collections.abc import Callable, Mapping

from bot.demo.fake_slack.model import Channel, Json, Message, SlackError
from bot.demo.fake_slack.request import Request, page
from bot.demo.fake_slack.shapes import channel_json, message_json
from bot.demo.fake_slack.workspace import BOT_USER


def info(request: Request) -> Json:
    """conversations.info"""
    channel = request.visible_channel()
    request.need_for(channel, "read")
    return {"channel": channel_json(channel)}


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def list_(request: Request) -> Json:
    """conversations.list"""
    return _listed(request, lambda _channel: True)


def of_person(request: Request) -> Json:
    """users.conversations: a person's public channels, and the private ones shared with the bot"""
    user = request.text("user", BOT_USER)
    request.space.person(user)
    return _listed(request, lambda channel: user in channel.members)


def _listed(request: Request, wanted: Callable[[Channel], bool]) -> Json:
    kinds = [each.strip() for each in request.text("types", "public_channel").split(",")]
    scopes = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}
    for kind in kinds:
        if kind not in scopes:
            raise SlackError("invalid_types")
        request.need(scopes[kind])
    channels = [
        channel_json(channel)
        for channel in request.space.channels.values()
        if _kind(channel) in kinds
        and wanted(channel)
        and (_kind(channel) == "public_channel" or BOT_USER in channel.members)
        and not (channel.is_archived and request.flag("exclude_archived"))
    ]
    shown, metadata = page(request, channels, default=100, most=1000)
    return {"channels": shown, **metadata}


def members(request: Request) -> Json:
    """conversations.members"""
    channel = request.visible_channel()
    request.need_for(channel, "read")
    shown, metadata = page(request, list(channel.members), default=100, most=1000)
    return {"members": shown, **metadata}


def join(request: Request) -> Json:
    """conversations.join"""
    channel = request.visible_channel()
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members:
        channel.members.append(BOT_USER)
        request.space.announce("channel", channel=channel.id, user=BOT_USER)
    return {"channel": channel_json(channel)}


def open_(request: Request) -> Json:
    """conversations.open, for direct messages with one person"""
    if request.optional("channel"):
        return {"channel": {"id": request.visible_channel().id}}
    user = request.text("users")
    if request.space.person(user).is_bot:
        raise SlackError("cannot_dm_bot")
    return {"channel": {"id": request.space.direct_channel(user).id}}


def _between(request: Request, messages: list[Message]) -> list[Message]:
    oldest = float(request.optional("oldest") or 0)
    latest = float(request.optional("latest") or "inf")
    inclusive = request.flag("inclusive")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest
        or (inclusive and float(message.ts) in (oldest, latest))
    ]


def _read(request: Request, messages: list[Message]) -> Json:
    metadata = request.flag("include_all_metadata")
    found = _between(request, messages)
    shown, following = page(request, found, default=100, most=999)
    return {
        "messages": [message_json(request.space, each, metadata=metadata) for each in shown],
        "has_more": bool(following["response_metadata"]["next_cursor"]),
        **following,
    }


def history(request: Request) -> Json:
    """conversations.history: newest first, without replies"""
    channel = request.joined_channel()
    request.need_for(channel, "history")
    roots = [each for each in request.space.shown(channel.id) if each.thread_ts is None]
    return _read(request, roots[::-1])


def replies(request: Request) -> Json:
    """conversations.replies: oldest first, the root leading"""
    channel = request.joined_channel()
    request.need_for(channel, "history")
    ts = request.text("ts")
    thread = [each for each in request.space.shown(channel.id) if ts in (each.ts, each.thread_ts)]
    if not thread:
        raise SlackError("thread_not_found")
    return _read(request, thread)


METHODS: Mapping[str, tuple[str | None, Callable[[Request], Json]]] = {
    "conversations.info": (None, info),
    "conversations.list": (None, list_),
    "conversations.members": (None, members),
    "conversations.join": ("channels:join", join),
    "conversations.open": ("im:write", open_),
    "conversations.history": (None, history),
    "conversations.replies": (None, replies),
    "users.conversations": (None, of_person),
}
