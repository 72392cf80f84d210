"""What is unusual at one look: features that rise, themes that are new or have come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.voice import spike_themes, spikes
from bot.voice.spike_history import History
from bot.voice.spike_usual import Ints, Usual


@dataclass(frozen=True, slots=True)
class Sign:
    """Something unusual at one look, and the tickets that tell it."""

    feature: str
    hours: int
    observed: int
    expected: float
    chance: float
    story: frozenset[int]
    terms: tuple[str, ...]
    is_theme: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """The theme of an earlier alarm, and the feature that it belonged to ("" for none)."""

    feature: str
    terms: tuple[str, ...]


def signs_at(
    history: History, total: Ints, usual: Usual, hour: int, known: Sequence[Watched]
) -> list[Sign]:
    """All that is unusual at an hour, the strangest first.

    `total` has a row for each stream of the history and, after them, for each theme in `known`.
    """
    found = []
    telling: dict[int, list[spike_themes.Theme]] = {}
    for rise in spikes.rises(total, usual, hour):
        number = rise.stream - len(history.streams)
        if number >= 0:
            found.append(_again(history, rise, known[number], hour))
            continue
        if rise.hours not in telling:
            telling[rise.hours] = spike_themes.rising(
                history, hour, rise.hours, spike_themes.TELLING
            )
        found.append(_risen(history, rise, telling[rise.hours], hour))
    for hours in spike_themes.LENGTHS:
        found += [_said(history, theme) for theme in spike_themes.rising(history, hour, hours)]
    return sorted(found, key=lambda sign: (sign.chance, not sign.feature, sign.feature))


def _again(history: History, rise: spikes.Rise, theme: Watched, hour: int) -> Sign:
    """The theme of an earlier alarm has come back, or goes on."""
    places = frozenset(history.telling(theme.terms, hour - rise.hours, hour).tolist())
    return Sign(
        theme.feature,
        rise.hours,
        rise.observed,
        rise.expected,
        rise.chance,
        places,
        theme.terms,
        is_theme=True,
    )


def _risen(
    history: History, rise: spikes.Rise, themes: Sequence[spike_themes.Theme], hour: int
) -> Sign:
    """A feature hears from more customers, most of them perhaps with one story."""
    places = frozenset(history.within(rise.stream, hour - rise.hours, hour).tolist())
    theme = _best(themes, places)
    return Sign(
        history.streams[rise.stream],
        rise.hours,
        rise.observed,
        rise.expected,
        rise.chance,
        frozenset(theme.places) & places if theme else places,
        theme.terms if theme else (),
        is_theme=False,
    )


def _said(history: History, theme: spike_themes.Theme) -> Sign:
    """More customers say the same, whether or not more of them write."""
    return Sign(
        history.streams[theme.stream],
        theme.hours,
        len(theme.places),
        theme.expected,
        theme.chance,
        frozenset(theme.places),
        theme.terms,
        is_theme=True,
    )


def _best(
    themes: Sequence[spike_themes.Theme], places: frozenset[int]
) -> spike_themes.Theme | None:
    """The strangest theme that a third of these tickets tell."""
    return next((one for one in themes if 3 * len(places & set(one.places)) >= len(places)), None)
