"""How well kinds are read: precision, recall and F1 a kind and source, quotes, texts a second.

    python bench/kinds.py PATH/kinds/dev.jsonl [--semantic]

Compared with naming the most frequent kind everywhere and with the hand-written phrases alone.
Labels that two readers dispute are left out. The texts are not part of this project.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.reports import FRICTION_KINDS, Kind, Passage
from bot.voice import kind_phrases
from bot.voice.kind_features import prose
from bot.voice.kind_rules import ENGLISH
from bot.voice.kinds import best_quote, passages
from bot.voice.text import words

Text = dict[str, Any]
Read = Callable[[str], tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many texts have a kind, and how it is found, over labels not in dispute."""

    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`quote` is the share of texts with friction whose quote lies at least half in a labelled span
    (no quote is a miss), `any_quote` the share that has a quote; by source the same again.
    """

    texts: int
    macro_f1: float
    kinds: dict[Kind, KindFigures]
    quote: float
    any_quote: float
    texts_a_second: float = 0.0
    sources: dict[str, Figures] = field(default_factory=dict)


def load(path: Path) -> list[Text]:
    """The labelled texts of a file, one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def measure(texts: Sequence[Text], read: Read = passages) -> Figures:
    """Read the texts twice: for the figures, and for the time (of the processor)."""
    found = [read(text["text"]) for text in texts]
    began = time.process_time()
    for text in texts:
        read(text["text"])
    seconds = time.process_time() - began
    return compare(texts, found, len(texts) / max(seconds, 1e-9))


def compare(
    texts: Sequence[Text], found: Sequence[tuple[Passage, ...]], texts_a_second: float = 0.0
) -> Figures:
    """The figures of passages found in texts."""
    sources: dict[str, Figures] = {}
    if len({text["source"] for text in texts}) > 1:
        for source in sorted({text["source"] for text in texts}):
            own = [place for place, text in enumerate(texts) if text["source"] == source]
            sources[source] = compare([texts[i] for i in own], [found[i] for i in own])
    kinds = {kind: figures_of(kind, texts, found) for kind in Kind}
    macro = sum(own.f1 for own in kinds.values()) / len(kinds)
    return Figures(len(texts), macro, kinds, *quotes_within(texts, found), texts_a_second, sources)


def figures_of(
    kind: Kind, texts: Sequence[Text], found: Sequence[tuple[Passage, ...]]
) -> KindFigures:
    """Precision, recall and F1 of a kind over the labels not in dispute."""
    judged = [
        (kind in text["kinds"], any(passage.kind is kind for passage in own))
        for text, own in zip(texts, found, strict=True)
        if kind not in text.get("disputed", ())
    ]
    right = sum(truth and ours for truth, ours in judged)
    count = sum(truth for truth, _ in judged)
    precision = right / max(sum(ours for _, ours in judged), 1)
    recall = right / max(count, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return KindFigures(count, precision, recall, f1)


def share_within(quote: str, span: str) -> float:
    """The share of a quote's words that a labelled span has too."""
    ours = set(words(quote))
    return len(ours & set(words(span))) / max(len(ours), 1)


def spans_of(text: Text) -> list[str]:
    """What readers marked as carrying the friction: one span a reader, or one a kind."""
    if "quotes" in text:
        return [quote for quote in text["quotes"] if quote]
    return [text["spans"][kind] for kind in FRICTION_KINDS if text["spans"].get(kind)]


def quotes_within(
    texts: Sequence[Text], found: Sequence[tuple[Passage, ...]]
) -> tuple[float, float]:
    """Of the texts with friction: the share that is quoted well, and that has a quote at all."""
    quotes = [
        (best_quote(own), spans_of(text))
        for text, own in zip(texts, found, strict=True)
        if set(FRICTION_KINDS) & set(text["kinds"]) and spans_of(text)
    ]
    good = [
        bool(quote) and max(share_within(quote, span) for span in spans) >= 0.5
        for quote, spans in quotes
    ]
    count = max(len(quotes), 1)
    return sum(good) / count, sum(bool(quote) for quote, _ in quotes) / count


def most_frequent(texts: Sequence[Text]) -> Read:
    """Name the kind that most of the texts have, everywhere; quote the first sentence."""
    ((kind, _),) = Counter(kind for text in texts for kind in text["kinds"]).most_common(1)
    return lambda text: tuple(Passage(Kind(kind), own, 1.0) for own in prose(text)[:1])


def by_phrases(text: str) -> tuple[Passage, ...]:
    """The hand-written phrases alone: a kind where those of a sentence weigh 1 or more."""
    best: dict[Kind, Passage] = {}
    for sentence in prose(text):
        sums: dict[Kind, float] = {}
        for hit in kind_phrases.find(_phrases(), kind_phrases.spoken(sentence)):
            if not hit.is_denied:
                sums[hit.line.kind] = sums.get(hit.line.kind, 0.0) + hit.line.weight
        for kind, weight in sums.items():
            if weight >= 1 and (kind not in best or weight > best[kind].score):
                best[kind] = Passage(kind, sentence, weight)
    return tuple(best[kind] for kind in Kind if kind in best)


@lru_cache(maxsize=1)
def _phrases() -> kind_phrases.Node:
    return kind_phrases.tree_of(ENGLISH)


def with_meaning(texts: Sequence[Text]) -> Read | None:
    """Read with the vectors of the texts' meanings; None where the extra is not installed."""
    from bot.semantic import Absent
    from bot.semantic import load as load_encoder

    try:
        encoder = load_encoder()
    except Absent:
        return None
    bodies = [str(text["text"]) for text in texts]
    vectors = dict(zip(bodies, encoder.encode(bodies), strict=True))
    return lambda text: passages(text, "en", vectors[text])


def show(title: str, figures: Figures) -> None:
    """Print figures for people."""
    print(f"{title}\n{'kind':<12}{'n':>6}{'precision':>11}{'recall':>8}{'F1':>7}")
    for kind, own in figures.kinds.items():
        print(f"{kind:<12}{own.texts:>6}{own.precision:>11.3f}{own.recall:>8.3f}{own.f1:>7.3f}")
    print(f"macro-F1 {figures.macro_f1:.3f} on {figures.texts} texts")
    print(
        f"quotes at least half within a labelled span {figures.quote:.3f}, "
        f"any quote {figures.any_quote:.3f}"
    )
    if figures.texts_a_second:
        print(f"{figures.texts_a_second:,.0f} texts/s")
    for source, part in figures.sources.items():
        shown = [
            f"{kind} {own.f1:.2f} of {own.texts}" if own.texts else f"{kind} -"
            for kind, own in part.kinds.items()
        ]
        print(f"  {source} ({part.texts}): {', '.join(shown)}; quote {part.quote:.2f}")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 figures printed, 1 no such file or no extra."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--semantic", action="store_true", help="with vectors of meaning")
    options = parser.parse_args(arguments)
    if not options.path.is_file():
        print(f"{options.path} is absent: nothing was measured.", file=sys.stderr)
        return 1
    texts = load(options.path)
    read: Read | None = with_meaning(texts) if options.semantic else passages
    if read is None:
        print('Needs the extra: pip install "earshot[semantic]".', file=sys.stderr)
        return 1
    for name, baseline in (("most frequent", most_frequent(texts)), ("phrases", by_phrases)):
        figures = measure(texts, baseline)
        print(f"{name:<14}macro-F1 {figures.macro_f1:.3f}, quote {figures.quote:.3f}")
    show("with meaning" if options.semantic else "words alone", measure(texts, read))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
