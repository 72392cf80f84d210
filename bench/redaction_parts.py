"""Count what redaction finds and misses in labelled texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.voice.redact import Span
from bot.voice.redact_shadow import fold_name

TYPES: Final = {
    "EMAIL": "email",
    "PHONE": "phone",
    "CREDIT_CARD": "card",
    "IBAN": "iban",
    "IP": "ip",
    "SECRET": "secret",
    "URL_TOKEN": "link",
    "GOV_ID": "id",
    "PERSON": "name",
    "ADDRESS": "address",
}


def covered(text: str, start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether every letter and digit of the item is masked."""
    return all(
        not text[i].isalnum() or any(s.start <= i < s.end for s in spans) for i in range(start, end)
    )


class Part:
    """Figures of one part of the data."""

    def __init__(self) -> None:
        self.items: Counter[str] = Counter()
        self.masked: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.texts = self.personal = self.clean = self.characters = self.neutral = 0
        self.own = self.own_masked = self.others = self.other_masked = 0
        self.leaks: list[tuple[str, str, str]] = []
        self.wrong: list[tuple[str, str, str]] = []

    @classmethod
    def together(cls, parts: Iterable[Part]) -> Part:
        """The sum of several parts, for shares over all of their items."""
        whole = cls()
        for part in parts:
            for name in ("items", "masked", "spans", "right"):
                getattr(whole, name).update(getattr(part, name))
        return whole

    def add(self, row: dict[str, Any], spans: Sequence[Span]) -> None:
        text = row["text"]
        labels = row["spans"]
        real = [label for label in labels if not label["type"].startswith("N:")]
        leaked = False
        for label in real:
            kind = TYPES[label["type"]]
            masked = covered(text, label["start"], label["end"], spans)
            self.items[kind] += 1
            self.masked[kind] += masked
            if kind == "name":
                self._add_name(row, label["value"], masked=masked)
            if not masked:
                leaked = True
                self.leaks.append((row["group"], kind, label["value"]))
        for span in spans:
            touched = [x for x in labels if x["start"] < span.end and span.start < x["end"]]
            if touched and all(x["type"].startswith("N:") for x in touched):
                continue
            self.spans[span.type] += 1
            self.right[span.type] += bool(touched)
            if not touched:
                self.neutral += span.end - span.start
                self.wrong.append((row["group"], span.type, text[span.start : span.end]))
        self.texts += 1
        self.characters += len(text)
        self.personal += bool(real)
        self.clean += bool(real) and not leaked

    def _add_name(self, row: dict[str, Any], name: str, *, masked: bool) -> None:
        own = set(fold_name((row.get("requester") or {}).get("name") or "").split())
        if own & set(fold_name(name).split()):
            self.own += 1
            self.own_masked += masked
        else:
            self.others += 1
            self.other_masked += masked

    def recall(self, *kinds: str) -> str:
        """The share of the items of these kinds that is masked whole."""
        return share(sum(self.masked[k] for k in kinds), sum(self.items[k] for k in kinds))

    def precision(self, *kinds: str) -> str:
        """The share of what was masked as these kinds that touches something personal."""
        return share(sum(self.right[k] for k in kinds), sum(self.spans[k] for k in kinds))

    def vain(self) -> float:
        """Spans in vain in 1,000 texts."""
        return 1000 * len(self.wrong) / max(self.texts, 1)

    def tell(self) -> None:
        """Print what leaked and what was masked in vain."""
        for kind, found in (("LEAK", self.leaks), ("VAIN", self.wrong)):
            for group, type_, value in found:
                print(f"  {kind} {group} {type_}: {value!r}")


def share(part: int, whole: int) -> str:
    """A share with three places; a dash where there is nothing to share."""
    return f"{part / whole:.3f}" if whole else "-"


def show(name: str, part: Part) -> None:
    """Print the figures of one part."""
    print(
        f"\n{name}: {part.texts} texts, leak nothing {share(part.clean, part.personal)} "
        f"of {part.personal} with personal data, masked in vain "
        f"{share(part.neutral, part.characters)} of characters, "
        f"{part.vain():.1f} spans per 1,000 texts"
    )
    for kind in sorted(set(part.items) | set(part.spans)):
        recall, precision = part.recall(kind), part.precision(kind)
        print(f"  {kind:8} recall {recall} of {part.items[kind]:4}  precision {precision}")
