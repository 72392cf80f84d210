"""`earshot accuracy`: what people corrected, counted, and what that does not tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.cli_accuracy import NO_SAMPLE, NOTHING
from bot.config import load
from bot.reports import Corrected, Verdict
from bot.service import corrections
from bot.service.context import Context, open_context
from bot.service.corrections import About
from commandline import MOMENT, Run, runner
from storage import features, posts, tickets
from storage.values import PostValue

KEYS = {"since", "corrections", "corrected", "looked_at", "features", "kinds", "note"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def opened(filled: str) -> Iterator[Context]:
    """The installation that the commands find."""
    context = open_context(load())
    yield context
    context.store.close()


def say(context: Context, ticket: int, what: Corrected, value: str, verdict: Verdict) -> None:
    corrections.say(context, About(ticket, what, value), verdict, team="T1", user="U1", now=MOMENT)


def correct(context: Context) -> None:
    """Ticket 1 is tagged already; 2 and 3 are reacted to, 3 not any more; 4 and 5 corrected."""
    with context.store.write() as session:
        for number in (2, 3):
            post = PostValue("T1", "C1", f"{number}.1", "ticket", number)
            posts.remember(session, post, MOMENT)
            for present in (True, False)[: number - 1]:
                posts.react(
                    session,
                    post,
                    user="U1",
                    emoji="bulb",
                    present=present,
                    event_ts="9" if present else "99",
                )
    say(context, 4, Corrected.FEATURE, "checkout", Verdict.NOT)
    say(context, 4, Corrected.KIND, "broken", Verdict.NOT)
    say(context, 5, Corrected.KIND, "broken", Verdict.NOT)
    say(context, 5, Corrected.KIND, "confusing", Verdict.IS)


def test_before_anybody_corrected_anything_nothing_is_known(run: Run, filled: str) -> None:
    assert run("accuracy").out == f"{NOTHING}\n"
    found = run("accuracy", "--json").json
    assert {*found} == KEYS
    assert (found["since"], found["corrections"], found["note"]) == (None, 0, NOTHING)


def test_corrections_are_counted_among_the_tickets_that_people_looked_at(
    run: Run, opened: Context
) -> None:
    with opened.store.read() as session:
        before = {ticket.id: ticket for ticket in tickets.after(session, 0, 20)}
    assert all("broken" in before[row].kinds for row in (1, 2, 4, 5)), "as the rules read them"
    assert all(before[row].features == ("checkout",) for row in (1, 2, 4, 5))
    correct(opened)
    found = run("accuracy", "--json").json
    assert {*found} == KEYS
    assert found["since"] == "2026-11-03T16:00:00Z"
    assert (found["corrections"], found["corrected"], found["looked_at"]) == (4, 2, 4)
    assert found["features"] == [{"feature": "checkout", "looked_at": 4, "not_about": 1}]
    assert found["kinds"][0] == {"kind": "broken", "looked_at": 4, "not": 2, "is": 0}
    assert found["kinds"][1] == {"kind": "confusing", "looked_at": 0, "not": 0, "is": 1}
    assert found["note"] == NO_SAMPLE


def test_the_terminal_says_what_the_figures_do_not_tell(run: Run, opened: Context) -> None:
    correct(opened)
    shown = run("accuracy").out
    assert "4 corrections of 2 tickets, since 3 Nov 2026; 4 tickets looked at." in shown
    assert ["Checkout", "4", "1"] in [line.split() for line in shown.splitlines()]
    assert ["broken", "4", "2", "0"] in [line.split() for line in shown.splitlines()]
    assert "no sample" in shown


def test_a_feature_that_is_gone_is_counted_by_its_id(run: Run, opened: Context) -> None:
    correct(opened)
    with opened.store.write() as session:
        features.remove(session, ["checkout"])
    [gone] = run("accuracy", "--json").json["features"]
    assert gone == {"feature": "checkout", "looked_at": 1, "not_about": 1}


def test_what_is_taken_back_is_not_counted(run: Run, opened: Context) -> None:
    say(opened, 4, Corrected.KIND, "broken", Verdict.NOT)
    corrections.take_back(
        opened, About(4, Corrected.KIND, "broken"), team="T1", user="U1", now=MOMENT
    )
    assert run("accuracy").out == f"{NOTHING}\n"
