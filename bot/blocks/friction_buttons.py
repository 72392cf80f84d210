"""What can be done next with an answer to `/friction`."""

from __future__ import annotations

from bot.blocks import forms, parts, words
from bot.blocks.kit import (
    ACTION_ALIAS,
    ACTION_ASK,
    ACTION_COMPARE,
    ACTION_DIGEST_HERE,
    ACTION_MORE,
    ACTION_NARROW,
    ACTION_SHARE,
    ACTION_THEMES,
    ACTION_TICKETS,
    TITLE,
    Block,
    actions,
    button,
    data,
    line,
    ours,
    rich,
)
from bot.blocks.questions import carried_question
from bot.blocks.text import clean, cut
from bot.reports import Feature, FrictionReport, Understood

MOST_SUGGESTIONS = 3
MOST_THEMES = 3


def suggestions(report: FrictionReport) -> list[Block | None]:
    """One button a block: Slack wants an action id once in a block."""
    features = report.suggestions[:MOST_SUGGESTIONS]
    if not features:
        return []
    buttons = [_suggestion(report, feature) for feature in features]
    asking = "Or show" if report.understood is Understood.EXACT else "Did you mean"
    return [rich(line(ours(asking))), *(actions(each) for each in buttons)]


def _suggestion(report: FrictionReport, feature: Feature) -> Block:
    typed = [words.question(feature, report.window)]
    typed += [f"kind:{','.join(report.narrowed)}"] if report.narrowed else []
    typed += [f'segment:"{report.segment}"'] if report.segment else []
    typed += [f'source:"{report.source}"'] if report.source else []
    return button(parts.name_of(feature), ACTION_ASK, carried_question(report, " ".join(typed)))


def look_closer(report: FrictionReport) -> list[Block | None]:
    question = carried_question(report, report.phrase or report.asked)
    return [
        button("Show tickets", ACTION_TICKETS, question) if report.tickets else None,
        button("Narrow", ACTION_NARROW, question),
        button("Compare with…", ACTION_COMPARE, question),
    ]


def more_themes(report: FrictionReport) -> Block | None:
    """For right below the themes that are shown, where there may be more."""
    if len(report.themes) < MOST_THEMES:
        return None
    question = carried_question(report, report.phrase or report.asked)
    return actions(button("More themes", ACTION_THEMES, question))


def pass_on(report: FrictionReport) -> list[Block | None]:
    question = carried_question(report, report.phrase or report.asked)
    here = (
        button("Digest this here", ACTION_DIGEST_HERE, report.feature.id)
        if report.feature
        else None
    )
    return [here, button("Share here", ACTION_SHARE, question)]


def alias(report: FrictionReport) -> Block | None:
    """For a search: to make its words a name of a feature."""
    sought = " ".join((report.search or "").replace('"', " ").split())
    if report.feature or not sought:
        return None
    likely = next((feature.id for feature in report.suggestions), "")
    carried = data(alias=cut(clean(sought), TITLE), feature=likely)
    return button("Make this an alias of…", ACTION_ALIAS, carried)


def edit(feature: Feature) -> Block | None:
    edit = forms.option(f"edit:{feature.id}", f"Edit {parts.name_of(feature)}")
    fits = len(str(edit["value"])) <= forms.OPTION_VALUE
    return forms.overflow(ACTION_MORE, [edit]) if fits else None
