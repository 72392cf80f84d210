"""From what storage returns to what edges show."""

from __future__ import annotations

from collections.abc import Mapping

from bot.reports import (
    Cadence,
    ChannelSettings,
    Corrected,
    Correction,
    Feature,
    InsightLine,
    Kind,
    Look,
    Mute,
    Quote,
    Status,
    TicketView,
    Verdict,
)
from storage.values import (
    CorrectionValue,
    FeatureValue,
    InsightValue,
    QuoteRow,
    SettingValue,
    TicketValue,
)


def feature(value: FeatureValue) -> Feature:
    return Feature(
        value.id, value.name, value.aliases, value.tags, value.channels, value.description
    )


def quote(row: QuoteRow) -> Quote:
    return Quote(
        key=row.ticket_id,
        ticket_id=row.external_id,
        kind=Kind(row.kind),
        text=row.text,
        url=row.url,
        created_at=row.created_at,
        segment=row.segment,
    )


def ticket(value: TicketValue, features: Mapping[str, Feature]) -> TicketView:
    return TicketView(
        key=value.id,
        ticket_id=value.external_id,
        source=value.source,
        created_at=value.created_at,
        subject=value.subject,
        body=value.body,
        url=value.url,
        kinds=tuple(Kind(kind) for kind in value.kinds),
        features=tuple(features[id] for id in value.features if id in features),
        quotes=tuple(
            Quote(
                key=value.id,
                ticket_id=value.external_id,
                kind=Kind(said.kind),
                text=said.text,
                url=value.url,
                created_at=value.created_at,
                segment=value.segment,
            )
            for said in value.quotes
        ),
        segment=value.segment,
    )


def correction(value: CorrectionValue, features: Mapping[str, Feature]) -> Correction:
    known = features.get(value.value) if value.what == Corrected.FEATURE else None
    return Correction(
        what=Corrected(value.what),
        value=value.value,
        verdict=Verdict(value.verdict),
        name=known.name if known else value.value,
        by=value.user,
        said_at=value.said_at,
    )


def insight_line(
    value: InsightValue,
    features: Mapping[str, Feature],
    answers: Mapping[str, int],
    told: tuple[int, int],
    looked: Look | None,
) -> InsightLine:
    """One line of a list; `told` are its tickets and their customers, `looked` the last look."""
    return InsightLine(
        id=value.id,
        title=value.title,
        feature=features.get(value.feature_id or ""),
        kind=Kind(value.kind),
        status=Status(value.status),
        tickets=told[0],
        customers=told[1],
        answers=answers,
        created_at=value.created_at,
        owner=value.owner,
        issue_url=value.issue_url,
        shipped_on=value.shipped_on,
        looked=looked,
    )


def settings(value: SettingValue, owns: tuple[str, ...]) -> ChannelSettings:
    return ChannelSettings(
        team=value.team,
        channel=value.channel,
        features=value.features,
        owns=owns,
        at=value.at,
        days=value.days,
        timezone=value.timezone,
        most=value.most,
        on=value.enabled,
        set_up_by=value.set_up_by,
        alarms=value.alarms,
        cadence=Cadence(value.cadence),
        weekday=value.weekday,
        mute=mute(value),
    )


def mute(value: SettingValue) -> Mute | None:
    """The mute that was set last, whether it lasts or not."""
    if value.muted_at is None:
        return None
    return Mute(value.muted_at, value.muted_until, value.muted_by or "")
