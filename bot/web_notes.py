"""The webhook for notes: what deploys or incidents tell Earshot, to stand beside its figures.

Closed unless `EARSHOT_NOTES_TOKEN` is set. Nothing but the token opens it, and nothing of a request
goes to a log.
"""

from __future__ import annotations

import hmac
import logging
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import strict_json
from bot.app import Earshot
from bot.errors import UserError
from bot.service import notes

PATH = "/notes"
LARGEST = 10_000
_log = logging.getLogger("earshot.web")


class NoteDoor:
    """Takes `{"text", "at"?, "feature"?}` from whoever has the token; `at` is ISO 8601, or now."""

    def __init__(self, earshot: Earshot) -> None:
        self._earshot = earshot
        self._token = earshot.context.settings.notes_token

    async def take(self, request: Request) -> Response:
        """201 with the note, 400 with what is wrong, 401, or 404 where no token is set."""
        if not self._token:
            return Response(status_code=404)
        if not self._admits(request.headers.get("authorization", "")):
            _log.warning("a note was refused: not the token")
            return Response(status_code=401)
        try:
            found = _read(await _body(request))
            note = await run_in_threadpool(self._keep, found)
        except UserError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse(note, status_code=201)

    def _admits(self, header: str) -> bool:
        given = header.removeprefix("Bearer ").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._token.encode())

    def _keep(self, found: dict[str, Any]) -> dict[str, Any]:
        now = self._earshot.now()
        feature = found.get("feature")
        note = notes.add(
            self._earshot.context,
            str(found["text"]),
            _moment(found.get("at"), now),
            None if feature is None else str(feature),
            now,
        )
        return {
            "at": note.at.astimezone(UTC).isoformat(),
            "text": note.text,
            "feature": note.feature.id if note.feature else None,
        }


async def _body(request: Request) -> bytes:
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST:
            raise UserError("A note has at most 200 characters.")
    return bytes(read)


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = strict_json.load(body.decode("utf-8"))
    except ValueError as error:
        raise UserError('Send JSON such as {"text": "deployed 4.2"}.') from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise UserError('Send JSON such as {"text": "deployed 4.2"}.')
    return found


def _moment(typed: object, now: datetime) -> datetime:
    """The moment of a note; without a zone it is UTC."""
    if typed is None:
        return now
    try:
        found = datetime.fromisoformat(str(typed))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UserError('"at" is to be a moment such as 2026-11-03T09:30:00Z.') from error
