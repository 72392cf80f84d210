"""What a vector of a text's meaning adds to its kinds."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from bot.reports import Kind
from bot.voice.kind_meaning import GAIN, WEIGHTS, Vector, meaning, parse
from bot.voice.kind_model import KINDS
from bot.voice.kinds import explain, passages

DIMENSIONS = 384
PLAIN = "The seating plan of the second hall, on the page with the tables."


def pointing_to(kind: Kind) -> Vector:
    """The unit vector that speaks most for a kind."""
    weights = meaning().weights[KINDS.index(kind)]
    vector: Vector = (weights / np.linalg.norm(weights)).astype(np.float32)
    return vector


def test_the_table_says_where_it_comes_from_and_is_small() -> None:
    table = (files("bot.voice") / WEIGHTS).read_text(encoding="utf-8")
    assert "bench/train_kinds.py on 2026-11-26" in table[:300]
    assert "bot/semantic" in table[:700]
    assert len(table) < 20_000


def test_every_kind_has_weights_and_a_decision() -> None:
    assert meaning().weights.shape == (len(Kind) + 1, DIMENSIONS), "and so has the gain"
    assert set(meaning().decisions) == set(Kind)
    assert all(decision.meaning > 0 for decision in meaning().decisions.values())


@pytest.mark.parametrize("kind", Kind)
def test_a_vector_speaks_for_a_kind_and_against_it(kind: Kind) -> None:
    lane = KINDS.index(kind)
    vector = pointing_to(kind)
    assert meaning().told(vector)[lane] > meaning().told(-vector)[lane]


def test_meaning_can_tell_a_kind_that_words_do_not() -> None:
    assert Kind.BROKEN not in {passage.kind for passage in passages(PLAIN)}
    found = passages(PLAIN, vector=pointing_to(Kind.BROKEN))
    assert Kind.BROKEN in {passage.kind for passage in found}
    assert all(passage.text in PLAIN for passage in found)


def test_the_reason_says_how_much_the_meaning_added() -> None:
    text = "Please add an option to sort the guests."
    words_alone = {reason.kind: reason for reason in explain(text)}
    told = {reason.kind: reason for reason in explain(text, vector=pointing_to(Kind.REQUEST))}
    assert words_alone[Kind.REQUEST].meaning == 0
    assert told[Kind.REQUEST].meaning > 0
    assert told[Kind.REQUEST].phrases[0][0].startswith("please add")


def test_a_vector_of_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match="384"):
        passages("The export crashes.", vector=np.zeros(12, dtype=np.float32))


def test_a_table_is_read_as_it_is_written() -> None:
    rows = "\n".join(f"{name}\t16 32 -8" for name in (*Kind, GAIN))
    decisions = "\n".join(f"{kind}\t1 0.5 0.25 -1 0" for kind in Kind)
    table = parse(f"# x\ndecision\n{decisions}\nvector\n{rows}\nclarity\nbias\t-0.5\n")
    assert table.told(np.array([1, 2], dtype=np.float32)) == [2.0] * (len(Kind) + 1)
    assert table.clarity == {"bias": -0.5}
    assert table.decisions[Kind.BROKEN].meaning == 0.25


def test_reading_without_a_vector_imports_no_numeric_library() -> None:
    program = (
        "import sys; from bot.voice.kinds import passages; passages('The export crashes.');"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
