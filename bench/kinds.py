"""How well kinds are read: precision, recall and F1 a kind and source, quotes, texts a second.

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

from bot.reports import FRICTION_KINDS, Kind, Passage
from bot.voice.kinds import best_quote, passages
from bot.voice.text import words

Text = dict[str, Any]
Passages = tuple[Passage, ...]


def share_within(quote: str, span: str) -> float:
    """The share of a quote's words that a labelled span has too."""
    ours = set(words(quote))
    return len(ours & set(words(span))) / max(len(ours), 1)


def spans_of(text: Text) -> list[str]:
    """What readers marked as carrying the friction: one span a reader, or one a kind."""
    if "quotes" in text:
        return [quote for quote in text["quotes"] if quote]
    return [text["spans"][kind] for kind in FRICTION_KINDS if text["spans"].get(kind)]


def quotes_within(texts: Sequence[Text], found: Sequence[Passages]) -> tuple[float, float]:
    """Of the texts with friction: the share that is quoted well, and that has a quote at all.

    Quoted well: at least half the words of our quote lie in a labelled span. No quote is a miss.
    """
    quotes = [
        (best_quote(passages_), spans_of(text))
        for text, passages_ in zip(texts, found, strict=True)
        if set(FRICTION_KINDS) & set(text["kinds"]) and spans_of(text)
    ]
    good = [
        bool(quote) and max(share_within(quote, span) for span in spans) >= 0.5
        for quote, spans in quotes
    ]
    count = max(len(quotes), 1)
    return sum(good) / count, sum(bool(quote) for quote, _ in quotes) / count


def figures(
    texts: Sequence[Text], found: Sequence[Passages], kind: Kind
) -> tuple[int, float, float, float]:
    """How many texts have a kind; precision, recall and F1 over those not in dispute."""
    judged = [
        (kind in text["kinds"], any(passage.kind is kind for passage in passages_))
        for text, passages_ in zip(texts, found, strict=True)
        if kind not in text.get("disputed", ())
    ]
    right = sum(truth and ours for truth, ours in judged)
    count = sum(truth for truth, _ in judged)
    precision = right / max(sum(ours for _, ours in judged), 1)
    recall = right / max(count, 1)
    return count, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def report(texts: Sequence[Text]) -> None:
    """Read the texts, time a second reading, and print the figures."""
    found = [passages(text["text"]) for text in texts]
    began = time.perf_counter()
    for text in texts:
        passages(text["text"])
    seconds = time.perf_counter() - began
    scores = []
    print(f"{'kind':<12}{'n':>6}{'precision':>11}{'recall':>8}{'F1':>7}")
    for kind in Kind:
        count, precision, recall, f1 = figures(texts, found, kind)
        scores.append(f1)
        print(f"{kind:<12}{count:>6}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}")
    print(f"macro-F1 {sum(scores) / len(scores):.3f} on {len(texts)} texts")
    good, quoted = quotes_within(texts, found)
    print(f"quotes at least half within a labelled span {good:.3f}, any quote {quoted:.3f}")
    print(f"{len(texts) / max(seconds, 1e-9):,.0f} texts/s")
    for source in sorted({text["source"] for text in texts}):
        report_source(source, texts, found)


def report_source(source: str, texts: Sequence[Text], found: Sequence[Passages]) -> None:
    """F1 a kind in the texts of one source; "-" where it has none of the kind."""
    of_source = [place for place, text in enumerate(texts) if text["source"] == source]
    own = [texts[place] for place in of_source]
    read = [found[place] for place in of_source]
    shown = [
        f"{kind} {f1:.2f} of {count}" if count else f"{kind} -"
        for kind in Kind
        for count, _, _, f1 in [figures(own, read, kind)]
    ]
    print(f"{source} ({len(own)}): " + ", ".join(shown))


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
