"""The HTTP face: signed requests from Slack, a webhook for notes, and a health check.

Requests are checked before Bolt sees them: what is forged, stale or malformed gets a 401 and one
line in the log, never its body. Bolt itself runs in a thread pool: in the event loop it would
serve one request at a time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import web_notes
from bot.app import Earshot
from bot.intake import dispatch, is_request
from storage.database import Store

PATH = "/slack/events"
LARGEST_BODY = 1_000_000
LONGEST_TIMESTAMP = 12
MOST_FIELDS = 100
_log = logging.getLogger("earshot.web")


class Door:
    """Lets in what Slack signed within the last five minutes."""

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)

    def admits(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the request is Slack's, fresh and well formed."""
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
            return False
        if len(timestamp) > LONGEST_TIMESTAMP:
            return False
        try:
            decoded = body.decode("utf-8")
        except UnicodeDecodeError:
            return False
        if not self._verifier.is_valid(decoded, timestamp, signature):
            return False
        return _is_readable(decoded, headers.get("content-type", ""))


def _is_readable(body: str, content_type: str) -> bool:
    """Whether it is what Slack sends; Bolt takes for JSON whatever begins so."""
    sort = content_type.partition(";")[0].strip().lower()
    try:
        if sort == "application/json":
            return is_request(json.loads(body))
        if sort != "application/x-www-form-urlencoded" or body.startswith("{"):
            return False
        fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        return is_request(json.loads(fields["payload"]) if "payload" in fields else fields)
    except (ValueError, RecursionError):
        return False


def _dispatch(bolt: App, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
    """What Bolt answers."""
    named: dict[str, str | Sequence[str]] = {name: [value] for name, value in headers.items()}
    return dispatch(bolt, BoltRequest(body=body.decode("utf-8"), headers=named))


def web_app(earshot: Earshot) -> Starlette:
    """Slack's requests at `/slack/events`, notes at `/notes`, health at `/health`."""
    door = Door(earshot.context.settings.signing_secret)

    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None or not door.admits(request.headers, body):
            _log.warning("a request was refused: not signed by Slack, stale or malformed")
            return Response(status_code=401)
        answer = await run_in_threadpool(_dispatch, earshot.bolt, body, request.headers)
        headers = answer.first_headers_without_set_cookie()
        return Response(answer.body, status_code=answer.status, headers=headers)

    async def health(_request: Request) -> Response:
        ok = await run_in_threadpool(_database_answers, earshot.context.store)
        return JSONResponse({"ok": ok}, status_code=200 if ok else 503)

    return Starlette(
        routes=[
            Route(PATH, events, methods=["POST"]),
            Route(web_notes.PATH, web_notes.NoteDoor(earshot).take, methods=["POST"]),
            Route("/health", health, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes | None:
    """The request's body, or None when it is larger than anything that Slack sends."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST_BODY:
            return None
    return bytes(read)


def _database_answers(store: Store) -> bool:
    """Whether it is read just now, and what was to be written lately could be."""
    if not store.is_writable:
        return False
    try:
        with store.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
