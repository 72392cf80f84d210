"""The one place that knows what to do where Slack refuses a chart or a table.

A message with native blocks carries the same in text (`bot.blocks.native`). It is sent with them;
if Slack answers that it takes no such blocks, nothing was shown, and it is sent once more as text.
Only where that was taken is the refusal believed, and remembered for a day, so that not every
answer has to be sent twice. The memory is this process's own: what it saves is one request, which
is worth no row, and a restart or another process learns the same from its first answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from bot.blocks.native import native_types
from bot.directory import slack_code

REFUSALS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "only_one_table_allowed"}
)
"""Slack's words for blocks that it does not take: the message was not shown to anybody."""
OF_A_KIND = "invalid_blocks"
"""The one of them that may be about a type of block; the others are about a single message."""
BELIEVED_FOR = timedelta(days=1)

Blocks = Sequence[dict[str, Any]]
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class BlocksRefused(Exception):
    """A response address answered with one of `REFUSALS`, its only argument."""


class NativeBlocks:
    """What one workspace is known to refuse; `on` is the operator's setting."""

    def __init__(self, *, on: bool, now: Callable[[], datetime]) -> None:
        self._on = on
        self._now = now
        self._refused_at: dict[str, datetime] = {}

    def deliver(self, blocks: Blocks, plain: Blocks | None, send: Callable[[Blocks], _T]) -> _T:
        """Send a message's blocks, or those of `plain` where this workspace takes only text.

        `send` makes the call and raises SlackApiError or BlocksRefused where Slack refuses. It is
        called a second time only after a refusal that is certain; what it raises then is raised.
        """
        if plain is None:
            return send(blocks)
        types = native_types(blocks)
        if not self._takes(types):
            return send(plain)
        try:
            return send(blocks)
        except BlocksRefused as refusal:
            code = str(refusal)
        except SlackApiError as error:
            code = slack_code(error)
            if code not in REFUSALS:
                raise
        answer = send(plain)
        _log.warning("Slack refuses %s here (%s): shown as text", ", ".join(sorted(types)), code)
        if code == OF_A_KIND:
            self._refused_at |= dict.fromkeys(types, self._now())
        return answer

    def _takes(self, types: frozenset[str]) -> bool:
        oldest = self._now() - BELIEVED_FOR
        return self._on and all(self._refused_at.get(each, oldest) <= oldest for each in types)
