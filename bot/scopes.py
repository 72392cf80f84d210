"""What Earshot may do in Slack, and why: the one list that `doctor` checks and README shows.

A test holds it equal to `manifest.yml`, and to the methods and events that the code uses.
"""

from __future__ import annotations

REQUIRED = {
    "app_mentions:read": "answer a mention",
    "channels:read": "see whether it and who asks are in a channel, and whether that is shared",
    "chat:write": "post digests, cards and shared answers where it was invited",
    "commands": "/friction, /digest, /insights and the message shortcut",
    "groups:read": "the same checks for private channels it was invited to",
    "im:history": "answer a direct message",
    "reactions:read": "record reactions on its own posts as answers, and look up missed ones",
    "users:read": "tell guests from members; a person's time zone",
}
OPTIONAL = {
    "channels:history": "look up whether a message was posted, after a crash, and whether a "
    "digest's thread has replies",
    "groups:history": "the same in private channels",
    "usergroups:read": "see who is in the user group that may tag (`EARSHOT_TAGGERS`)",
}
METHODS = {
    "apps.connections.open": None,
    "auth.test": None,
    "chat.delete": "chat:write",
    "chat.getPermalink": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.info": "channels:read",
    "conversations.replies": "channels:history",
    "reactions.get": "reactions:read",
    "usergroups.users.list": "usergroups:read",
    "users.conversations": "channels:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.push": None,
    "views.update": None,
}
