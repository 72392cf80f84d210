"""Where each text lies among others: by its words, and by its meaning where that is known.

By words, texts are compared in the second order: not by the words that two texts share, but by
how alike they are to all the others, so "card declined" and "payment refused" meet through texts
that say both. This is the generalised vector space model (Wong, Ziarko and Wong 1985, SIGIR).
By meaning, each text moves towards its nearest neighbours, which thins out chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.voice.theme_terms import Floats, Stems, Table, table

# Above this many texts, similarities go through this many latent dimensions.
_MOST_EXACT: Final = 1_000
_LATENT: Final = 200
_MORE: Final = 16
_ROUNDS: Final = 3

# What all texts have in common tells no story. The share of it that is taken away grows with
# their number, because what a few have in common may well be one.
_COMMON_WORDS: Final = 0.5
_COMMON_MEANING: Final = 0.85
_FEW: Final = 50

_WORDS_BESIDE_MEANING: Final = 0.2
_NEIGHBOURS: Final = 10
_NEAR: Final = 0.5
_BLOCK: Final = 1_000


def by_words(texts: Sequence[Stems]) -> Floats:
    """A row of length 1 for each text; zeros where it shares no word with any other."""
    rows = table(texts)
    return _exact(rows) if rows.rows <= _MOST_EXACT else _latent(rows)


def by_meaning(vectors: Floats, words: Floats) -> Floats:
    """Rows of length 1 from vectors of meaning, the words beside them at a small weight.

    Each row is moved once towards its nearest ones: a step of diffusion on the graph of
    neighbours, as in Wu and others (2019), "Simplifying graph convolutional networks".
    """
    centred = unit(vectors - _common(_COMMON_MEANING, len(vectors)) * vectors.mean(axis=0))
    rows = unit(np.hstack([centred, np.float32(_WORDS_BESIDE_MEANING) * words]))
    most = min(_NEIGHBOURS, len(rows) - 1)
    if most < 1:
        return rows
    moved = np.empty_like(rows)
    for begin in range(0, len(rows), _BLOCK):
        part = rows[begin : begin + _BLOCK]
        alike = part @ rows.T
        alike[np.arange(len(part)), np.arange(begin, begin + len(part))] = -1
        near = np.argpartition(-alike, most - 1, axis=1)[:, :most]
        weights = np.take_along_axis(alike, near, 1)
        weights[weights < _NEAR] = 0
        moved[begin : begin + _BLOCK] = part + np.einsum("ij,ijd->id", weights, rows[near])
    return unit(moved)


def unit(rows: Floats) -> Floats:
    """The rows at length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = (rows / np.maximum(lengths, 1e-6)).astype(np.float32)
    return scaled


def _common(share: float, texts: int) -> np.float32:
    return np.float32(share * texts / (texts + _FEW))


def _exact(rows: Table) -> Floats:
    """Each text's similarities with all texts."""
    dense = rows.dense()
    alike = dense @ dense.T
    share = _common(_COMMON_WORDS, rows.rows)
    means = alike.mean(axis=0, keepdims=True)
    lonely = np.where(dense.any(axis=1), 1 - np.diag(alike), 0)
    alike = alike - share * (means + means.T) + share**2 * means.mean()
    # The words that a text has alone make it like nothing but itself.
    alike[np.diag_indices_from(alike)] += lonely
    lengths = np.sqrt(np.maximum(np.diag(alike), 0))
    lengths[~dense.any(axis=1)] = 0
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 1e-4)
    return unit(alike * scale[:, None] * scale[None, :])


def _latent(rows: Table) -> Floats:
    """The same with the similarities' largest dimensions only.

    Halko, Martinsson and Tropp (2011), SIAM Review 53(2): a random start and a few rounds.
    """
    turned = rows.turned()
    size = min(_LATENT + _MORE, rows.columns)
    start = np.random.default_rng(0).standard_normal((rows.columns, size)).astype(np.float32)
    for _ in range(_ROUNDS):
        start = np.linalg.qr(turned.times(np.linalg.qr(rows.times(start))[0]))[0]
    spread = rows.times(start)
    values, axes = np.linalg.eigh(spread.T @ spread)
    latent = spread @ axes[:, np.argsort(-values)[:_LATENT]]
    empty = ~latent.any(axis=1)
    latent = unit(latent - _common(_COMMON_WORDS, rows.rows) * latent.mean(axis=0))
    latent[empty] = 0
    values, axes = np.linalg.eigh(latent.T @ latent)
    return unit(latent @ axes * np.sqrt(np.maximum(values, 0)))
