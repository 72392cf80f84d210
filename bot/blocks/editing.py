"""The modals in which features are edited: what would change is shown before it can be saved."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import forms, words
from bot.blocks.kit import (
    BLOCK_ALIAS,
    BLOCK_ALIASES,
    BLOCK_CHANNELS,
    BLOCK_FEATURE,
    BLOCK_NAME,
    NAME,
    TITLE,
    VIEW_ALIAS,
    VIEW_FEATURE,
    Block,
    bullets,
    channel,
    context,
    data,
    divider,
    header,
    line,
    ours,
    rich,
    theirs,
)
from bot.reports import EditReport, Feature, NameChange

LOOK, SAVE = "Show what changes", "Save"
NAME_LENGTH = 150
AFTERWARDS = "Stored tickets are matched again once this is saved; figures follow within minutes."
MOST_CHANGES = 30
MOST_OTHERS = 3


def feature_view(feature: Feature, report: EditReport | None = None) -> Block:
    """A feature's names and owners as they stand in the inputs, and what they would change."""
    names = "\n".join(feature.aliases)
    name = forms.text_input(feature.name, min(max(NAME_LENGTH, len(feature.name)), forms.TEXT))
    said = "One a line. A ticket that says one of them is about this feature."
    aliases: Block = forms.field(
        BLOCK_ALIASES,
        "Aliases",
        forms.text_input(names, forms.TEXT, multiline=True),
        hint=said,
        optional=True,
    )
    if len(names) > forms.TEXT:
        # Cut to what fits, they would be saved like that.
        many = f"Its {len(feature.aliases):,} aliases do not fit here: edit them in the file."
        aliases = rich(line(ours(many)))
    return forms.modal(
        VIEW_FEATURE,
        "Edit feature",
        [
            forms.field(BLOCK_NAME, "Name", name),
            aliases,
            forms.field(
                BLOCK_CHANNELS,
                "Owned by",
                forms.channels(feature.channels),
                hint="Cards of insights on it go there.",
                optional=True,
            ),
            *_changes(report),
        ],
        submit=SAVE if report else LOOK,
        metadata=data(feature=feature.id, seen=report.mark if report else ""),
    )


def alias_view(
    alias: str,
    catalogue: Sequence[Feature],
    *,
    chosen: str = "",
    report: EditReport | None = None,
) -> Block:
    """Words that are to be a name of a feature, which is still to be chosen or is `chosen`."""
    if not catalogue:
        none = "There are no features yet. Whoever runs Earshot brings a catalogue in."
        return forms.modal(VIEW_ALIAS, "Add an alias", [rich(line(ours(none)))])
    options = forms.feature_options(catalogue, (chosen,))
    missing = len(catalogue) - len(options)
    hint = f"{missing:,} more features do not fit here." if missing else ""
    return forms.modal(
        VIEW_ALIAS,
        "Add an alias",
        [
            forms.field(
                BLOCK_ALIAS,
                "Words",
                forms.text_input(alias, NAME_LENGTH),
                hint="A ticket that says this will be about the feature.",
            ),
            forms.field(
                BLOCK_FEATURE,
                "Are an alias of",
                forms.select(options, chosen, "Feature"),
                hint=hint,
            ),
            *_changes(report),
        ],
        submit=SAVE if report else LOOK,
        metadata=data(seen=report.mark if report else ""),
    )


def _changes(report: EditReport | None) -> list[Block | None]:
    if report is None:
        return []
    told = [_name_change(change, report) for change in report.names[:MOST_CHANGES]]
    told += _owner_changes(report)
    if not told:
        return [divider(), rich(line(ours("Nothing would change.")))]
    left_out = len(report.names) - MOST_CHANGES
    more = context(f"{left_out:,} more names are not shown") if left_out > 0 else None
    matched = context(AFTERWARDS) if report.names else None
    return [divider(), header("What would change"), rich(bullets(told)), more, matched]


def _name_change(change: NameChange, report: EditReport) -> list[Block]:
    called = theirs(report.before.name, NAME)
    days = f"the last {report.days} days"
    if not change.added:
        said = [
            ours(" would be no name any more: tickets about "),
            called,
            ours(f" that say it, {change.about:,} in {days}, leave unless something else names "),
            ours("them"),
        ]
    elif not change.tickets:
        said = [ours(f": no ticket of {days} says it, and those to come would be named")]
    else:
        said = [
            ours(" would name "),
            ours(words.number(change.tickets - change.about, "more ticket"), bold=True),
            ours(f" of {days}: said in {change.tickets:,}, {change.about:,} of them about "),
            called,
            ours(" already"),
        ]
    elements = [theirs(change.name, TITLE, bold=True), *said]
    if change.others:
        elements.append(ours(". It is a name of "))
        for number, other in enumerate(change.others[:MOST_OTHERS]):
            elements += [ours(", "), theirs(other, NAME)] if number else [theirs(other, NAME)]
        elements.append(ours(" as well"))
    return elements


def _owner_changes(report: EditReport) -> list[list[Block]]:
    before, after = report.before.channels, report.after.channels
    new = [[ours("Would be owned by "), channel(id)] for id in after if id not in before]
    gone = [[ours("No longer owned by "), channel(id)] for id in before if id not in after]
    return [*new, *gone]
