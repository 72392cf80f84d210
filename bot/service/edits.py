"""Features edited in Slack: what an edit would change, shown before it is kept.

Who may edit is `bot.service.policy`'s to say. Edits stay through a later import of the catalogue's
file: they are kept apart as differences (`bot.voice.catalogue_edits`) and done to it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.errors import NotFound, UserError
from bot.reports import Deed, EditReport, Feature, NameChange
from bot.service import audit, rematch
from bot.service import catalogue as catalogues
from bot.service.context import Context
from bot.voice.catalogue_edits import edits_of
from bot.voice.features import Catalogue
from bot.voice.text import clean, fold
from storage import features as rows
from storage import naming
from storage.engines import CATALOGUE, TICKETS

DAYS = 90
LONGEST_NAME = 80
MOST_ALIASES = 50
MOST_OWNERS = 20


class InvalidEdit(UserError):
    """An edit that cannot be kept: a sentence for each field (`name`, `aliases`, `channels`)."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def current(context: Context, feature: str) -> Feature:
    """A feature as it stands. Raises `NotFound`."""
    with context.store.read() as session:
        return _current(catalogues.load(session), feature)


def with_alias(context: Context, feature: str, alias: str) -> Feature:
    """A feature with one more alias. Raises `NotFound`, and `InvalidEdit` where it has it."""
    found = current(context, feature)
    word = _tidy([alias])
    if word and fold(word[0]) in map(fold, (found.name, *found.aliases)):
        raise InvalidEdit({"aliases": f"{found.name} is called so already."})
    if not word:
        raise InvalidEdit({"aliases": "Give a word or a few."})
    return replace(found, aliases=(*found.aliases, *word))


def look(context: Context, edit: Feature, now: datetime) -> EditReport:
    """What an edit would change. Raises `InvalidEdit`, and `NotFound`."""
    with context.store.read() as session:
        return _look(session, catalogues.load(session), edit, now)


def save(
    context: Context, edit: Feature, seen: str, *, team: str, user: str, now: datetime
) -> EditReport | None:
    """Keep an edit and have tickets matched against it; None once it is kept.

    An edit that nobody has seen like this (`seen` is the mark of the report that was shown) is not
    kept but returned to be looked at: it may be new, or the feature was changed meanwhile.
    """
    # Whoever stores tickets meanwhile has looked at the catalogue: see `catalogue.bring_in`.
    with context.store.write(CATALOGUE, TICKETS) as session:
        catalogue = catalogues.load(session)
        before = _current(catalogue, edit.id)
        after = _checked(edit, before)
        if _mark(before, after) != seen:
            return _look(session, catalogue, edit, now)
        [value] = [value for value in rows.every(session) if value.id == edit.id]
        rows.edit(
            session,
            replace(
                value,
                name=after.name,
                aliases=after.aliases,
                edits=edits_of(value.edits).then(before, after).written(),
            ),
            team,
            added=[channel for channel in after.channels if channel not in before.channels],
            dropped=[channel for channel in before.channels if channel not in after.channels],
        )
        audit.record(session, now, Deed.FEATURES_EDITED, f"feature {edit.id}", by=user, team=team)
        if _names(before) != _names(after):
            rematch.plan(session, edit.id)
    return None


def _current(catalogue: Catalogue, feature: str) -> Feature:
    found = catalogue.by_id.get(feature)
    if found is None:
        raise NotFound("This feature is no longer in the catalogue.")
    return found


def _look(session: Session, catalogue: Catalogue, edit: Feature, now: datetime) -> EditReport:
    before = _current(catalogue, edit.id)
    after = _checked(edit, before)
    had, has = _names(before), _names(after)
    since = now - timedelta(days=DAYS)
    changes = []
    for name in [*(n for n in has if n not in had), *(n for n in had if n not in has)]:
        tickets, about = naming.said(session, name, edit.id, since, now)
        changes.append(
            NameChange(name, name in has, tickets, about, _others(catalogue, edit, name))
        )
    return EditReport(before, after, tuple(changes), DAYS, _mark(before, after))


def _others(catalogue: Catalogue, edit: Feature, name: str) -> tuple[str, ...]:
    said = fold(name)
    return tuple(
        other.name
        for other in catalogue.features
        if other.id != edit.id and said in map(fold, _names(other))
    )


def _names(feature: Feature) -> tuple[str, ...]:
    return tuple(dict.fromkeys((feature.name, *feature.aliases)))


def _checked(edit: Feature, before: Feature) -> Feature:
    """An edit without blanks and repetitions. Raises `InvalidEdit`."""
    [name] = _tidy([edit.name], [before.name]) or [""]
    aliases = [a for a in _tidy(edit.aliases, before.aliases) if a != name]
    new = [alias for alias in aliases if alias not in before.aliases]
    channels = tuple(dict.fromkeys(edit.channels))
    faults = {}
    if not name:
        faults["name"] = "Give it a name."
    elif len(name) > LONGEST_NAME and name != before.name:
        faults["name"] = f"A name has at most {LONGEST_NAME} characters."
    if any(len(alias) > LONGEST_NAME for alias in new):
        faults["aliases"] = f"An alias has at most {LONGEST_NAME} characters. Write one a line."
    elif len(aliases) > max(MOST_ALIASES, len(before.aliases)):
        faults["aliases"] = f"At most {MOST_ALIASES} aliases."
    if len(channels) > max(MOST_OWNERS, len(before.channels)):
        faults["channels"] = f"At most {MOST_OWNERS} channels."
    if faults:
        raise InvalidEdit(faults)
    return replace(before, name=name, aliases=tuple(aliases), channels=channels)


def _tidy(names: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Names as they are known already, else on one line each, once whatever the case.

    Names without a letter or digit are left out: no text could say them.
    """
    as_known = {_plain(name): name for name in known}
    found: dict[str, str] = {}
    for name in names:
        said = _plain(name)
        if said in as_known:
            found[as_known[said]] = as_known[said]
        elif any(character.isalnum() for character in said):
            found.setdefault(fold(said), said)
    return list(found.values())


def _plain(name: str) -> str:
    return " ".join(clean(name).replace('"', " ").split())


def _mark(before: Feature, after: Feature) -> str:
    written = json.dumps([astuple(before), astuple(after)])
    return hashlib.sha256(written.encode()).hexdigest()[:16]
