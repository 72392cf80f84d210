"""The catalogue of features: read, brought in from a file, made of tags, suggested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlmodel import Session

from bot.reports import Deed, Feature
from bot.service import audit, convert, heirs
from bot.service.context import Context
from bot.voice.catalogue_edits import Edits, edits_of
from bot.voice.features import Catalogue
from bot.voice.proposals import from_tags, same_name
from storage import engines, meta
from storage import features as feature_rows
from storage import reread as reading_rows
from storage import tickets as ticket_rows
from storage.values import FeatureValue, TicketValue

if TYPE_CHECKING:
    from bot.voice.suggestions import Suggestion

_BATCH = 500
_SUGGEST_FROM = 5_000


class _Words(Protocol):
    """What features are looked for in."""

    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """What bringing in a catalogue did; `rematched` tickets were read again.

    `kept` are the features (ids) in which edits made in Slack stand over what the file says, `lost`
    those whose edits went with them or were overwritten.
    """

    features: int
    removed: int
    rematched: int
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


# By what a database's sessions have in common. Making a catalogue costs more than most answers.
_KEPT: WeakKeyDictionary[Dialect, tuple[str, Catalogue]] = WeakKeyDictionary()


def load(session: Session) -> Catalogue:
    """The catalogue as it stands; kept until it changes."""
    return of_stamp(session, feature_rows.stamp(session))


def of_stamp(session: Session, stamp: str | None) -> Catalogue:
    """The same for whoever looked at its stamp already."""
    database = session.get_bind().dialect
    kept = _KEPT.get(database)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    catalogue = Catalogue([convert.feature(value) for value in feature_rows.every(session)])
    if stamp is not None:
        _KEPT[database] = stamp, catalogue
    return catalogue


def every(context: Context) -> tuple[Feature, ...]:
    """All features by name."""
    with context.store.read() as session:
        return tuple(load(session).features)


def bring_in(
    context: Context,
    features: Sequence[Feature],
    *,
    overwrite: bool = False,
    at: datetime | None = None,
) -> CatalogueChange:
    """Make `features` the catalogue, and match every stored ticket against it again.

    What people edited in Slack is done to it again, unless `overwrite` says otherwise. `at` is when
    the operator did it; None where the program sets itself up, which is nobody's deed.
    Nobody stores tickets meanwhile: what was stored by the catalogue that was is there to be
    matched again, and whoever comes after it sees the new one.
    """
    with context.store.write(engines.CATALOGUE, engines.TICKETS) as session:
        known = {value.id: value for value in feature_rows.every(session)}
        edited = {id: edits_of(value.edits) for id, value in known.items() if value.edits}
        standing = {} if overwrite else _standing(edited, features)
        gone = sorted(known.keys() - {feature.id for feature in features})
        values = []
        for feature in features:
            edits = standing.get(feature.id, Edits())
            value = _value(edits.applied(feature), feature_rows.FROM_FILE)
            values.append(replace(value, edits=edits.written()))
        feature_rows.put(session, values)
        heirs.leave(session, [known[id] for id in gone], features)
        feature_rows.remove(session, gone)
        meta.put(session, meta.REMATCH_FROM, "0")
        if at is not None:
            audit.record(session, at, Deed.FEATURES_EDITED, f"catalogue: {len(features)} features")
    lost = edited.keys() if overwrite else edited.keys() & set(gone)
    return CatalogueChange(
        len(features), len(gone), rematch(context), tuple(sorted(standing)), tuple(sorted(lost))
    )


def _standing(edited: Mapping[str, Edits], features: Sequence[Feature]) -> dict[str, Edits]:
    """Edits that say something else than the file does, by feature."""
    left = {f.id: edited[f.id].needed_by(f) for f in features if f.id in edited}
    return {id: edits for id, edits in left.items() if edits.written()}


def export(context: Context, now: datetime) -> tuple[Feature, ...]:
    """All features by name, for somebody who takes them out: audited, at `now`."""
    with context.store.write() as session:
        audit.record(session, now, Deed.EXPORTED, "catalogue")
        return tuple(load(session).features)


def is_written(context: Context) -> bool:
    """Whether a person wrote the catalogue."""
    with context.store.read() as session:
        return _is_written(feature_rows.every(session))


def _is_written(known: Sequence[FeatureValue]) -> bool:
    return any(value.origin != feature_rows.FROM_TAGS for value in known)


def extend_from_tags(context: Context, counted: Mapping[str, int], tickets: int) -> list[str]:
    """Make features of help-desk tags, unless a person wrote a catalogue; returns the new ids."""
    # Whoever stores tickets meanwhile has looked at the catalogue: see `bring_in`.
    with context.store.write(engines.CATALOGUE, engines.TICKETS) as session:
        known = feature_rows.every(session)
        if _is_written(known):
            return []
        names = {same_name(value.id) for value in known}
        made = from_tags(counted, tickets)
        new = [feature for feature in made if same_name(feature.id) not in names]
        feature_rows.put(session, [_value(f, feature_rows.FROM_TAGS) for f in new])
        if new:
            meta.put(session, meta.REMATCH_FROM, "0")
    return [feature.id for feature in new]


def is_half_matched(context: Context) -> bool:
    """Whether the catalogue changed and not every ticket was matched against it since."""
    with context.store.read() as session:
        return meta.get(session, meta.REMATCH_FROM) is not None


def rematch(context: Context) -> int:
    """Match every stored ticket against a catalogue that changed; returns how many it did.

    How far it came is kept with each batch, so that one that was killed is taken up again by the
    next `rematch`. Nothing is done where the catalogue has not changed.
    """
    done = 0
    while (count := _rematch_some(context)) is not None:
        done += count
    return done


def _rematch_some(context: Context) -> int | None:
    """Match the next tickets; returns how many, or None where all are matched.

    Others may do the same meanwhile, or change the catalogue: then what was found is not kept.
    """
    with context.store.read() as session:
        catalogue = load(session)
        reached = meta.get(session, meta.REMATCH_FROM)
        if reached is None:
            return None
        batch = reading_rows.of(session, ticket_rows.rows_after(session, int(reached), _BATCH))
    found = [(ticket, features_of(ticket, catalogue)) for ticket in batch]
    with context.store.write(engines.TICKETS) as session:
        if meta.get(session, meta.REMATCH_FROM) != reached or not holds(session, catalogue):
            return 0
        if found:
            reading_rows.rematch(session, found)
        meta.put(session, meta.REMATCH_FROM, str(batch[-1].id) if batch else None)
    return len(batch)


def holds(session: Session, catalogue: Catalogue) -> bool:
    """Whether this is still the catalogue; it stays so while the session holds `TICKETS`."""
    return load(session).features == catalogue.features


def features_of(ticket: _Words, catalogue: Catalogue) -> tuple[str, ...]:
    """The features of a redacted ticket, as they are found when it is first read."""
    from bot.voice.reading import features_of as found_in

    return found_in(f"{ticket.subject}\n{ticket.body}".strip(), ticket.tags, catalogue)


def suggestions(context: Context) -> list[Suggestion]:
    """Features and aliases that the stored tickets speak of and the catalogue does not know.

    Looks at the tickets of the last 5,000 rows.
    """
    from bot.voice.feature_ranking import FeatureRanking
    from bot.voice.suggestions import Told, suggest

    with context.store.read() as session:
        catalogue = load(session)
        newest = ticket_rows.newest_row(session)
    told = [
        Told(ticket.external_id, f"{ticket.subject}\n{ticket.body}", ticket.tags)
        for batch in _batches(context, max(newest - _SUGGEST_FROM, 0))
        for ticket in batch
    ]
    return suggest(told, catalogue, FeatureRanking(catalogue.features).nearest)


def _batches(context: Context, row: int = 0) -> Iterator[list[TicketValue]]:
    while True:
        with context.store.read() as session:
            batch = ticket_rows.after(session, row, _BATCH)
        if not batch:
            return
        yield batch
        row = batch[-1].id


def _value(feature: Feature, origin: str) -> FeatureValue:
    return FeatureValue(
        id=feature.id,
        name=feature.name,
        aliases=feature.aliases,
        tags=feature.tags,
        channels=feature.channels,
        origin=origin,
        description=feature.description,
    )
