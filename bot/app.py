"""The only place where things are wired: settings in, a running Earshot out.

Nothing is registered at import, so two apps can live in one process.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.listener import Listener
from slack_bolt.listener.listener_error_handler import ListenerErrorHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import logs
from bot.blocks.notice import notice
from bot.blocks.notice import view as notice_view
from bot.clock import Clock
from bot.directory import UNREACHABLE, Directory, slack_code
from bot.errors import NotAllowed, UserError
from bot.guard import Guard
from bot.limits import Limits
from bot.listeners import register_all
from bot.listeners.common import Desk
from bot.listeners.reading import channel_of, user_of
from bot.native_blocks import NativeBlocks
from bot.outbox import Outbox
from bot.reaction_sweep import ReactionSweep
from bot.reports import Identity, Right
from bot.service import connection, policy
from bot.service.context import Context
from bot.threads import Threads

CALL_TIMEOUT = 15
WORKERS = 16
TRIGGERS = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")
_log = logging.getLogger("earshot")


@dataclass(frozen=True, slots=True)
class Earshot:
    """A wired installation, not yet listening."""

    bolt: App
    client: WebClient
    clock: Clock
    context: Context
    identity: Identity
    executor: ThreadPoolExecutor
    now: Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def web_client(context: Context, token: str | None) -> WebClient:
    """A client that never repeats a call by itself (see `bot.outbox`)."""
    return WebClient(
        token=token,
        base_url=context.settings.api_url,
        timeout=CALL_TIMEOUT,
        retry_handlers=[],
        logger=logging.getLogger("slack_sdk"),
    )


def identify(client: WebClient) -> Identity:
    """Ask Slack who the token's bot is. Raises `UserError` with what to do."""
    try:
        found = client.auth_test()
    except SlackApiError as error:
        raise UserError(
            f"Slack refuses the bot token ({slack_code(error)}). Copy the Bot User OAuth "
            "Token from your app's page into SLACK_BOT_TOKEN, and run `earshot doctor`."
        ) from error
    except UNREACHABLE as error:
        raise UserError(f"Slack cannot be reached: {type(error).__name__}.") from error
    enterprise = found.get("enterprise_id")
    return Identity(
        str(found["team_id"]),
        str(found["user_id"]),
        str(found["bot_id"]),
        str(enterprise) if enterprise else None,
    )


def build_app(
    context: Context,
    now: Callable[[], datetime] = utc_now,
    seconds: Callable[[], float] = time.monotonic,
) -> Earshot:
    """Wire everything for one workspace. Raises `UserError` when Slack does not know the bot.

    `seconds` is a clock that only goes forward, for what is remembered and counted by the minute.
    """
    settings = context.settings
    if not settings.bot_token:
        raise UserError("SLACK_BOT_TOKEN is not set. README, “First workspace”, says where it is.")
    logs.hold()
    context.encoder()  # A model that cannot be used stops the start, not the first answer.
    client = web_client(context, settings.bot_token)
    identity = identify(client)
    connection.find(context, identity.team, now())
    executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="earshot-listener")
    bolt = _bolt(context, identity, executor)
    directory = Directory(client, identity.team, identity.enterprise, seconds)
    guard = Guard(context, directory)
    native = NativeBlocks(on=settings.native_blocks, now=now)
    outbox = Outbox(
        context,
        client,
        directory,
        team=identity.team,
        bot_id=identity.bot,
        native=native,
        now=now,
    )

    sweep = ReactionSweep(context, client, team=identity.team, bot=identity.user, may=guard.may)
    clock = Clock(
        context,
        identity.team,
        outbox,
        directory,
        now,
        find_reply=Threads(client).last_reply,
        may=guard.may,
        sweep=sweep,
    )
    desk = Desk(context, directory, guard, Limits(seconds), clock, now, native, identity)
    register_all(bolt, desk)
    bolt.error(_error_door(desk))
    _guard(bolt)
    return Earshot(bolt, client, clock, context, identity, executor, now)


def _bolt(context: Context, identity: Identity, executor: ThreadPoolExecutor) -> App:
    settings = context.settings
    return App(
        # Bolt takes the token from `authorize`; here it wants only the address.
        client=web_client(context, None),
        signing_secret=settings.signing_secret or secrets.token_hex(),
        authorize=_authorize(identity, settings.bot_token),
        listener_executor=executor,
        raise_error_for_unhandled_request=False,
        logger=logging.getLogger("slack_bolt"),
    )


def _authorize(identity: Identity, token: str) -> Callable[..., AuthorizeResult]:
    """Requests of other workspaces, and of other companies, are refused."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        if team_id != identity.team or (enterprise_id or None) != identity.enterprise:
            raise NotAllowed(policy.ELSEWHERE, Right.ASK.value)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=identity.team,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=token,
        )

    return authorize


class _Guarded(Listener):
    """A listener whose failure after its acknowledgement does not take the acknowledgement back.

    Bolt forgets it then, so that the person waits three seconds and is told "dispatch_failed"
    beside our own sentence (slack_bolt 1.30, `ThreadListenerRunner.run`).
    """

    def __init__(self, inner: Listener, errors: ListenerErrorHandler) -> None:
        self._inner = inner
        self._errors = errors
        self.matchers, self.middleware = inner.matchers, inner.middleware
        self.ack_function, self.lazy_functions = inner.ack_function, inner.lazy_functions
        self.auto_acknowledgement = inner.auto_acknowledgement
        self.ack_timeout = inner.ack_timeout

    def run_ack_function(
        self, *, request: BoltRequest, response: BoltResponse
    ) -> BoltResponse | None:
        try:
            return self._inner.run_ack_function(request=request, response=response)
        except Exception as error:
            if request.context.ack.response is None:
                raise
            self._errors.handle(error=error, request=request, response=None)
            return None


def _guard(bolt: App) -> None:
    runner = bolt.listener_runner
    run = runner.run

    def guarded(listener: Listener, **rest: Any) -> BoltResponse | None:
        return run(listener=_Guarded(listener, runner.listener_error_handler), **rest)

    runner.run = guarded  # type: ignore[method-assign,assignment]


def _error_door(desk: Desk) -> Callable[..., BoltResponse | None]:
    """The one place where errors meet people.

    A foreseen fault is shown as its own sentence; anything else as a reference that finds the
    traceback in the log. Neither log line nor answer holds what a request carried.
    """

    def door(
        error: Exception,
        body: dict[str, Any],
        context: BoltContext,
        response: BoltResponse | None,
    ) -> BoltResponse | None:
        foreseen = isinstance(error, UserError)
        sentence = _sentence(error)
        if isinstance(error, NotAllowed):
            desk.refused(body, error)
        if body.get("type") == "view_submission":
            return _modal_error(body, sentence)
        try:
            _tell(desk, body, context, sentence)
        except (SlackApiError, *UNREACHABLE) as failure:
            _log.warning("the person could not be told: %s", type(failure).__name__)
        # A foreseen fault is an answer: Slack need not send the request again.
        return BoltResponse(status=200) if foreseen and response is not None else None

    return door


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        _log.info("refused: %s", type(error).__name__)
        return str(error)
    if isinstance(error, SlackApiError) and slack_code(error) in TRIGGERS:
        _log.warning("a modal was not opened: %s", slack_code(error))
        return "That took longer than Slack waits for. Press it again."
    reference = secrets.token_hex(4)
    _log.error("reference %s\n%s", reference, "\n".join(logs.frames(error)))
    return f"Something went wrong on our side. Tell your operator: reference {reference}."


def _modal_error(body: dict[str, Any], sentence: str) -> BoltResponse:
    """Show the sentence at the modal's first input, so that what was typed stays."""
    view = body.get("view")
    blocks = view.get("blocks") if isinstance(view, Mapping) else None
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Mapping) and block.get("type") == "input":
            faults = {"response_action": "errors", "errors": {block.get("block_id"): sentence}}
            return BoltResponse(status=200, body=faults)
    notice = {"response_action": "update", "view": notice_view(sentence)}
    return BoltResponse(status=200, body=notice)


def _tell(desk: Desk, body: dict[str, Any], context: BoltContext, sentence: str) -> None:
    """Answer the person privately, by whatever way the request left open."""
    message = notice(sentence)
    content: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
    event = body.get("event")
    kind = event.get("type") if isinstance(event, Mapping) else None
    if desk.is_slacks(body.get("response_url")) and context.respond is not None:
        context.respond(response_type="ephemeral", replace_original=False, **content)
    elif kind in ("app_mention", "message") and context.bot_token and channel_of(body):
        context.client.chat_postEphemeral(channel=channel_of(body), user=user_of(body), **content)
    elif kind == "app_home_opened" and context.bot_token:
        view = {"type": "home", "blocks": content["blocks"]}
        context.client.views_publish(user_id=user_of(body), view=view)
    elif body.get("type") == "block_actions" and context.bot_token and body.get("trigger_id"):
        # Pressed in a modal: there is no channel to answer in, but a modal to put on top.
        context.client.views_push(trigger_id=body["trigger_id"], view=notice_view(sentence))
    else:
        _log.info("nobody could be told")
