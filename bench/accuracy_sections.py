"""The sections of the accuracy card: figures of the other scripts, as Markdown.

Examples of what is still wrong are written for the purpose and tried each time: one that has come
right is left out of the card.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import features as feature_bench
import kinds as kind_bench
import languages as language_bench
import meaning as meaning_bench
import reading as reading_bench
import themes as theme_bench
from kinds import Figures
from kinds_corpus import PATTERNS_ONLY, WORDS_ONLY, Vocabulary
from kinds_corpus import load as load_items
from train_kinds import Learned, vectors_of

from bot.reports import Feature, Kind
from bot.semantic import Absent, Encoder, load
from bot.voice.feature_ranking import FeatureRanking
from bot.voice.features import Catalogue
from bot.voice.kinds import passages

MOST_EXAMPLES: Final = 3
KINDS_MISREAD: Final = (
    ("Love how the planner forgets my guests every time I save.", Kind.BROKEN, "irony"),
    ("A calendar view? One can dream.", Kind.REQUEST, "a wish without its usual words"),
    (
        "My aunt opened the invitation and it was addressed to my ex-husband.",
        Kind.BROKEN,
        "a failure told as a story",
    ),
    (
        "Great, another redesign. I just love clicking three times for what took one.",
        Kind.UNEXPECTED,
        "irony",
    ),
)
MISNAMED: Final = (
    ("He returns to the office on Monday, please call then.", "Returns"),
    ("スカートのサイズが違う", "カート"),
)
MISRANKED: Final = (("Nobody gets word when something is dispatched.", "Notifications"),)
RANKED_AMONG: Final = (
    Feature("search", "Search", description="Finding products and orders."),
    Feature("notifications", "Notifications", description="Messages about orders on their way."),
    Feature("returns", "Returns", description="Sending goods back."),
    Feature("billing", "Billing", description="Invoices and payments."),
)


def encoder() -> Encoder | None:
    """The extra's encoder, where it is installed."""
    try:
        return load()
    except Absent:
        return None


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table; numbers with two or three decimals are the caller's."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def wrong(examples: Sequence[str]) -> list[str]:
    """What is still wrong, as a list."""
    if not examples:
        return ["Every example that was written for this card has come right."]
    return ["Still wrong, in sentences written for this card:", ""] + [
        f"{number}. {text}" for number, text in enumerate(examples[:MOST_EXAMPLES], 1)
    ]


def kinds(data: Path) -> list[str]:
    """Kinds and quotes, on the development texts and cross-validated."""
    dev = kind_bench.load(data / "kinds" / "dev.jsonl")
    items = load_items(data / "kinds" / "train.jsonl", only_open=True)
    corpus = Vocabulary(items).corpus(items)
    vectors = vectors_of(corpus.items, None) if encoder() else None
    learned = Learned(corpus, vectors)
    words = kind_bench.measure(dev)
    rows: list[tuple[str, Figures]] = [
        ("development: the most frequent kind everywhere", _majority(dev)),
        ("development: phrases written by hand", kind_bench.measure(dev, kind_bench.by_phrases)),
        ("**development: words**", words),
        ("training, cross-validated: words", learned.cross_validated(0)),
    ]
    read = kind_bench.with_meaning(dev)
    if read is not None and vectors is not None:
        rows += [
            ("**development: with meaning**", kind_bench.measure(dev, read)),
            ("training, cross-validated: with meaning", learned.cross_validated(1)),
        ]
    gap = words.macro_f1 - learned.cross_validated(0).macro_f1
    return [
        "## Kinds and quotes (`bench/kinds.py`, `bench/train_kinds.py`)",
        "",
        "F1 a kind, their mean (macro), and the share of texts with friction whose quote lies at "
        "least half in a span that a reader marked (a missed kind is a miss; a plain splitter of "
        "sentences allows about 0.9).",
        "",
        *table(["", *Kind, "macro", "quote"], (_kind_row(*row) for row in rows)),
        "",
        f"Development less cross-validated training, words: {gap:+.3f}. The training texts were "
        "partly picked for words that hint at requests and surprises.",
        "",
        "By source, words (F1 where the source has the kind):",
        "",
        *table(
            ["development texts", "texts", *Kind, "quote"],
            (_source_row(name, part) for name, part in words.sources.items()),
        ),
        "",
        "What carries the weak kinds, cross-validated F1 by words:",
        "",
        *table(["", "macro", "unexpected", "request"], _carried(items, learned)),
        "",
        *wrong([_misread(*one) for one in KINDS_MISREAD if one[1] not in _kinds_of(one[0])]),
    ]


def _majority(texts: Sequence[kind_bench.Text]) -> Figures:
    return kind_bench.measure(texts, kind_bench.most_frequent(texts))


def _kind_row(name: str, own: Figures) -> list[str]:
    scores = [f"{own.kinds[kind].f1:.2f}" for kind in Kind]
    return [name, *scores, f"{own.macro_f1:.3f}", f"{own.quote:.3f}"]


def _source_row(name: str, own: Figures) -> list[str]:
    scores = [
        f"{own.kinds[k].f1:.2f} of {own.kinds[k].texts}" if own.kinds[k].texts else "–"
        for k in Kind
    ]
    return [name, str(own.texts), *scores, f"{own.quote:.2f}"]


def _carried(items: Sequence[dict[str, object]], both: Learned) -> list[list[str]]:
    parts = [
        ("phrases written by hand, weights learned", PATTERNS_ONLY),
        ("learned words, pairs and pieces of words", WORDS_ONLY),
    ]
    found = [
        (name, Learned(Vocabulary(items, sorts).corpus(items), None).cross_validated(0))
        for name, sorts in parts
    ]
    return [
        [
            name,
            f"{own.macro_f1:.3f}",
            f"{own.kinds[Kind.UNEXPECTED].f1:.3f}",
            f"{own.kinds[Kind.REQUEST].f1:.3f}",
        ]
        for name, own in [*found, ("both", both.cross_validated(0))]
    ]


def _kinds_of(text: str) -> set[Kind]:
    return {passage.kind for passage in passages(text)}


def _misread(text: str, kind: Kind, why: str) -> str:
    found = ", ".join(_kinds_of(text)) or "nothing"
    return f"“{text}” is read as {found}; it is {kind} ({why})."


def features(data: Path) -> list[str]:
    """The official feature among the first three, and what matching costs."""
    questions = feature_bench.load_questions(data)
    catalogue = feature_bench.load_catalogue(data, questions)
    tickets = feature_bench.load_tickets(data)
    some = tickets[-feature_bench.UNLABELLED :]
    encode = feature_bench.encoder()
    rows = [
        ("the most frequent features", feature_bench.by_frequency(questions, catalogue)),
        ("TF-IDF", feature_bench.by_tf_idf(questions, catalogue)),
        ("**words of the catalogue**", feature_bench.by_ranking(questions, catalogue)),
        ("and of unlabelled tickets", feature_bench.by_ranking(questions, catalogue, some)),
    ]
    if encode:
        rows += [
            ("**with meaning**", feature_bench.by_ranking(questions, catalogue, (), encode)),
            (
                "with meaning, and unlabelled tickets",
                feature_bench.by_ranking(questions, catalogue, some, encode),
            ),
        ]
    cost = feature_bench.match_cost(tickets[-feature_bench.TIMED :])
    few, many = min(cost), max(cost)
    return [
        "## Features (`bench/features.py`)",
        "",
        f"{len(questions):,} questions that are ranked over {len(catalogue)} features by nothing "
        "but the features' titles and descriptions; the share whose official feature is first / "
        "among the first three. A few constants were chosen on one half of the questions.",
        "",
        *table(
            ["", "all", "half chosen on", "other half"],
            (
                [name, *(f"{own.first:.2f} / {own.three:.3f}" for own in halves.values())]
                for name, halves in rows
            ),
        ),
        "",
        f"Naming features in a ticket costs {cost[few] * 1e6:.0f} µs with {few} names and "
        f"{cost[many] * 1e6:.0f} µs with {many:,} ({cost[many] / cost[few]:.1f} times).",
        "",
        *wrong(_misnamed()),
    ]


def _misnamed() -> list[str]:
    named = [
        f"“{text}” is taken to name the feature {name}."
        for text, name in MISNAMED
        if Catalogue([Feature("f", name)]).match(text)
    ]
    ranking = FeatureRanking(RANKED_AMONG)
    first = {text: ranking.rank(text)[0].feature.name for text, _ in MISRANKED}
    ranked = [
        f"“{text}” is ranked {first[text]} first, not {name}."
        for text, name in MISRANKED
        if first[text] != name
    ]
    return [*named, *ranked]


def themes(data: Path) -> list[str]:
    """Grouping, its stability and its speed."""
    questions = theme_bench.read(data / "themes" / "banking77-train.csv.gz")
    meant = questions.meant()
    sample = questions.sample(theme_bench.SAMPLE)
    ways = [("words", questions), *([("with meaning", meant)] if meant else [])]
    rows: list[tuple[str, theme_bench.Scores]] = [
        ("3,000: each alone", theme_bench.all_alone(sample)),
        ("3,000: all together", theme_bench.one_heap(sample)),
        ("3,000: stemmed words, average linkage", theme_bench.baseline(sample)),
    ]
    for name, way in ways:
        rows += [
            (f"3,000: {name}", theme_bench.grouped(way.sample(theme_bench.SAMPLE))),
            (f"**all 10,003: {name}**", theme_bench.grouped(way)),
        ]
    kept = [
        f"{name}: {theme_bench.stability(way.sample(theme_bench.SAMPLE), share):.2f} with "
        f"{share:.0%} new"
        for name, way in ways
        for share in (0.01, 0.05)
    ]
    later = [
        f"{name}: {found:.2f} find one, {right:.2f} of these theirs"
        for name, way in ways
        for found, right in [theme_bench.belonging(way.sample(theme_bench.SAMPLE))]
    ]
    return [
        "## Themes (`bench/themes.py`)",
        "",
        "Short questions grouped with the number of groups not given; a text in no theme is a "
        "group of one. Adjusted mutual information and adjusted Rand index with the 77 intents.",
        "",
        *table(
            ["", "AMI", "ARI", "groups", "alone", "texts a second"],
            (
                [
                    name,
                    f"{own.ami:.3f}",
                    f"{own.ari:.3f}",
                    own.groups,
                    own.alone,
                    f"{own.texts_a_second:,.0f}" if own.texts_a_second else "",
                ]
                for name, own in rows
            ),
        ),
        "",
        "New texts reshuffle little. ARI of the others' groups before and after: "
        f"{'; '.join(kept)}.",
        "",
        f"Later texts that are brought to known themes: {'; '.join(later)}.",
        "",
        *wrong(theme_bench.still_wrong()),
    ]


def meaning(data: Path) -> list[str]:
    """What is found by meaning that words do not find."""
    own = encoder()
    title = "## Meaning beyond words (`bench/meaning.py`)"
    if own is None:
        return [title, "", "The extra is not installed where this card was written."]
    found = meaning_bench.measure(
        data / "themes" / "banking77-train.csv.gz", data / "firefox-2019.csv.gz", own
    )
    return [
        title,
        "",
        f"Questions to a bank, asked for by the name of their intent: mean average precision "
        f"{found.by_meaning:.2f}, by stemmed words {found.by_words:.2f}; of the three that "
        f"`/friction` would show, {found.right_among_few:.2f} are right. Of "
        f"{len(meaning_bench.PRESENT)} questions written for this card about what customers of a "
        f"browser write of, {found.present_found:.0%} find something; of "
        f"{len(meaning_bench.ABSENT)} about what none of them wrote of, {found.absent_found:.0%}.",
        "",
        f"The encoder reads {found.texts_a_second:,.0f} short texts a second.",
    ]


def languages(_: Path) -> list[str]:
    """Whether the language is told, by sentences written for the purpose."""
    found = language_bench.measure()
    count = sum(len(texts) for texts in language_bench.SENTENCES.values())
    return [
        "## Languages (`bench/languages.py`)",
        "",
        f"{count} sentences in {len(language_bench.SENTENCES)} languages, written for this card: "
        f"{found.told} told, {found.wrong} wrong, {found.silent} left open. Kinds are read in "
        f"English only: of the others' sentences {found.guessed} were read as if they were "
        f"English. {found.texts_a_second:,.0f} texts a second.",
    ]


def speed(data: Path) -> list[str]:
    """How fast tickets are read."""
    texts = reading_bench.texts_of(data / "firefox-2019.csv.gz", 4_000)
    rate = reading_bench.speed(reading_bench.HERE, texts)
    return [
        "## Speed (`bench/reading.py`)",
        "",
        f"Cleaning, features, kinds and quote of real tickets (90 words in the mean): {rate:,.0f} "
        "a second of one core's time, without redaction and without meaning. Speeds on this card "
        "were taken with other work on the same machine.",
    ]
