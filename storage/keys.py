"""Keyed hashes in the place of people.

A customer is counted by an HMAC of the lower-cased e-mail address, else of source and requester
id; an account by an HMAC of its name or id. The key lives in a file of its own (0600), never in
the database, so that a copy of the database names nobody. Whoever loses the key can still read
the tickets but can no longer tell that two of them are one customer's: `KeyFile` therefore
remembers the key's fingerprint in the database and refuses to go on with another key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from storage import engines
from storage.models import Meta

_FINGERPRINT = "key_fingerprint"


class KeyMissing(Exception):
    """The key file is gone, unreadable or not the one that the database was filled with."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's key, and whether it stands for a person or for one lone ticket."""

    key: str
    known: bool


class Keys:
    """Derives keys of customers, accounts and contents from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart without giving either away."""
        return self._mac("fingerprint", "earshot")

    def customer(
        self, source: str, external_id: str, *, email: str | None, requester_id: str | None
    ) -> Customer:
        """The ticket's customer; without a requester the ticket is a customer of its own."""
        if email and email.strip():
            return Customer(self._mac("email", email.strip().lower()), known=True)
        if requester_id and requester_id.strip():
            return Customer(self._mac("requester", source, requester_id.strip()), known=True)
        return Customer(self._mac("ticket", source, external_id), known=False)

    def account(self, name: str | None) -> str | None:
        """The account's key, whatever the case and spacing of its name."""
        folded = " ".join((name or "").casefold().split())
        return self._mac("account", folded) if folded else None

    def content(self, *parts: str) -> str:
        """A hash that tells whether a ticket changed; keyed, so short texts cannot be guessed."""
        return self._mac("content", *parts)

    def mark(self, what: str, *parts: str) -> str:
        """What a thing is remembered by once it is forgotten: no ticket is stored under it."""
        return self._mac("forgotten", what, *parts)

    def _mac(self, purpose: str, *parts: str) -> str:
        message = "\x1f".join((purpose, *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]


def load_keys(path: Path, session: Session) -> Keys:
    """The installation's keys.

    The first use makes the file and remembers its fingerprint in the caller's transaction.
    Raises `KeyMissing` when the database was filled with another key than the file holds.
    """
    remembered = session.get(Meta, _FINGERPRINT)
    if remembered is None:
        # Two that start at once must not make two keys.
        engines.lock(session, engines.KEYS)
        remembered = session.get(Meta, _FINGERPRINT)
    if remembered is None:
        keys = Keys(_read(path) or _create(path))
        session.add(Meta(key=_FINGERPRINT, value=keys.fingerprint))
        return keys
    secret = _read(path)
    if secret is None:
        raise KeyMissing(f"the key file {path} is missing")
    keys = Keys(secret)
    if not hmac.compare_digest(keys.fingerprint, remembered.value):
        raise KeyMissing(f"the key file {path} is not the one that this database was made with")
    return keys


def _read(path: Path) -> bytes | None:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise KeyMissing(f"the key file {path} cannot be read: {type(error).__name__}") from error
    if len(secret) < 32:
        raise KeyMissing(f"the key file {path} is too short")
    return secret


def _create(path: Path) -> bytes:
    secret = secrets.token_bytes(32)
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret.hex() + "\n")
    return secret
