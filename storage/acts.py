"""When people did something with customers' words: answered, tagged, shared, opened, asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from storage.columns import table_of
from storage.models import Act, FeatureChannel, Insight, Post, Reaction

SHARED = "answer"
"""What a post shows that a person shared."""

_owner = table_of(FeatureChannel).c
_insight = table_of(Insight).c
_post = table_of(Post).c
_reaction = table_of(Reaction).c

_act = table_of(Act).c

Place = tuple[str, str]
"""Workspace and channel."""


def record(
    session: Session, team: str, channel: str, *, user: str, kind: str, at: datetime
) -> None:
    """Keep that a person did something in a channel: what sort of thing, never about what."""
    session.add(Act(team=team, channel=channel, user=user, kind=kind, at=at))
    session.flush()


def last_in(session: Session, team: str, channel: str) -> datetime | None:
    """When anybody last did anything in a channel; None where nobody ever did."""
    place = {"team": team, "channel": channel}
    found = [session.execute(one, place).scalar_one_or_none() for one in _last_in()]
    return max((_moment(at) for at in found if at is not None), default=None)


@cache
def _last_in() -> list[Select[Any]]:
    return [
        select(each)
        .where(columns.team == bindparam("team"), columns.channel == bindparam("channel"))
        .order_by(each.desc())
        .limit(1)
        for columns, each in ((_act, _act.at), (_reaction, _reaction.event_ts))
    ]


@cache
def _last() -> list[Select[Any]]:
    """The newest of each sort of act, by channel."""
    given = func.max(_reaction.event_ts)
    tagged = func.max(_insight.created_at)
    shared = func.max(_post.posted_at)
    return [
        select(_reaction.team, _reaction.channel, given).group_by(
            _reaction.team, _reaction.channel
        ),
        select(_insight.team, _insight.card_channel, tagged).group_by(
            _insight.team, _insight.card_channel
        ),
        select(_post.team, _post.channel, shared)
        .where(_post.shows == SHARED)
        .group_by(_post.team, _post.channel),
    ]


def by_owners(session: Session) -> dict[str, datetime | None]:
    """The last act in the channels that own a feature, by feature; those nobody owns are left out.

    None where nobody has done anything yet.
    """
    last: dict[Place, datetime] = {}
    for statement in _last():
        for team, channel, moment in session.execute(statement):
            at = _moment(moment)
            last[team, channel] = max(at, last.get((team, channel), at))
    found: dict[str, datetime | None] = {}
    owners = select(_owner.feature_id, _owner.team, _owner.channel)
    for feature, team, channel in session.execute(owners):
        # The catalogue's word holds in every workspace.
        acts = _acts(last, [(team, channel)] if team else [p for p in last if p[1] == channel])
        known = [at for at in (found.get(feature), *acts) if at is not None]
        found[feature] = max(known, default=None)
    return found


def _acts(last: dict[Place, datetime], places: Iterable[Place]) -> list[datetime]:
    return [last[place] for place in places if place in last]


def _moment(value: datetime | str) -> datetime:
    """Slack's timestamps are seconds since 1970, in text."""
    return value if isinstance(value, datetime) else datetime.fromtimestamp(float(value), UTC)
