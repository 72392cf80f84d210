"""Fixed hostile tickets, each on its way from a file to all that Slack is sent of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import kit
from bot.demo.stage import Stage
from bot.voice.text import clean
from conftest import NOW
from own_tickets import TELLING
from people import ADA, CHECKOUT, FEATURES, asked, modal, rows, said, ticket_post
from storage_rows import everything_in

pytestmark = pytest.mark.only("sqlite")
LIVE = {"mrkdwn", "markdown", "broadcast", "usergroup", "user", "channel", "link", "emoji", "date"}
OWN_LINK = "https://help.marigold.example/tickets/1"


def walk(stage: Stage, folder: Path, body: str, **more: Any) -> str:
    """Let a ticket be stored, posted, opened, asked for and shared; what its screens say."""
    row = {
        "id": "1",
        "created_at": (NOW - timedelta(hours=5)).isoformat(),
        "subject": "The checkout fails",
        "description": f"{TELLING[1]}\n{body}\nThat was the checkout.",
        "tags": ["checkout"],
        "url": OWN_LINK,
    }
    path = folder / "hostile.jsonl"
    path.write_text(json.dumps(row | more), encoding="utf-8")
    assert stage.take_in([path], FEATURES).new == 1
    post = ticket_post(stage, channel=CHECKOUT)
    assert stage.slack.click(ADA, post, kit.ACTION_SHOW).ok
    opened = modal(stage, ADA)
    stage.slack.space.views.clear(ADA)
    answer = asked(stage, ADA, CHECKOUT, "checkout")
    assert stage.slack.click(ADA, answer, kit.ACTION_TAG).ok
    tagging = modal(stage, ADA)
    assert [call.method for call in stage.slack.calls if not call.answer.get("ok")] == []
    return " ".join(said(each) for each in (post, opened, answer, tagging))


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """All objects of all that Slack was sent."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        value = json.loads(value)
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from objects(each)


def assert_inert(stage: Stage) -> None:
    """No live element, no markup where Slack reads any, nothing unfurled or looked for in words."""
    for call in stage.slack.calls:
        assert not {"<", ">"} & set(str(call.arguments.get("text", "")))
        for name in ("link_names", "parse"):
            assert name not in call.arguments
        if call.method in ("chat.postMessage", "chat.update", "response_url"):
            assert call.arguments.get("unfurl_links") in (False, "0", 0)
            assert call.arguments.get("unfurl_media") in (False, "0", 0)
        for each in objects(dict(call.arguments)):
            if each.get("type") == "link":
                assert each["url"] == OWN_LINK
            else:
                assert each.get("type") not in LIVE
            assert each.get("url") in (None, OWN_LINK)
            if each.get("type") == "plain_text":
                assert each.get("emoji") is False


INERT = {
    "mentions": ("<!channel> <@U1> <!subteam^S1> <!here> <#C1>", 1),
    "a link that lies": ("<https://evil.example|https://bank.example>", 2),
    "a link of Markdown": ("[x](https://evil.example)", 2),
    "a date with a link": ("<!date^1^{date}^https://evil.example|x>", 3),
    "out of a code block": ("```<!here>", 4),
    "a line like the bot's": ("*Admin:* all is well _now_ ~or not~ `x` :fire:", 4),
}


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(harm, marks=pytest.mark.case(number), id=name)
        for name, (harm, number) in INERT.items()
    ],
)
def test_markup_is_shown_as_it_was_written_and_does_nothing(
    http_stage: Stage, tmp_path: Path, harm: str
) -> None:
    shown = walk(http_stage, tmp_path, harm, subject=f"Help {harm}")
    assert shown.count(harm) >= 3, "in the post and in the modal, in subject and text"
    assert_inert(http_stage)


@pytest.mark.case(4)
def test_a_code_block_that_is_closed_stays_within_its_quote(
    http_stage: Stage, tmp_path: Path
) -> None:
    harm = "``` <!here>\n*Admin:* reset your password"
    walk(http_stage, tmp_path, harm)
    [block] = [b for b in http_stage.slack.posts(CHECKOUT)[0].blocks if b["type"] == "rich_text"]
    *ours, last = block["elements"]
    assert last["type"] == "rich_text_quote"
    [only] = last["elements"]
    assert only["type"] == "text"
    assert harm in only["text"]
    assert "Admin" not in json.dumps(ours), "their words stand under our label, never first"
    assert_inert(http_stage)


@pytest.mark.case(5)
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("&lt;!channel&gt;", "<!channel>"),
        ("&amp;lt;!channel&amp;gt;", "&amp;lt;!channel&amp;gt;"),
        ("&#60;!channel&#62;", "<!channel>"),
        ("&lt;@U1&gt; &amp;lt;b&amp;gt;", "<@U1> &amp;lt;b&amp;gt;"),
    ],
)
def test_entities_are_unescaped_once_at_most_and_never_become_markup(
    http_stage: Stage, tmp_path: Path, written: str, shown: str
) -> None:
    assert shown in walk(http_stage, tmp_path, written, subject=written)
    assert_inert(http_stage)


UNSEEN = "\u202e\u202d\u2066\u2067\u2069\u200b\u200d\u2060\ufeff\u00ad\U000e0041\U000e007f"


@pytest.mark.case(6)
def test_what_turns_hides_or_piles_up_is_gone_and_lengths_hold(
    http_stage: Stage, tmp_path: Path
) -> None:
    harm = f"pay{UNSEEN}ment a" + "\u0301" * 200 + "z " + "\u0336" * 500 + "x" * 5_000
    shown = walk(http_stage, tmp_path, harm, subject=harm)
    assert "payment" in shown
    assert not set(UNSEEN) & set(shown)
    assert "\u0301" * 4 not in shown
    assert "\u0336" * 4 not in shown
    post = http_stage.slack.posts(CHECKOUT)[0]
    for each in objects({"blocks": post.blocks}):
        assert len(str(each.get("text", ""))) <= 1_500 + 2 or isinstance(each["text"], Mapping)
    assert len(json.dumps(post.blocks, ensure_ascii=False)) <= 12_000


@pytest.mark.case(7)
@pytest.mark.parametrize(
    ("written", "shown", "hidden"),
    [
        ("https://bаnk.example/pay", "https://xn--bnk-6cd.example/pay", "bаnk"),
        ("go to www.bаnk.example", "www.xn--bnk-6cd.example", "bаnk"),
        ("https://a.example/r?token=q1w2e3r4t5", "https://a.example/[link 1]", "q1w2e3"),
        ("https://a.example/reset/8f14e45fceea167a5a36dedd4bea2543", "a.example/[link", "8f14e"),
    ],
)
def test_a_host_is_shown_as_computers_read_it_and_nothing_behind_it_that_is_secret(
    http_stage: Stage, tmp_path: Path, written: str, shown: str, hidden: str
) -> None:
    screens = walk(http_stage, tmp_path, f"See {written} please", url=OWN_LINK)
    assert shown in screens
    assert hidden not in json.dumps(
        [call.arguments for call in http_stage.slack.calls], ensure_ascii=False, default=str
    )


@pytest.mark.case(7)
def test_a_tickets_own_link_to_a_foreign_host_says_so(http_stage: Stage, tmp_path: Path) -> None:
    walk_to = "https://bаnk.example/tickets/1"
    path = tmp_path / "one.jsonl"
    row = {"id": "1", "created_at": NOW.isoformat(), "description": TELLING[0], "url": walk_to}
    path.write_text(json.dumps(row), encoding="utf-8")
    http_stage.take_in([path])
    post = ticket_post(http_stage)
    urls = [e["url"] for e in objects({"blocks": post.blocks}) if "url" in e]
    assert urls == ["https://xn--bnk-6cd.example/tickets/1"]


CARD = "4111 1111 1111 1111"
DISGUISED = {
    "joiners": "\u200d".join(CARD),
    "full-width digits": CARD.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}),
    "no-break spaces": CARD.replace(" ", "\u00a0"),
    "soft hyphen": "mo.far\u00adouk@exam\u00adple.org",
    "%40": "mo.farouk%40example.org",
    "&#64;": "mo.farouk&#64;example.org",
    "=40": "mo.farouk=40example.org",
}


@pytest.mark.case(8)
@pytest.mark.parametrize("written", DISGUISED.values(), ids=DISGUISED)
def test_a_value_in_disguise_is_neither_stored_nor_shown(
    http_stage: Stage, tmp_path: Path, written: str
) -> None:
    shown = walk(http_stage, tmp_path, f"It is {written}, thanks.", subject=f"About {written}")
    assert "farouk" not in clean(shown)
    assert "1111" not in shown.translate({ord(d) + 0xFEE0: d for d in "0123456789"})
    kept = str(rows(http_stage, "SELECT subject, body FROM ticket"))
    assert "farouk" not in kept
    assert "[email 1]" in kept or "[card 1]" in kept


VALUES = {
    "an address": "mo.farouk77@example.org",
    "a card": "4111111111111111",
    "a token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
}


def pieces(value: str) -> list[str]:
    """Stretches of it that would give it away."""
    return [value[at : at + 8] for at in range(len(value) - 7)]


@pytest.mark.case(9)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("cut", [300, 1_500, 2_500, 20_000], ids=lambda at: f"cut at {at}")
def test_nothing_shows_of_a_value_that_a_cut_goes_through(
    http_stage: Stage, tmp_path: Path, value: str, cut: int
) -> None:
    filler = ("word " * 6_000)[: cut - len(TELLING[1]) - 2]
    for back in (1, len(value) // 2, len(value) - 1):
        body = f"{filler[: len(filler) - back]} {value} and more"
        row = {"created_at": (NOW - timedelta(hours=5)).isoformat(), "subject": "The checkout"}
        path = tmp_path / "cut.jsonl"
        path.write_text(
            json.dumps(row | {"id": f"c{back}", "description": f"{TELLING[1]}\n{body}"}),
            encoding="utf-8",
        )
        assert http_stage.take_in([path], FEATURES).new == 1
        [(number,)] = rows(http_stage, f"SELECT id FROM ticket WHERE external_id = 'c{back}'")
        post = ticket_post(http_stage, number, CHECKOUT)
        assert http_stage.slack.click(ADA, post, kit.ACTION_SHOW).ok
        opened = modal(http_stage, ADA)
        http_stage.slack.space.views.clear(ADA)
        shown = "".join(said(each) for each in (post, opened)).replace(" ", "")
        assert [piece for piece in pieces(value) if piece in shown] == []
    on_disk = everything_in(http_stage.context.store)
    assert [piece for piece in pieces(value) if piece.encode() in on_disk] == []


@pytest.mark.case(9)
@pytest.mark.parametrize(
    "wrapped",
    [
        "mo.farouk77@\nexample.org",
        "mo.farouk77@e\nxample.org",
        "4111 1111\n1111 1111",
        "4111-1111-\n1111-1111",
        "ghp_16C7e42F292c6912E77\n10c838347Ae178B4a",
        "mo.farouk77=40exam=\nple.org",
    ],
)
def test_nothing_shows_of_a_value_that_a_lines_end_goes_through(
    http_stage: Stage, tmp_path: Path, wrapped: str
) -> None:
    shown = walk(http_stage, tmp_path, f"It is {wrapped}\nand it fails.")
    for part in ("farouk", "1111", "16C7e42F", "10c8383"):
        assert part not in shown


SECRETS = {
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3NyIsIm4iOiJ4In0.dGhpc2lzbm90YXNpZw",
    "Bearer": "Authorization: Bearer abc123def456ghi789",
    "Basic": "Authorization: Basic bW86aHVudGVyMjp4eXo=",
    "AWS id": "AKIAIOSFODNN7EXAMPLE",
    "AWS pair": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GitHub": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "GitHub, fine-grained": "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCDEF",
    "Slack bot": "xoxb-" + "1234567890-abcdefghijkl",
    "Slack app": "xapp-1-" + "A0123456789-abcdef0123456789",
    "Stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "Google": "AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "OpenAI": "sk-proj-" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "npm": "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    "password is": "my password is Tr0ub4dor&3!",
    "pw:": "pw: swordfish77,x;y",
    "JSON": json.dumps({"user": "x", "password": 'a,b;c@d"efgh1'}),
}


@pytest.mark.case(11)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_masked_whole_before_it_is_stored(
    http_stage: Stage, tmp_path: Path, name: str
) -> None:
    written = SECRETS[name]
    secret = written.rpartition(" ")[2] if name not in ("JSON",) else 'a,b;c@d\\"efgh1'
    shown = walk(http_stage, tmp_path, f"See {written}\nand that is all.")
    stored = str(rows(http_stage, "SELECT body FROM ticket"))
    sought = [secret[at : at + 6] for at in range(0, len(secret) - 5)]
    assert [piece for piece in sought if piece in shown or piece in stored] == []
    assert "that is all." in shown, "and nothing else is masked"
