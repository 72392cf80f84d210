"""The catalogue of features and the channels that own them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, bindparam, delete, func, or_, select
from sqlmodel import Session, col

from storage import meta
from storage.columns import table_of
from storage.models import Feature, FeatureChannel, Meta, Ticket, TicketFeature
from storage.values import FeatureValue

FROM_FILE = "file"
FROM_TAGS = "tags"
IN_CATALOGUE = "catalogue"
IN_SETTINGS = "settings"


def stamp(session: Session) -> str | None:
    """Changes whenever the catalogue or its owners do; None before anything was written."""
    return meta.get(session, meta.CATALOGUE)


@cache
def _state() -> Select[tuple[str | None, int | None, str | None]]:
    meta_of = table_of(Meta).c
    stamped, removals = (
        select(meta_of.value).where(meta_of.key == key).scalar_subquery()
        for key in (meta.CATALOGUE, meta.REMOVALS)
    )
    return select(stamped, select(func.max(col(Ticket.id))).scalar_subquery(), removals)


def state(session: Session) -> tuple[str | None, tuple[int, str | None]]:
    """The stamp, and what changes when tickets come or go: the last row, and `meta.REMOVALS`."""
    stamped, newest, removals = session.execute(_state()).one()
    return stamped, (newest or 0, removals)


def _changed(session: Session) -> None:
    # No counter: one that is rolled back would stand for two catalogues.
    meta.put(session, meta.CATALOGUE, uuid4().hex)


def every(session: Session) -> list[FeatureValue]:
    """All features by name, with the ids of the channels that own them."""
    owners: dict[str, list[str]] = {}
    for owner in session.execute(select(FeatureChannel)).scalars():
        owners.setdefault(owner.feature_id, []).append(owner.channel)
    rows = session.execute(select(Feature).order_by(col(Feature.name), col(Feature.id))).scalars()
    return [
        FeatureValue(
            id=row.id,
            name=row.name,
            aliases=tuple(row.aliases),
            tags=tuple(row.tags),
            channels=tuple(sorted(set(owners.get(row.id, ())))),
            origin=row.origin,
            description=row.description,
            edits=row.edits,
        )
        for row in rows
    ]


def put(session: Session, features: Iterable[FeatureValue]) -> None:
    """Add features or overwrite those of the same id, owners named by the catalogue included.

    The catalogue's owners are kept without a workspace: it is written before there is one.
    """
    listed = list(features)
    for value in listed:
        session.merge(
            Feature(
                id=value.id,
                name=value.name,
                aliases=list(value.aliases),
                tags=list(value.tags),
                origin=value.origin,
                description=value.description,
                edits=dict(value.edits),
            )
        )
        session.flush()
        session.execute(
            delete(FeatureChannel).where(
                col(FeatureChannel.feature_id) == value.id,
                col(FeatureChannel.origin) == IN_CATALOGUE,
            )
        )
        for channel in dict.fromkeys(value.channels):
            session.add(
                FeatureChannel(feature_id=value.id, team="", channel=channel, origin=IN_CATALOGUE)
            )
    session.flush()
    if listed:
        _changed(session)


def edit(
    session: Session, value: FeatureValue, team: str, added: Sequence[str], dropped: Sequence[str]
) -> None:
    """Overwrite a feature's names and edits, and the owners that were `added` and `dropped`.

    A channel of the workspace that is dropped owns the feature no more, whoever said that it did.
    """
    row = session.get_one(Feature, value.id)
    row.name, row.aliases, row.edits = value.name, list(value.aliases), dict(value.edits)
    owner = col(FeatureChannel.channel)
    session.execute(
        delete(FeatureChannel).where(
            col(FeatureChannel.feature_id) == value.id,
            owner.in_([*added, *dropped]),
            col(FeatureChannel.team).in_(("", team)),
        )
    )
    session.add_all(
        FeatureChannel(feature_id=value.id, team="", channel=channel, origin=IN_CATALOGUE)
        for channel in dict.fromkeys(added)
    )
    session.flush()
    _changed(session)


def remove(session: Session, ids: Sequence[str]) -> None:
    """Forget features; tickets lose them, insights keep standing without a feature."""
    if ids:
        session.execute(delete(Feature).where(col(Feature.id).in_(ids)))
        _changed(session)


def is_told_of(session: Session, feature: str) -> bool:
    """Whether any stored ticket is about this feature."""
    found = select(col(TicketFeature.ticket_id)).where(col(TicketFeature.feature_id) == feature)
    return session.execute(found.limit(1)).first() is not None


def owned_by(session: Session, team: str, channel: str) -> list[str]:
    """Ids of the features that a channel owns, by the catalogue or by its own word."""
    given = {"channel": channel, "team": team}
    return sorted(set(session.execute(_owned_by(), given).scalars()))


@cache
def _owned_by() -> Select[Any]:
    # Asked at every tick of the clock.
    return select(col(FeatureChannel.feature_id)).where(
        col(FeatureChannel.channel) == bindparam("channel"),
        or_(col(FeatureChannel.team) == "", col(FeatureChannel.team) == bindparam("team")),
    )


def owners(session: Session, team: str, feature: str) -> list[str]:
    """Channels of a workspace that own a feature."""
    statement = select(col(FeatureChannel.channel)).where(
        col(FeatureChannel.feature_id) == feature, col(FeatureChannel.team).in_(("", team))
    )
    return sorted(set(session.execute(statement).scalars()))


def tick_owned(session: Session, team: str, channel: str, ids: Sequence[str]) -> None:
    """Keep exactly these features as "we own this" of a channel."""
    session.execute(
        delete(FeatureChannel).where(
            col(FeatureChannel.team) == team,
            col(FeatureChannel.channel) == channel,
            col(FeatureChannel.origin) == IN_SETTINGS,
        )
    )
    for feature in dict.fromkeys(ids):
        session.add(
            FeatureChannel(feature_id=feature, team=team, channel=channel, origin=IN_SETTINGS)
        )
    session.flush()
    _changed(session)
