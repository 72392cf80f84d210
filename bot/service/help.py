"""What can be asked, by examples made of this installation's own features, segments and tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.reports import Feature, HelpReport
from bot.service.known import Labels
from bot.voice.features import Catalogue
from storage import tickets as ticket_rows


def of(
    session: Session,
    catalogue: Catalogue,
    labels: Labels,
    busiest: Sequence[Feature],
    now: datetime,
) -> HelpReport:
    """Examples that can be typed as they stand; `busiest` features come first."""
    names = [feature.name.lower() for feature in (*busiest, *catalogue.features)]
    names = list(dict.fromkeys(names))[:2] or ["checkout"]
    first, second = names[0], names[-1]
    examples = [
        ("", "which features have the most friction, and what changed"),
        (first, "how much friction, of which kind, in whose words, in the last 30 days"),
        (f"{second} 12w", "twelve weeks: also 24h, last month, Q3, since Monday"),
        (f"{second} since {now:%Y}-01-01", "since a day, or from one to another"),
        (f"{first} kind:broken", "one kind: broken, confusing, unexpected, request, praise"),
    ]
    if labels.segments:
        segment = _typed(labels.segments[0])
        examples.append((f"{first} segment:{segment}", "customers of one segment"))
    if labels.sources:
        examples.append((f"{first} source:{_typed(labels.sources[0])}", "tickets of one source"))
    if second != first:
        examples.append((f"{first} vs {second}", "two features side by side"))
    examples.append((f"read {first}", "a way in, for somebody new to it"))
    newest = ticket_rows.get(session, [ticket_rows.newest_row(session)])
    examples += [(f"ticket {one.external_id}", "one ticket, by its id or link") for one in newest]
    examples.append(('"cannot log in"', "words that are no feature are searched in all tickets"))
    hint = "" if catalogue.features else "No features yet: see `earshot features`."
    return HelpReport(tuple(examples), hint)


def _typed(name: str) -> str:
    return f'"{name}"' if " " in name else name
