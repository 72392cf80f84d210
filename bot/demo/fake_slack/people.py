"""auth, team, users, user groups and reactions."""

import re
from collections.abc import Callable, Mapping

from bot.demo.fake_slack.model import Json, Message, SlackError
from bot.demo.fake_slack.request import Request, page
from bot.demo.fake_slack.shapes import message_json, person_json, reactions_json
from bot.demo.fake_slack.workspace import BOT_ID, BOT_USER

EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def auth_test(request: Request) -> Json:
    """auth.test"""
    space = request.space
    return {
        "url": f"https://{space.domain}.slack.com/",
        "team": space.domain.title(),
        "team_id": space.team,
        "user": space.people[BOT_USER].name,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def team_info(request: Request) -> Json:
    """team.info"""
    space = request.space
    return {"team": {"id": space.team, "name": space.domain.title(), "domain": space.domain}}


def users_info(request: Request) -> Json:
    """users.info"""
    return {"user": person_json(request.space.person(request.text("user")))}


def users_list(request: Request) -> Json:
    """users.list"""
    people = [person_json(person) for person in request.space.people.values()]
    shown, metadata = page(request, people, default=100, most=1000)
    return {"members": shown, **metadata}


def usergroup_members(request: Request) -> Json:
    """usergroups.users.list"""
    group = request.text("usergroup")
    if group not in request.space.usergroups:
        raise SlackError("no_such_subteam")
    return {"users": list(request.space.usergroups[group])}


def emoji_of(name: str) -> str:
    """An emoji's name without colons, or `invalid_name`."""
    if EMOJI.fullmatch(name) is None:
        raise SlackError("invalid_name")
    return name


def _item(request: Request) -> Message:
    channel = request.joined_channel()
    return request.space.message(channel.id, request.text("timestamp"))


def add(request: Request) -> Json:
    """reactions.add"""
    message = _item(request)
    request.space.react(message, BOT_USER, emoji_of(request.text("name")))
    return {}


def remove(request: Request) -> Json:
    """reactions.remove"""
    message = _item(request)
    request.space.unreact(message, BOT_USER, emoji_of(request.text("name")))
    return {}


def get(request: Request) -> Json:
    """reactions.get"""
    message = _item(request)
    body = {**message_json(request.space, message), "reactions": reactions_json(message)}
    return {"type": "message", "channel": message.channel, "message": body}


METHODS: Mapping[str, tuple[str | None, Callable[[Request], Json]]] = {
    "auth.test": (None, auth_test),
    "team.info": ("team:read", team_info),
    "users.info": ("users:read", users_info),
    "users.list": ("users:read", users_list),
    "usergroups.users.list": ("usergroups:read", usergroup_members),
    "reactions.add": ("reactions:write", add),
    "reactions.remove": ("reactions:write", remove),
    "reactions.get": ("reactions:read", get),
}
