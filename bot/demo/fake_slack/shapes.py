"""The JSON in which Slack tells of people, channels, messages and views."""

from dataclasses import asdict

from bot.demo.fake_slack.model import Channel, Json, Message, Person, View
from bot.demo.fake_slack.state import state_values
from bot.demo.fake_slack.workspace import APP, BOT_ID, BOT_USER, Workspace


def person_json(person: Person) -> Json:
    """A user object as users.info gives it."""
    profile = {"real_name": person.real_name, "display_name": person.name}
    return {**asdict(person), "profile": profile, "is_app_user": False, "updated": 0}


def channel_json(channel: Channel) -> Json:
    """A conversation object as conversations.info gives it."""
    body: Json = asdict(channel)
    members = body.pop("members")
    if channel.is_im:
        del body["name"]
    else:
        del body["user"]
    return {
        **body,
        "is_channel": not (channel.is_im or channel.is_private),
        "is_group": channel.is_private and not channel.is_im,
        "is_mpim": False,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_general": channel.name == "general",
        "is_member": BOT_USER in members,
        "num_members": len(members),
    }


def message_json(space: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message object as history, replies and interactions give it."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "team": space.team,
        "text": message.text,
        "ts": message.ts,
    }
    optional: Json = {
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "client_msg_id": message.client_msg_id,
        "metadata": message.metadata if metadata else None,
        "edited": message.edited and {"user": message.user, "ts": message.edited},
        "reactions": reactions_json(message),
    }
    body.update({key: value for key, value in optional.items() if value})
    body.update(_thread(space, message))
    return body


def reactions_json(message: Message) -> list[Json]:
    """Reactions as Slack lists them."""
    return [
        {"name": emoji, "users": list(people), "count": len(people)}
        for emoji, people in message.reactions.items()
    ]


def _thread(space: Workspace, message: Message) -> Json:
    replies = [each for each in space.shown(message.channel) if each.thread_ts == message.ts]
    if message.thread_ts:
        root = next(
            (m for m in space.history[message.channel] if m.ts == message.thread_ts), message
        )
        return {"parent_user_id": root.user}
    if not replies:
        return {}
    people = sorted({reply.user for reply in replies})
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": people,
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
    }


def view_json(space: Workspace, view: View) -> Json:
    """A view object as views.* and interactions give it."""
    definition = view.definition
    defaults = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **defaults,
        **definition,
        "id": view.id,
        "team_id": space.team,
        "app_id": APP,
        "bot_id": BOT_ID,
        "app_installed_team_id": space.team,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": state_values(view.blocks, view.state)},
    }
