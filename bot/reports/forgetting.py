"""What was forgotten, and the proof of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Forget(StrEnum):
    """What can be forgotten."""

    CUSTOMER = "customer"
    ACCOUNT = "account"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class PostsEdited:
    """Messages in Slack that showed it.

    `edited` show it no more, `gone` were not there, `waiting` are edited when Slack takes it;
    `refused` are channels and Slack's reasons.
    """

    edited: int = 0
    gone: int = 0
    waiting: int = 0
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A search for what was forgotten.

    `searched` counts what was sought, by sort; `left_out` what would have been found in others'
    tickets as well. `rows` are columns, `files` names of files, in which something was found.
    `bytes_searched` is the size of the files, None where the database is a server's.
    """

    searched: Mapping[str, int]
    left_out: int
    rows: tuple[str, ...]
    files: tuple[str, ...]
    bytes_searched: int | None
    log_is_cut: bool

    @property
    def holds(self) -> bool:
        """Whether nothing was found wherever could be looked."""
        return self.log_is_cut and not self.rows and not self.files


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """A request to forget, as far as it came.

    `counts` are rows by sort; without `proof` it was a look at what would go. `before` is when the
    same was forgotten already, where nothing new was found. `is_unproved` where tickets went
    without a proof that holds: later nobody knows any more what to search for.
    """

    what: Forget
    counts: Mapping[str, int]
    posts: PostsEdited
    proof: Proof | None
    before: datetime | None = None
    is_unproved: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing is left, here or in Slack."""
        done = self.proof is not None and self.proof.holds and not self.is_unproved
        return done and not self.posts.waiting and not self.posts.refused
