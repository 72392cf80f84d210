"""Every way in which words of customers do harm in Slack, and the safe form, a test a row.

One hostile ticket a row comes in by a file; people then ask, list, open, tag, share and get a
digest. What reached Slack on the way is looked at here, payload by payload.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from blocks_walk import objects, strings
from bot import csv_export
from bot.blocks import kit
from bot.demo.stage import Stage
from bot.reports import ChannelSettings
from bot.service import channels, insight_export
from conftest import NOW
from people import (
    ADA,
    BEN,
    CHECKOUT,
    FEATURES,
    SUPPORT,
    TEAM,
    asked,
    buttons,
    card_post,
    modal,
    ticket_post,
)

pytestmark = pytest.mark.only("sqlite")
"""What is done in Slack is the same on both engines; what is stored is tried on both elsewhere."""

HARM: Final = {
    "mentions": "<!channel> <!here> <!everyone> <@U0ADA> <!subteam^S1> <#C0CHECKOUT>",
    "links": "<http://evil.example|bank.example> <mailto:x@evil.example> [x](http://evil.example)",
    "dates": "<!date^1^{date}^http://evil.example|x>",
    "addresses": "see http://evil.example/once?token=deadbeefdeadbeefdeadbeef and evil.example",
    "plain mentions": "@here @channel @everyone #general",
    "code": "``` <!here>\n*Admin:* _all_ ~is~ `well`",
    "emoji": ":tada: :rotating_light: :everyone:",
    "entities": "&lt;!channel&gt; &amp;lt;!here&amp;gt; &#60;!everyone&#62;",
    "unseen": "\u202eevil\u2066x\u2069\u200b\u200d\ufeff\u00ad\U000e0041 e" + "\u0301" * 200,
    "hosts": "https://bаnk.example/login",
    "long": "word " * 8_000 + "line\n" * 800,
    "spoilt": "nul \x00 and \ud800 half",
    "formula": '=HYPERLINK("http://evil.example","x")',
}
TEXT_KEYS = {"text", "plain_text"}
LONGEST_MESSAGE, LONGEST_TICKET, MOST_LINES = 12_000, 1_500, 15


def ticket(number: int, harm: str) -> dict[str, object]:
    return {
        "id": f"{number}|x>../",
        "created_at": (NOW - timedelta(hours=number + 1)).isoformat(),
        "subject": f"Checkout {harm[:200]}",
        "description": f"{harm if number % 2 else ''} The checkout is broken. {harm}",
        "tags": ["checkout", harm[:60]],
        "requester": {"name": f"<!channel> {number}", "email": f"k{number}@customer.example"},
        "plan": f"<!here> {harm[:20]}",
        "url": "javascript:alert(1)" if number % 3 else f"https://help.example/t/{number}",
    }


class Heard:
    """All that reached Slack: what calls said, and what stands on screens."""

    def __init__(self, stage: Stage, exported: str) -> None:
        calls = [call for call in stage.slack.calls if "blocks" in call.arguments]
        self.posts = [dict(call.arguments) for call in calls]
        self.seen_by_all = [
            dict(call.arguments)
            for call in calls
            if call.method in {"chat.postMessage", "chat.update"}
        ]
        self.views = [
            _parsed(call.arguments["view"])
            for call in stage.slack.calls
            if call.method in {"views.open", "views.push", "views.update", "views.publish"}
        ]
        self.answers = [
            {"text": each.text, "blocks": each.blocks, **each.options}
            for user in (ADA, BEN)
            for each in stage.slack.ephemerals(user)
        ]
        self.exported = exported

    @property
    def payloads(self) -> list[dict[str, Any]]:
        made = [{**each, "blocks": _parsed(each["blocks"])} for each in self.posts]
        return [*made, *self.views, *self.answers]

    def places(self) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, object], str]]:
        for each in self.payloads:
            yield from strings({name: each.get(name) for name in ("text", "blocks")})

    def objects(self) -> Iterator[Mapping[str, object]]:
        for each in self.payloads:
            yield from objects({"all": each})


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    folder = tmp_path_factory.mktemp("harm")
    with Stage(folder, NOW, "http") as stage:
        yield _story(stage, folder)


def _story(stage: Stage, folder: Path) -> Heard:
    path = folder / "hostile.json"
    tickets = [ticket(number, harm) for number, harm in enumerate(HARM.values())]
    path.write_text(json.dumps(tickets), encoding="utf-8")
    assert stage.take_in([path], FEATURES).new == len(HARM)
    answer = asked(stage, ADA, SUPPORT, "checkout")
    [value] = buttons(answer, kit.ACTION_TICKETS)[:1]
    assert stage.slack.click(ADA, answer, kit.ACTION_TICKETS, value=value).ok
    modal(stage, ADA)
    stage.slack.close_view(ADA, clear=True)
    [share] = buttons(answer, kit.ACTION_SHARE)
    assert stage.slack.click(ADA, answer, kit.ACTION_SHARE, value=share).ok
    asked(stage, BEN, SUPPORT, "<!channel> ```search``` :tada: <http://evil.example|x>")
    for row in range(1, len(HARM) + 1):
        post = ticket_post(stage, row)
        assert stage.slack.click(ADA, post, kit.ACTION_SHOW, value=str(row)).ok
        modal(stage, ADA)
        stage.slack.close_view(ADA, clear=True)
    card_post(stage, 1, f"{HARM['mentions']} {HARM['formula']}")
    card_post(stage, 2, HARM["formula"])
    settings = ChannelSettings(TEAM, CHECKOUT, on=True, at="17:00", timezone="UTC")
    channels.save(stage.context, settings, ADA, stage.now)
    stage.now += timedelta(hours=1, minutes=1)
    stage.work()
    out = io.StringIO(newline="")
    csv_export.write(
        insight_export.every(stage.context, stage.now + timedelta(days=1), stage.now), out
    )
    return Heard(stage, out.getvalue())


def none_is(heard: Heard, *types: str) -> None:
    assert [each for each in heard.objects() if each.get("type") in types] == []


def shown(heard: Heard, words: str) -> list[Mapping[str, object]]:
    """The elements in which these words stand."""
    return [around for _, around, found in heard.places() if words in found]


@pytest.mark.case(1)
def test_mentions_stand_as_text_and_in_no_summary(heard: Heard) -> None:
    none_is(heard, "mrkdwn", "markdown", "broadcast", "usergroup")
    found = shown(heard, "<!channel>")
    assert found
    assert {around.get("type") for around in found} <= TEXT_KEYS
    assert not [each["text"] for each in heard.payloads if "<!" in str(each.get("text", ""))]


@pytest.mark.case(1)
def test_verbatim_is_nowhere_taken_for_safety(heard: Heard) -> None:
    assert not [each for each in heard.objects() if "verbatim" in each]


@pytest.mark.case(2)
def test_links_of_customers_are_shown_and_lead_nowhere(heard: Heard) -> None:
    assert shown(heard, "[x](")
    for each in heard.objects():
        assert "evil.example" not in str(each.get("url", ""))


@pytest.mark.case(3)
def test_dates_of_slacks_markup_are_literal(heard: Heard) -> None:
    none_is(heard, "date")
    assert {around.get("type") for around in shown(heard, "<!date^1^")} <= TEXT_KEYS


@pytest.mark.case(7)
def test_nothing_is_unfurled_and_a_token_in_an_address_is_gone(heard: Heard) -> None:
    assert len(heard.posts) > 20
    for each in [*heard.posts, *heard.answers]:
        if each.get("channel", "").startswith("C"):
            assert each["unfurl_links"] in (False, "false", "0", 0)
            assert each["unfurl_media"] in (False, "false", "0", 0)
    assert "deadbeef" not in json.dumps(heard.payloads)


def test_words_are_never_parsed_for_names_of_people_and_channels(heard: Heard) -> None:
    for each in [*heard.posts, *heard.answers]:
        assert not {"link_names", "parse", "mrkdwn"} & set(each)
    assert {around.get("type") for around in shown(heard, "@here")} <= TEXT_KEYS


@pytest.mark.case(4)
def test_code_and_styles_stay_in_their_element_under_a_label_of_ours(heard: Heard) -> None:
    found = shown(heard, "```")
    assert found
    assert {around.get("type") for around in found} <= TEXT_KEYS
    for block in heard.objects():
        if block.get("type") == "rich_text":
            parts = block["elements"]
            assert isinstance(parts, list)
            if len(parts) > 1 and parts[-1]["type"] == "rich_text_quote":
                assert parts[0]["type"] == "rich_text_section"


def test_emoji_of_customers_are_letters(heard: Heard) -> None:
    assert shown(heard, ":rotating_light:")
    for each in heard.objects():
        if each.get("type") == "plain_text" and ":tada:" in str(each.get("text")):
            assert each["emoji"] is False
    for each in heard.objects():
        assert each.get("type") != "emoji" or each["name"] not in {"tada", "rotating_light"}


@pytest.mark.case(5)
def test_entities_never_turn_into_markup(heard: Heard) -> None:
    assert not [each for each in heard.payloads if "<!everyone>" in str(each.get("text", ""))]
    none_is(heard, "mrkdwn")


@pytest.mark.case(6)
def test_what_cannot_be_seen_is_gone_and_accents_end(heard: Heard) -> None:
    for path, _, found in heard.places():
        for char in found:
            assert unicodedata.category(char) not in {"Cf", "Cs"}, path
        assert "\u0301" * 4 not in found


@pytest.mark.case(7)
def test_a_host_that_looks_like_another_is_no_link_and_nobody_is_shown_as_author(
    heard: Heard,
) -> None:
    for each in heard.objects():
        assert str(each.get("url", "")).isascii()
        assert "username" not in each
        assert "icon_url" not in each


@pytest.mark.case(6)
def test_a_message_is_bounded_and_so_is_a_ticket_in_it(heard: Heard) -> None:
    for each in heard.payloads:
        if "channel" in each:
            assert len(json.dumps(each["blocks"], ensure_ascii=False)) <= LONGEST_MESSAGE
            assert len(each["blocks"]) <= 50
            for _, around, found in strings(each["blocks"]):
                if around.get("type") == "text":
                    assert len(found) <= LONGEST_TICKET
                    assert found.count("\n") <= MOST_LINES


@pytest.mark.case(18)
def test_empty_and_spoilt_texts_have_a_placeholder_or_are_mended(heard: Heard) -> None:
    for path, _, found in heard.places():
        assert found or path[-1] != "text", path
        assert "\x00" not in found
        assert not any("\ud800" <= char <= "\udfff" for char in found)


def test_what_buttons_and_modals_carry_are_ids_and_what_was_asked(heard: Heard) -> None:
    for each in heard.objects():
        for name in ("action_id", "block_id", "alt_text", "callback_id"):
            assert "evil" not in str(each.get(name, ""))
            assert "<" not in str(each.get(name, ""))
        carried = str(each.get("value", "")) + str(each.get("private_metadata", ""))
        assert "charged" not in carried
        assert "broken" not in carried.replace("not:broken", "").replace("kind:broken", "")


@pytest.mark.case(20)
def test_a_ticket_is_linked_only_where_its_address_is_one(heard: Heard) -> None:
    addresses = {str(each["url"]) for each in heard.objects() if "url" in each}
    assert addresses
    assert all(url.startswith("https://") for url in addresses)
    assert not [url for url in addresses if set(url) & set("|<> ")]


@pytest.mark.case(44)
def test_a_cell_is_never_a_formula(heard: Heard) -> None:
    assert "'=HYPERLINK" in heard.exported
    assert '"=HYPERLINK' not in heard.exported


def test_what_somebody_typed_is_answered_to_them_alone(heard: Heard) -> None:
    typed = [each for each in heard.answers if "search" in json.dumps(each["blocks"])]
    assert typed
    assert heard.seen_by_all
    for each in heard.seen_by_all:
        assert "```search```" not in json.dumps(each["blocks"])
