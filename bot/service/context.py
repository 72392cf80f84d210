"""What every service function needs: the database and the settings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bot.config import Settings
from bot.errors import KeyLost, UserError
from bot.semantic import Encoder, encoder_of
from storage import rights
from storage.database import Store, path_of, shown
from storage.keys import KeyMissing, Keys, load_keys
from storage.migrations import exists, upgrade


@dataclass(frozen=True, slots=True)
class Context:
    """An open installation. Holds no session: each service function opens its own."""

    store: Store
    settings: Settings

    def keys(self, session: Session) -> Keys:
        """The keys that customers are counted by. Raises `KeyLost` with what to do."""
        try:
            return load_keys(self.settings.key_file, session)
        except KeyMissing as error:
            raise KeyLost(
                f"Customers cannot be counted: {error}. Put the right key file back "
                "(from a backup of this installation), or start with an empty database."
            ) from error

    def encoder(self) -> Encoder | None:
        """What reads meanings: see `encoder_of`."""
        return encoder_of(self.settings)


def open_context(settings: Settings, *, create: bool = False) -> Context:
    """Open the database and bring its schema up to date; make it where `create` says so.

    Raises `UserError` if it cannot be opened, or is not there and not to be made.
    """
    place = shown(settings.database_url)
    check_rights(settings)
    try:
        if not create and not exists(settings.database_url):
            raise UserError(
                f"There is no database at {place} yet. `earshot ingest FILE` makes one; "
                "DATABASE_URL says where it lies."
            )
        store = Store(settings.database_url)
        try:
            upgrade(store)
        except BaseException:
            store.close()
            raise
    except (DatabaseError, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise UserError(
            f"The database {place} cannot be opened: {reason.rstrip('.')}. {_remedy(place, reason)}"
        ) from error
    return Context(store, settings)


def check_rights(settings: Settings) -> None:
    """Raises `UserError` where others on this machine could read or change what is kept."""
    path = path_of(settings.database_url)
    wrong = [*(rights.of_database(path) if path else ()), *rights.of_key(settings.key_file)]
    if wrong:
        raise UserError("\n".join(dict.fromkeys(wrong)))


def _remedy(place: str, reason: str) -> str:
    if "locked" in reason:
        return "Another process holds it: look for one that hangs, and end that."
    if "://" in place:
        return "Check DATABASE_URL, and that the server runs and has this database and role."
    return "Check DATABASE_URL, the folder's permissions and the free space."
