"""A stand-in for Slack over HTTP and WebSocket, small and strict.

It lets the whole product run without Slack: in tests, and in the demo. It refuses what Slack
refuses, repeats and reorders what Slack repeats and reorders, and breaks connections when told
to, because those are the moments in which a bot loses or doubles a message.

Known gaps: no OAuth, files, scheduled messages, unfurls, workflows or Enterprise Grid; no rate
limits of its own (only those that are asked for); attachments are checked but not kept; the bot's
own reactions and posts send no events back to it; text above 40,000 characters is refused, where
Slack cuts it.
"""

from bot.demo.fake_slack.defaults import DEFAULT_SCOPES
from bot.demo.fake_slack.deliver import DEFAULT_EVENTS, Delivery, Sent
from bot.demo.fake_slack.failures import (
    Failure,
    after_accept,
    error,
    half_body_after_accept,
    hold,
    http,
    rate_limited,
    reset_after_accept,
    reset_before,
    timeout_after_accept,
)
from bot.demo.fake_slack.model import Call, Change, Channel, Message, Person, SlackError, View
from bot.demo.fake_slack.request import Repeats
from bot.demo.fake_slack.server import FakeSlack
from bot.demo.fake_slack.state import ClientRefusal
from bot.demo.fake_slack.workspace import APP, BOT_ID, BOT_USER, Workspace

__all__ = [
    "APP",
    "BOT_ID",
    "BOT_USER",
    "DEFAULT_EVENTS",
    "DEFAULT_SCOPES",
    "Call",
    "Change",
    "Channel",
    "ClientRefusal",
    "Delivery",
    "Failure",
    "FakeSlack",
    "Message",
    "Person",
    "Repeats",
    "Sent",
    "SlackError",
    "View",
    "Workspace",
    "after_accept",
    "error",
    "half_body_after_accept",
    "hold",
    "http",
    "rate_limited",
    "reset_after_accept",
    "reset_before",
    "timeout_after_accept",
]
