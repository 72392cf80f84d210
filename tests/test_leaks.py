"""A leak that a person reports: masked everywhere at once, for good, and told without its words."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from bot.blocks import kit
from bot.demo.fake_slack import Message, View
from bot.demo.stage import Stage
from bot.doctor import examine
from bot.reports import FrictionReport, LeakRequest
from bot.service import friction, leaks, reread, sharing
from bot.voice.stems import stem
from bot.voice.tokens import REPORTED
from commandline import piped
from conftest import NOW
from forget_stage import alarm
from people import (
    ADA,
    BEN,
    CHECKOUT,
    FEATURES,
    GUS,
    SUPPORT,
    TEAM,
    asked,
    buttons,
    card_post,
    finish_listeners,
    modal,
    rows,
    said,
    ticket_post,
)
from storage import alarms, recount
from storage import reread as reread_rows
from storage.alarms import AlarmValue
from storage.models import Alarm
from storage_rows import everything_in

LEAKED = "Wilhelmina Castellanos"
SENTENCE = f"The checkout is broken and {LEAKED} is charged twice on the payment page."
ROW = "SELECT subject, body, tags, url FROM ticket WHERE id = {}"


def ticket(number: int, body: str, **more: object) -> dict[str, object]:
    return {
        "id": str(900 + number),
        "created_at": "2026-11-02T10:00:00Z",
        "subject": "Checkout",
        "description": body,
        "tags": ["checkout"],
        "url": f"https://help.example/t/{900 + number}",
        "requester": {"name": "Kim Lee", "email": f"kim{number}@customer.example"},
        **more,
    }


def take_in(stage: Stage, folder: Path, *tickets: dict[str, object]) -> None:
    path = folder / "leaky.jsonl"
    path.write_text("\n".join(map(json.dumps, tickets)), encoding="utf-8")
    stage.take_in([path], FEATURES)


@pytest.fixture
def leaky(http_stage: Stage, tmp_path: Path) -> Stage:
    """Six tickets about the checkout; two of them name a third person."""
    others = [ticket(n, f"The checkout crashed {n} times while I paid.") for n in range(2, 6)]
    again = ticket(6, f"Paying fails at checkout, ask {LEAKED.upper()}: the button does nothing.")
    first = ticket(1, SENTENCE, url="https://help.example/wilhelmina-castellanos/901")
    take_in(http_stage, tmp_path, first, *others, again)
    return http_stage


def form(stage: Stage, shown: Message | View, user: str = ADA, row: int = 1) -> View:
    """The modal that asks what leaked of a ticket."""
    assert stage.slack.select(user, shown, kit.ACTION_LEAK, str(row)).ok
    assert stage.slack.wait_for(lambda: "What should nobody see?" in said_of(stage, user))
    return modal(stage, user)


def said_of(stage: Stage, user: str) -> str:
    view = stage.slack.view(user)
    return json.dumps(view.definition) if view else ""


def mask(stage: Stage, words: str, user: str = ADA, row: int = 1) -> str:
    """What the person is told after they reported words of a ticket."""
    form(stage, ticket_post(stage, row), user, row)
    assert stage.slack.submit_view(user, {kit.BLOCK_LEAKED: words}).ok
    return said(modal(stage, user))


def wrong(stage: Stage) -> list[str]:
    with stage.context.store.read() as session:
        return list(recount.differences(session))


def kept(stage: Stage) -> str:
    """All that the database holds, in small letters: its files, its log, or its tables."""
    leaks.tidy(stage.context)
    return everything_in(stage.context.store).decode("utf-8", "replace").lower()


def shown_in(stage: Stage, channel: str) -> str:
    posts = stage.slack.posts(channel)
    return json.dumps([[post.text, post.blocks] for post in posts]).lower()


def answer(stage: Stage) -> FrictionReport:
    found = friction.ask(stage.context, "checkout", NOW)
    assert isinstance(found, FrictionReport)
    return found


def test_words_are_masked_in_the_ticket_its_quotes_index_and_address_and_counts_stay_right(
    leaky: Stage,
) -> None:
    before = answer(leaky)
    assert "Masked in 2 places of ticket 901" in mask(leaky, LEAKED)
    [(subject, body, _, url)] = rows(leaky, ROW.format(1))
    assert (subject, url) == ("Checkout", None)
    assert body == SENTENCE.replace(LEAKED, "[private 1]")
    quoted = rows(leaky, "SELECT text FROM ticket_quote WHERE ticket_id = 1")
    assert quoted
    assert LEAKED not in str(quoted)
    after = answer(leaky)
    assert (after.tickets, after.customers) == (before.tickets, before.customers)
    assert wrong(leaky) == []
    sought = friction.ask(leaky.context, f'search: "{LEAKED}"', NOW)
    assert isinstance(sought, FrictionReport)
    assert [quote.ticket_id for quote in sought.quotes] == ["906"]


def test_posts_insights_and_what_waits_to_be_sent_lose_the_words_too(leaky: Stage) -> None:
    card_post(leaky, 1, f"{LEAKED} charged twice")
    shared = asked(leaky, BEN, SUPPORT, "checkout")
    [share] = buttons(shared, kit.ACTION_SHARE)
    assert leaky.slack.click(BEN, shared, kit.ACTION_SHARE, value=share).ok
    leaky.slack.wait_for(lambda: rows(leaky, "SELECT 1 FROM outbox WHERE shows = 'answer'"))
    assert "wilhelmina" in shown_in(leaky, CHECKOUT)
    finding = mask(leaky, LEAKED)
    assert "It is taken out of 3 posts and 1 insight as well." in finding
    leaky.work()
    for channel in (SUPPORT, CHECKOUT):
        assert "[private 1]" in shown_in(leaky, channel)
        assert "wilhelmina" not in shown_in(leaky, channel).replace("ask wilhelmina", "")
    assert rows(leaky, "SELECT title FROM insight") == [("[private 1] charged twice",)]


def test_the_words_are_in_no_modal_answer_log_or_row(
    leaky: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told_back = mask(leaky, LEAKED)
    assert "Mask it in 1 other ticket" in told_back
    view = modal(leaky, ADA)
    assert leaky.slack.click(ADA, view, kit.ACTION_LEAK_OTHERS, value="1").ok
    leaky.slack.wait_for(lambda: "Masked in 1 place" in said_of(leaky, ADA))
    finish_listeners(leaky)
    leaky.work()
    assert "castellanos" not in kept(leaky)
    assert "castellanos" not in said_of(leaky, ADA).lower()
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("bot", "earshot"))
    ]
    assert "castellanos" not in " ".join(ours).lower()
    assert wrong(leaky) == []
    audited = rows(leaky, 'SELECT "by", deed, about FROM audit_entry ORDER BY id')
    assert audited == [(ADA, "leak reported", "ticket 1"), (ADA, "leak reported", "ticket 6")]


def test_a_ticket_that_comes_in_again_with_other_words_stays_masked(
    leaky: Stage, tmp_path: Path
) -> None:
    mask(leaky, LEAKED)
    more = f"{SENTENCE} Still so today, says wilhelmina  CASTELLANOS."
    take_in(leaky, tmp_path, ticket(1, more))
    [(_, body, _, url)] = rows(leaky, ROW.format(1))
    assert body == more.replace(LEAKED, "[private 1]").replace(
        "wilhelmina  CASTELLANOS", "[private 1]"
    )
    assert url == "https://help.example/t/901"
    assert "castellanos" not in str(rows(leaky, "SELECT text FROM ticket_quote WHERE ticket_id=1"))
    take_in(leaky, tmp_path, ticket(1, SENTENCE))
    assert rows(leaky, "SELECT count(*) FROM ticket") == [(6,)]
    assert "castellanos" not in str(rows(leaky, ROW.format(1))).lower()
    reread.everything(leaky.context)
    assert wrong(leaky) == []


def test_a_whole_text_that_is_withheld_stays_so(leaky: Stage, tmp_path: Path) -> None:
    post = ticket_post(leaky)
    form(leaky, post)
    assert leaky.slack.submit_view(ADA, {kit.BLOCK_WHOLE: ["whole"]}).ok
    assert "The text of ticket 901 is withheld" in said(modal(leaky, ADA))
    leaky.work()
    assert REPORTED.lower() in shown_in(leaky, SUPPORT)
    assert "charged twice" not in shown_in(leaky, SUPPORT)
    assert rows(leaky, ROW.format(1))[0][:2] == ("", REPORTED)
    assert wrong(leaky) == []
    take_in(leaky, tmp_path, ticket(1, f"{SENTENCE} Again."))
    assert rows(leaky, ROW.format(1))[0][:2] == ("", REPORTED)
    assert rows(leaky, "SELECT kinds FROM ticket WHERE id = 1") == [(0,)]
    assert wrong(leaky) == []


def test_ordinary_words_go_from_this_ticket_only_and_are_offered_nowhere(leaky: Stage) -> None:
    others = ticket_post(leaky, 2)
    told_back = mask(leaky, "the checkout")
    assert "Mask it in" not in told_back
    leaky.work()
    assert "The checkout crashed 2 times" in said(leaky.slack.posts(SUPPORT)[0])
    assert others.ts == leaky.slack.posts(SUPPORT)[0].ts
    assert rows(leaky, ROW.format(1))[0][1].startswith("[private 1] is broken")


@pytest.mark.parametrize(
    ("typed", "said_so"),
    [("", "Type the words"), (" ?! ", "Type the words"), ("Ottoline", "Not all of these words")],
)
def test_words_that_do_not_stand_there_mask_nothing(leaky: Stage, typed: str, said_so: str) -> None:
    form(leaky, ticket_post(leaky))
    leaky.slack.submit_view(ADA, {kit.BLOCK_LEAKED: typed})
    assert said_so in str(modal(leaky, ADA).errors)
    assert LEAKED in rows(leaky, ROW.format(1))[0][1]
    assert rows(leaky, "SELECT * FROM leak") == []


def test_a_guest_reports_nothing_and_learns_nothing(leaky: Stage) -> None:
    post = ticket_post(leaky)
    leaky.slack.select(GUS, post, kit.ACTION_LEAK, "1")
    finish_listeners(leaky)
    assert "What should nobody see?" not in said_of(leaky, GUS)
    assert rows(leaky, "SELECT * FROM leak") == []


def test_a_post_on_its_way_while_the_leak_is_reported_is_edited_once_it_is_there(
    leaky: Stage,
) -> None:
    ticket_post(leaky)
    with leaky.context.store.write() as session:
        session.execute(text("UPDATE outbox SET state = 'unknown', ts = NULL"))
        session.execute(text("DELETE FROM post"))
    leaks.report(leaky.context, LeakRequest(1, LEAKED), leaky.now, by=ADA)
    assert "wilhelmina" in shown_in(leaky, SUPPORT)
    leaky.work()
    assert "wilhelmina" not in shown_in(leaky, SUPPORT)
    assert "[private 1]" in shown_in(leaky, SUPPORT)


def test_without_the_key_the_text_is_withheld_when_it_comes_in_again(
    leaky: Stage, tmp_path: Path
) -> None:
    key = leaky.context.settings.key_file
    secret = key.read_text(encoding="ascii")
    key.unlink()
    found = leaks.report(leaky.context, LeakRequest(1, LEAKED), leaky.now, by=ADA)
    assert (found.places, found.offered) == (2, 0)
    assert "[private 1]" in rows(leaky, ROW.format(1))[0][1]
    key.write_text(secret, encoding="ascii")
    take_in(leaky, tmp_path, ticket(1, f"{SENTENCE} Again."))
    assert rows(leaky, ROW.format(1))[0][1] == REPORTED


def test_the_operator_and_home_are_told_without_the_words(leaky: Stage) -> None:
    assert not [each for each in examine(leaky.context, None, None) if each.id == "leaks"]
    mask(leaky, LEAKED)
    [finding] = [each for each in examine(leaky.context, None, None) if each.id == "leaks"]
    assert finding.message.startswith("A leak was reported in 1 ticket, the last on ")
    assert "earshot patterns add" in finding.remedy
    leaky.slack.open_home(ADA)
    leaky.slack.wait_for(lambda: leaky.slack.home(ADA))
    assert "A leak was reported in 1 ticket in the last 30 days, and masked." in said(
        leaky.slack.home(ADA)
    )


def test_an_alarm_that_tells_of_the_ticket_loses_the_words_too(leaky: Stage) -> None:
    with leaky.context.store.write() as session:
        alarm = AlarmValue(
            id=None,
            opened=NOW,
            began=NOW,
            seen=NOW,
            closed=None,
            features=("checkout",),
            terms=("castellanos", "charged"),
            theme=f"{LEAKED} is charged twice",
            observed=9,
            expected=2.0,
            hours=24,
            chance=0.0,
            rows=(1, 2),
            is_theme=True,
        )
        alarms.put(session, alarm)
    leaks.report(leaky.context, LeakRequest(1, LEAKED), leaky.now, by=ADA)
    [(theme, terms)] = rows(leaky, "SELECT theme, terms FROM alarm")
    assert theme == "[private 1] is charged twice"
    assert "castellanos" not in str(terms).lower()


@pytest.mark.parametrize(
    ("reported", "left"),
    [
        ("zinnoberfarben activity", ["checkout", "checkout error"]),
        ("", ["checkout", "checkout error"]),
    ],
)
def test_an_alarm_keeps_no_stem_and_no_pair_of_what_leaked(
    http_stage: Stage, tmp_path: Path, reported: str, left: list[str]
) -> None:
    one = ticket(1, "The checkout shows a zinnoberfarben activity error.")
    take_in(http_stage, tmp_path, one, ticket(2, "The checkout shows an error."))
    about = [stem("checkout"), f"{stem('checkout')} {stem('error')}"]
    telling = ["zinnoberfarben", stem("activity"), f"zinnoberfarben {stem('error')}"]
    with http_stage.context.store.write() as session:
        session.add(alarm(http_stage, [1, 2]))
        session.flush()
        session.execute(update(Alarm).values(terms=[*telling, *about]))
    request = LeakRequest(1, reported, is_whole=not reported)
    leaks.report(http_stage.context, request, http_stage.now, by=ADA)
    with http_stage.context.store.read() as session:
        assert session.execute(select(Alarm)).scalars().one().terms == left


def test_a_reading_that_was_under_way_does_not_bring_the_words_back(leaky: Stage) -> None:
    with leaky.context.store.read() as session:
        before = reread_rows.of(session, [1])
    leaks.report(leaky.context, LeakRequest(1, LEAKED), leaky.now, by=ADA)
    with leaky.context.store.write() as session:
        reread_rows.write(session, [(each, each.meant) for each in before])
    assert "castellanos" not in str(rows(leaky, "SELECT * FROM ticket_quote WHERE ticket_id = 1"))
    assert wrong(leaky) == []


def test_the_terminal_takes_the_words_from_a_pipe_and_shows_none(
    leaky: Stage, tmp_path: Path
) -> None:
    url, words = leaky.context.settings.database_url, f"{LEAKED}\n".encode()
    ran = piped(tmp_path, url, "leak", "901", "--others", given=words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Masked in 2 places of ticket 901. No post has it."
    assert "castellanos" not in ran.out.lower()
    assert "[private 1]" in rows(leaky, ROW.format(1))[0][1]
    ran = piped(tmp_path, url, "leak", "901", "--whole", "--json")
    assert ran.json["masked"][0]["is_whole"]
    assert rows(leaky, ROW.format(1))[0][1] == REPORTED
    missing = piped(tmp_path, url, "leak", "777", given=b"x")
    assert (missing.code, missing.err) == (1, "There is no ticket '777'.\n")


@pytest.mark.parametrize("name", ["Ⓐⓓⓐⓛⓘⓝⓔ", "℡"])
def test_a_name_in_letters_of_another_style_is_masked_in_posts(
    http_stage: Stage, tmp_path: Path, name: str
) -> None:
    take_in(http_stage, tmp_path, ticket(1, f"The checkout is broken for {name} and I pay twice."))
    ticket_post(http_stage, 1)
    leaks.report(http_stage.context, LeakRequest(1, name), http_stage.now, by=ADA)
    http_stage.work()
    assert "broken for [private 1] and" in shown_in(http_stage, SUPPORT)


@pytest.mark.parametrize(
    "more",
    [
        {"url": "https://help.example/wilhelmina-castellanos/901"},
        {"url": "https://help.example/Wilhelmina%20Castellanos/901"},
        {"plan": LEAKED},
    ],
)
def test_what_leaked_in_a_tickets_address_or_segment_alone_goes_from_its_posts(
    http_stage: Stage, tmp_path: Path, more: dict[str, object]
) -> None:
    body = "The checkout page is broken and I cannot pay at all."
    take_in(http_stage, tmp_path, ticket(1, body, **more), ticket(2, body))
    ticket_post(http_stage, 1)
    place = {"team": TEAM, "channel": SUPPORT, "user": ADA}
    sharing.share(http_stage.context, "checkout", at=NOW, key="one", now=NOW, **place)
    http_stage.work()
    assert "castellanos" in shown_in(http_stage, SUPPORT)
    mask(http_stage, LEAKED)
    http_stage.work()
    assert "castellanos" not in shown_in(http_stage, SUPPORT)
    assert "castellanos" not in kept(http_stage)


def test_the_title_of_an_insight_on_another_ticket_loses_the_words_too(leaky: Stage) -> None:
    card_post(leaky, 2, f"The checkout is broken and {LEAKED} is charged twice")
    card_post(leaky, 3, "A customer is charged twice")
    assert "1 insight" in mask(leaky, LEAKED)
    leaky.work()
    titles = [title for (title,) in rows(leaky, "SELECT title FROM insight ORDER BY id")]
    assert titles == [
        "The checkout is broken and [private 1] is charged twice",
        "A customer is charged twice",
    ]
    assert "castellanos" not in shown_in(leaky, CHECKOUT)


def test_a_short_word_that_is_a_whole_subject_is_masked_in_the_tickets_own_posts(
    http_stage: Stage, tmp_path: Path
) -> None:
    body = "The checkout page is broken and I cannot pay at all."
    take_in(http_stage, tmp_path, ticket(1, body, subject="Acme"), ticket(2, body))
    ticket_post(http_stage, 1)
    card_post(http_stage, 1, "Acme")
    assert "acme" in shown_in(http_stage, SUPPORT)
    assert "acme" in shown_in(http_stage, CHECKOUT)
    mask(http_stage, "Acme")
    http_stage.work()
    assert "acme" not in shown_in(http_stage, SUPPORT)
    assert "acme" not in shown_in(http_stage, CHECKOUT)
    assert "acme" not in kept(http_stage)


def test_a_feature_made_of_a_tag_goes_when_words_of_the_tag_leaked(
    http_stage: Stage, tmp_path: Path
) -> None:
    tagged = [ticket(n, f"It crashed {n} times while I paid.", tags=["paying"]) for n in (2, 3, 4)]
    tagged += [ticket(5, "The basket is empty.", tags=["basket"])]
    tagged += [ticket(1, "It is slow.", tags=["basket", "castellanos-rollout"], subject="Slow")]
    path = tmp_path / "tagged.jsonl"
    path.write_text("\n".join(map(json.dumps, tagged)), encoding="utf-8")
    http_stage.take_in([path])
    assert "castellanos" in str(rows(http_stage, "SELECT id FROM feature"))
    [(row,)] = rows(http_stage, "SELECT id FROM ticket WHERE external_id = '901'")
    leaks.report(http_stage.context, LeakRequest(row, "Castellanos"), http_stage.now, by=ADA)
    assert "castellanos" not in kept(http_stage)
    assert wrong(http_stage) == []
    path.write_text(path.read_text(encoding="utf-8").replace("It is slow", "So slow"), "utf-8")
    assert http_stage.take_in([path]).changed == 1
    assert "castellanos" not in kept(http_stage), "the same file does not bring it back"
