"""Whom a ticket's fields name besides its requester is masked in all its texts."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports import Beside, Requester, TicketDraft
from bot.sources.files import read
from bot.voice.reading import make_safe
from bot.voice.redact import Redactor, Rules

AGENT = Requester(name="Ottoline Márquez", email="ottoline.m@desk.example")
NOW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


def redacted(text: str, *organisations: str, agents: tuple[Requester, ...] = ()) -> str:
    rules = Rules(own_domains=frozenset({"desk.example"}))
    return Redactor(rules=rules, beside=Beside(agents, organisations)).redact(text)


@pytest.mark.case(13)
@pytest.mark.parametrize("said", ["Ottoline", "OTTOLINE MARQUEZ", "marquez's", "omarquez"])
def test_an_agents_name_is_masked_as_the_requesters_is(said: str) -> None:
    gone = redacted(f"As {said} wrote, it works again.", agents=(AGENT,))
    assert "[name 1]" in gone
    assert said.rstrip("'s") not in gone


def test_an_agents_address_is_masked_though_other_addresses_of_ours_stay() -> None:
    text = "I wrote to Ottoline.M@desk.example and to support@desk.example."
    gone = redacted(text, agents=(AGENT,))
    assert gone == "I wrote to [email 1] and to support@desk.example."


@pytest.mark.parametrize(
    ("organisation", "said"),
    [
        ("Castellanos Garden Services Ltd.", "Castellanos Garden Services"),
        ("Castellanos Garden Services Ltd.", "CASTELLANOS"),
        ("Castellanos Garden Services Ltd.", "castellanos-garden-services"),
        ("Müller & Söhne KG", "Muller & Sohne KG"),
        ("Müller & Söhne KG", "MÜLLER SÖHNE"),
        ("Zyntrova GmbH", "zyntrova"),
        ("山田製作所", "山田製作所"),
        ("Target Corp.", "Target Corp"),
    ],
)
def test_an_organisations_name_is_masked(organisation: str, said: str) -> None:
    gone = redacted(f"All of us at {said} see an error.", organisation)
    assert gone.replace(" GmbH", "") == "All of us at [name 1] see an error."


@pytest.mark.parametrize(
    ("organisation", "text"),
    [
        ("Target Corp.", "The target of the link is wrong, and the Export fails."),
        ("Castellanos Garden Services Ltd.", "My garden services page is empty. Limited access."),
        ("The Export Company", "Why does the export fail?"),
        ("acct_fade_0042", "The colours fade after login."),
        ("4", "4 orders are missing"),
        ("IT", "it does not work, and IT says so"),
        ("", "nothing to mask"),
        (".*(", "a.*(b"),
    ],
)
def test_everyday_words_of_its_name_stay(organisation: str, text: str) -> None:
    assert redacted(text, organisation) == text


@pytest.mark.case(14)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_name_breaks_the_redaction(name: str, text: str) -> None:
    redacted(f"before {text} after", name, agents=(Requester(name=name, email=name),))


@pytest.mark.case(14)
@pytest.mark.parametrize("name", ["", "x", "y" * 5_000, ".*(", "[a-z]+", "(?:"])
def test_a_strange_name_masks_no_whole_text(name: str) -> None:
    text = "The export stops at the third page, every day."
    assert redacted(text, name, agents=(Requester(name=name),)) == text


def test_every_text_of_a_ticket_loses_all_of_them() -> None:
    quoted = "> On 3 May Ottoline Márquez <ottoline.m@desk.example> wrote:\n> Dear Zyntrova, wait."
    safe = make_safe(
        "Zyntrova: report by Josefina Núñez",
        f"See josefina-nunez-zyntrova.pdf and zyntrova_marquez.png.\n\n{quoted}",
        tags=["vip-nunez", "zyntrova", "checkout"],
        requester=Requester(name="Josefina Núñez", email="jn@customer.example"),
        beside=Beside((AGENT,), ("Zyntrova GmbH",)),
    )
    everything = " ".join((safe.subject, safe.body, *safe.tags)).casefold()
    for gone in ("zyntrova", "josefina", "nunez", "núñez", "ottoline", "márquez", "marquez"):
        assert gone not in everything
    assert "checkout" in safe.tags


def drafts(record: dict[str, object]) -> list[TicketDraft]:
    raw = io.BytesIO(json.dumps([record]).encode())
    with read(raw, name="upload", now=NOW) as reader:
        return [row for row in reader if isinstance(row, TicketDraft)]


@pytest.mark.parametrize(
    ("fields", "agents", "organisations"),
    [
        ({"assignee": "Ottoline Márquez"}, ["Ottoline Márquez"], []),
        ({"agent": {"name": "Ottoline", "email": "o@desk.example"}}, ["Ottoline"], []),
        ({"assignee": "o.m@desk.example"}, ["o.m@desk.example"], []),
        ({"company": "Zyntrova GmbH"}, [], ["Zyntrova GmbH"]),
        ({"organization": {"id": 7, "name": "Zyntrova"}}, [], ["Zyntrova"]),
    ],
)
def test_fields_of_many_tools_say_who_they_are(
    fields: dict[str, object], agents: list[str], organisations: list[str]
) -> None:
    record = {"id": "1", "created_at": "2026-11-01", "subject": "S", "description": "Text here."}
    [draft] = drafts(record | fields)
    assert [agent.name or agent.email for agent in draft.beside.agents] == agents
    assert [each for each in draft.beside.organisations if each != "7"] == organisations


@pytest.mark.parametrize(
    "text",
    [
        "I sell jam, a jar of jam a day, and the mug is gone.",
        "We put the kilim on top, and pet names below.",
    ],
)
def test_what_a_shop_is_called_after_stays_where_it_is_no_name(text: str) -> None:
    assert redacted(text, "Jam & Jar", "Mug Kilim Pet Imports") == text
    assert "Kilim" not in redacted("We at Kilim cannot log in.", "Mug Kilim Pet Imports")
