"""Short-lived permissions: tokens, trigger ids and response addresses.

They are the parts of Slack that fail late and only in production (3 seconds, single use,
5 uses in 30 minutes), so the fake keeps count of them on the injected clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.demo.fake_slack.model import Clock, SlackError, Token

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass
class Trigger:
    """A trigger id: whose, since when, and whether it is spent."""

    user: str
    born: datetime
    view: str | None = None
    spent: bool = False


@dataclass
class ResponseAddress:
    """A response_url: to whom it answers, about which message."""

    channel: str
    user: str
    born: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Grants:
    """All tokens, trigger ids and response addresses of a workspace."""

    def __init__(self, clock: Clock, new_id: Callable[[str], str]) -> None:
        self._clock = self.trigger_clock = clock
        self._new_id = new_id
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.responses: dict[str, ResponseAddress] = {}

    def add_token(self, token: Token) -> None:
        """Issue a token, or change one."""
        self.tokens[token.value] = token

    def revoke(self, value: str) -> None:
        """From now on the token answers `token_revoked`."""
        self.tokens[value] = replace(self.tokens[value], revoked=True)

    def authenticate(self, value: str | None, kind: str) -> Token:
        """The token that a call was made with, if it may be used for this kind of method."""
        if not value:
            raise SlackError("not_authed")
        token = self.tokens.get(value)
        if token is None:
            raise SlackError("invalid_auth")
        if token.revoked:
            raise SlackError("token_revoked")
        if token.kind != kind:
            raise SlackError("not_allowed_token_type")
        return token

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """A trigger id for something a person just did."""
        trigger = f"{self._new_id('13')}.{self._new_id('98')}"
        self.triggers[trigger] = Trigger(user, self.trigger_clock(), view)
        return trigger

    def spend_trigger(self, trigger: str) -> Trigger:
        """Use up a trigger id; late or second uses are refused."""
        found = self.triggers.get(trigger)
        if found is None:
            raise SlackError("invalid_trigger_id")
        if found.spent:
            raise SlackError("exchanged_trigger_id")
        if self.trigger_clock() - found.born > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        found.spent = True
        return found

    def new_response(
        self,
        channel: str,
        user: str,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """The key of a fresh response address."""
        key = self._new_id("R")
        self.responses[key] = ResponseAddress(channel, user, self._clock(), message_ts, thread_ts)
        return key

    def use_response(self, key: str) -> ResponseAddress:
        """One use of a response address: five, within half an hour."""
        found = self.responses.get(key)
        if found is None:
            raise SlackError("invalid_url")
        if self._clock() - found.born > RESPONSE_LIFE:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
