"""`earshot digest` and `earshot posts`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import load
from bot.reports import ChannelSettings, Message
from bot.service import channels, posting
from bot.service.context import Context, open_context
from commandline import MOMENT, NOW, Run, runner
from storage_rows import change, rows

CHANNEL = "C0CHECKOUT"
WORDS = Message("Root", ({"type": "section", "text": {"type": "plain_text", "text": "Root"}},))


@pytest.fixture
def earshot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def context(filled: str) -> Iterator[Context]:
    """The installation of the command line, with a channel that was set up and no messages."""
    opened = open_context(load())
    change(opened.store, "DELETE FROM outbox")
    channels.save(opened, ChannelSettings("T1", CHANNEL), "U1", MOMENT - timedelta(days=9))
    yield opened
    opened.store.close()


def in_doubt(context: Context, state: str = "held") -> int:
    """A digest with a reply that gave up waiting, of which nobody knows whether it was sent."""
    with context.store.write() as session:
        ids: list[int] = []
        for shows in (posting.DIGEST, posting.TICKET):
            ids.append(
                posting.plan_post(
                    session,
                    WORDS,
                    team="T1",
                    channel=CHANNEL,
                    key=f"test:{shows}",
                    shows=shows,
                    subject=1,
                    now=MOMENT,
                    thread_of=ids[0] if ids else None,
                )
            )
    change(context.store, "UPDATE outbox SET state = :state WHERE id = :id", state=state, id=ids[0])
    sql = "UPDATE outbox SET state = 'failed', error = 'too late' WHERE id = :id"
    change(context.store, sql, id=ids[1])
    return ids[0]


def outbox(context: Context) -> list[tuple[object, ...]]:
    return [
        tuple(row) for row in rows(context.store, "SELECT state, shows FROM outbox ORDER BY id")
    ]


# --- digest -------------------------------------------------------------------------------------


def test_a_digest_is_shown_with_its_reasons_and_nothing_is_planned(
    earshot: Run, context: Context
) -> None:
    ended = earshot("digest", "--channel", CHANNEL, "--at", NOW)
    assert ended.code == 0
    assert "Why these" in ended.out
    assert "Nothing was decided" in ended.out or " = " in ended.out
    found = earshot("digest", "--channel", CHANNEL, "--at", NOW, "--json").json
    assert found["decided"] is None
    assert found["items"]
    assert outbox(context) == []


def test_a_digest_is_sent_once(earshot: Run, context: Context) -> None:
    first = earshot("digest", "--channel", CHANNEL, "--at", NOW, "--send")
    assert (first.code, "once" in first.out) == (0, True)
    planned = outbox(context)
    assert planned[0] == ("planned", "digest")
    assert len(planned) > 1
    again = earshot("digest", "--channel", CHANNEL, "--at", NOW, "--send")
    assert "not sent twice" in again.out
    assert outbox(context) == planned
    found = earshot("digest", "--channel", CHANNEL, "--at", NOW, "--json").json
    assert found["decided"] == {"day": "2026-11-03", "state": "posted", "reason": ""}


@pytest.mark.parametrize("state", ["skipped", "silent"])
def test_a_digest_that_was_not_posted_can_be_sent_after_all(
    earshot: Run, context: Context, state: str
) -> None:
    change(
        context.store,
        "INSERT INTO digest (team, channel, local_date, state, reason, left_out, newest_ticket,"
        " decided_at) VALUES ('T1', :channel, '2026-11-03', :state, '', 0, 0, :at)",
        channel=CHANNEL,
        state=state,
        at="2026-11-03 10:00:00",
    )
    assert earshot("digest", "--channel", CHANNEL, "--at", NOW, "--send").code == 0
    assert outbox(context)[0] == ("planned", "digest")
    assert [row[0] for row in rows(context.store, "SELECT state FROM digest")] == ["posted"]


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (("--channel", "C0NEW", "--send"), 1, "/digest"),
        (("--channel", CHANNEL, "--at", "2190-01-01", "--send"), 1, "later"),
        (("--channel", CHANNEL, "--send", "--json"), 2, "leave out"),
        (("--channel", "#checkout", "--send"), 1, "C0123456789"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(
    earshot: Run, context: Context, options: tuple[str, ...], code: int, word: str
) -> None:
    ended = earshot("digest", *options)
    assert (ended.code, word in ended.err) == (code, True)
    assert outbox(context) == []


@pytest.mark.parametrize("name", ["#checkout", "checkout", "", "C0 CHECKOUT", "ℂ0"])
def test_a_channel_is_known_by_its_id(earshot: Run, context: Context, name: str) -> None:
    ended = earshot("digest", "--channel", name)
    assert (ended.code, ended.out) == (1, "")
    assert "no channel's id" in ended.err


def test_of_a_channel_that_nobody_set_up_it_is_said(earshot: Run, context: Context) -> None:
    said = "Nobody has set up a digest in"
    assert f"{said} C0NEW" in earshot("digest", "--channel", "C0NEW", "--at", NOW).out
    assert said not in earshot("digest", "--channel", CHANNEL, "--at", NOW).out
    assert earshot("digest", "--channel", "C0NEW", "--at", NOW, "--json").json["items"]


# --- posts --------------------------------------------------------------------------------------


def test_an_outbox_with_nothing_to_tell_says_so(earshot: Run, context: Context) -> None:
    ended = earshot("posts")
    assert (ended.code, "nothing is in doubt" in ended.out) == (0, True)
    assert earshot("posts", "--json").json == {"counts": {}, "posts": [], "more": 0}


def test_what_is_in_doubt_is_listed_first_with_what_to_do(earshot: Run, context: Context) -> None:
    id = in_doubt(context)
    ended = earshot("posts")
    assert f"{id} · digest to {CHANNEL}" in ended.out
    assert "earshot posts retry" in ended.out
    first, second = earshot("posts", "--json").json["posts"]
    assert (first["id"], first["state"], first["what"]) == (id, "held", "digest")
    assert first.keys() == {
        "id", "state", "channel", "what", "action", "since", "attempts", "error",
    }  # fmt: skip
    assert (second["state"], second["error"]) == ("failed", "too late")


def test_sent_messages_are_listed_when_asked_for(earshot: Run, context: Context) -> None:
    in_doubt(context, "sent")
    assert [each["state"] for each in earshot("posts", "--json").json["posts"]] == ["failed"]
    everything = earshot("posts", "--all", "--json").json["posts"]
    assert sorted(each["state"] for each in everything) == ["failed", "sent"]


@pytest.mark.parametrize("state", ["held", "unknown"])
def test_a_message_in_doubt_is_sent_again_with_its_replies(
    earshot: Run, context: Context, state: str
) -> None:
    id = in_doubt(context, state)
    assert earshot("posts", "retry", str(id)).code == 0
    assert outbox(context) == [("planned", "digest"), ("planned", "ticket")]
    found = rows(context.store, "SELECT expires_at FROM outbox")
    moments = [datetime.fromisoformat(str(until)).replace(tzinfo=UTC) for (until,) in found]
    assert min(moments) > datetime.now(UTC) + timedelta(hours=3)


@pytest.mark.parametrize(("options", "left"), [((), "failed"), (("--seen",), "posted")])
def test_a_dropped_digest_gives_its_tickets_back_unless_it_was_seen(
    earshot: Run, context: Context, options: tuple[str, ...], left: str
) -> None:
    earshot("digest", "--channel", CHANNEL, "--at", NOW, "--send")
    change(context.store, "UPDATE outbox SET state = 'held' WHERE shows = 'digest'")
    [(id,)] = rows(context.store, "SELECT id FROM outbox WHERE shows = 'digest'")
    assert earshot("posts", "drop", str(id), *options).code == 0
    assert outbox(context)[0] == ("failed", "digest")
    assert [row[0] for row in rows(context.store, "SELECT state FROM digest")] == [left]


@pytest.mark.parametrize("order", ["retry", "drop"])
@pytest.mark.parametrize("state", ["planned", "sending", "sent", "failed", None])
def test_only_what_is_in_doubt_is_decided_about(
    earshot: Run, context: Context, order: str, state: str | None
) -> None:
    id = in_doubt(context, state) if state else 99
    before = outbox(context)
    ended = earshot("posts", order, str(id))
    assert (ended.code, str(id) in ended.err) == (1, True)
    assert outbox(context) == before


@pytest.mark.parametrize("order", ["retry", "drop"])
@pytest.mark.parametrize("written", ["abc", "1.5", "1e3", "٣", "9" * 30, "9" * 5_000, " "])
def test_what_is_no_number_of_a_message_is_refused_with_a_sentence(
    earshot: Run, context: Context, order: str, written: str
) -> None:
    in_doubt(context)
    ended = earshot("posts", order, written)
    assert ended.code == 2
    assert "is no message's number" in ended.err
    assert "earshot posts" in ended.err
    assert outbox(context)[0] == ("held", "digest")
