"""How well kinds are read: precision, recall and F1 a kind, overlap of quotes, texts a second.

    python bench/kinds.py PATH/kinds/dev.jsonl

Labels that two readers dispute are left out. The texts are not part of this project.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.reports import Kind, Passage
from bot.voice.kinds import best_quote, passages
from bot.voice.text import words

Text = dict[str, Any]


def overlap(one: str, other: str) -> float:
    """F1 of the words that two quotes share; two empty quotes agree."""
    left, right = set(words(one)), set(words(other))
    if not left or not right:
        return float(left == right)
    return 2 * len(left & right) / (len(left) + len(right))


def quote_overlap(texts: Sequence[Text], found: Sequence[tuple[Passage, ...]]) -> float:
    """The mean overlap of our quote with that of the reader who agrees best."""
    labelled = [
        (best_quote(passages_), [quote for quote in text["quotes"] if quote])
        for text, passages_ in zip(texts, found, strict=True)
        if any(text.get("quotes", ()))
    ]
    best = [max(overlap(ours, quote) for quote in quotes) for ours, quotes in labelled]
    return sum(best) / max(len(best), 1)


def report(texts: Sequence[Text]) -> None:
    """Read the texts once, timed, and print the figures."""
    began = time.perf_counter()
    found = [passages(text["text"]) for text in texts]
    seconds = time.perf_counter() - began
    scores = []
    print(f"{'kind':<12}{'n':>6}{'precision':>11}{'recall':>8}{'F1':>7}")
    for kind in Kind:
        judged = [
            (kind in text["kinds"], any(passage.kind is kind for passage in passages_))
            for text, passages_ in zip(texts, found, strict=True)
            if kind not in text.get("disputed", ())
        ]
        right = sum(truth and ours for truth, ours in judged)
        precision = right / max(sum(ours for _, ours in judged), 1)
        recall = right / max(sum(truth for truth, _ in judged), 1)
        scores.append(2 * precision * recall / max(precision + recall, 1e-9))
        count = sum(truth for truth, _ in judged)
        print(f"{kind:<12}{count:>6}{precision:>11.3f}{recall:>8.3f}{scores[-1]:>7.3f}")
    print(f"macro-F1 {sum(scores) / len(scores):.3f} on {len(texts)} texts")
    print(f"quote overlap {quote_overlap(texts, found):.3f}")
    print(f"{len(texts) / max(seconds, 1e-9):,.0f} texts/s")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file, 2 wrong usage."""
    if len(arguments) != 1:
        print("usage: python bench/kinds.py PATH/kinds/dev.jsonl", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    if not path.is_file():
        print(f"{path} is absent: nothing was measured.", file=sys.stderr)
        return 1
    with path.open(encoding="utf-8") as lines:
        report([json.loads(line) for line in lines if line.strip()])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
