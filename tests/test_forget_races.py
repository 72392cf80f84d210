"""What is built before a ticket's words go, and kept after that, has none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import answers as screens
from bot.demo.stage import Stage
from bot.reports import ChannelSettings, LeakRequest
from bot.service import (
    catalogue,
    channels,
    digest,
    digest_due,
    fresh,
    friction,
    leaks,
)
from bot.voice import watch
from forget_stage import (
    EMAIL,
    FEATURES,
    RARE,
    SAID,
    all_rows,
    export,
    forgotten,
    plant,
    record,
    row_of,
    share,
    shown_in_slack,
    write,
)
from people import ADA, CHECKOUT, TEAM, finish_listeners, said

Deed = Callable[[Stage], None]


def forget_all(stage: Stage) -> None:
    forgotten(stage)


def report_leak(stage: Stage) -> None:
    row = row_of(stage, RARE[0])
    leaks.report(stage.context, LeakRequest(row, RARE[0], is_whole=False), stage.now, by=ADA)


def redact_at_source(stage: Stage) -> None:
    """Its help desk sends the ticket again without its words."""
    said_now = "The checkout page shows a [redacted] error and my [redacted] order is lost."
    later = {"updated_at": stage.now.isoformat(), "subject": "", "description": said_now}
    path = Path(stage.context.settings.key_file).parent / "redacted.jsonl"
    stage.take_in([write(path, [record(stage, 70_001, SAID[0], EMAIL) | later])])


DEEDS = pytest.mark.parametrize("deed", [forget_all, report_leak, redact_at_source])


def before(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, deed: Callable[[], None]
) -> list[int]:
    """Do something once when `name` has been called and nothing was made of its result yet."""
    original, calls = getattr(module, name), []

    def raced(*given: Any, **named: Any) -> Any:
        result = original(*given, **named)
        calls.append(1)
        if len(calls) == 1:
            deed()
        return result

    monkeypatch.setattr(module, name, raced)
    return calls


@pytest.fixture
def shop(http_stage: Stage, tmp_path: Path) -> Stage:
    catalogue.bring_in(http_stage.context, FEATURES)
    http_stage.take_in([export(http_stage, tmp_path)])
    settings = ChannelSettings(TEAM, CHECKOUT, on=True, at="17:00", timezone="UTC", alarms=True)
    channels.save(http_stage.context, settings, ADA, http_stage.now)
    return http_stage


def check_gone(stage: Stage) -> None:
    assert RARE[0] not in shown_in_slack(stage)
    assert not all_rows(stage, [RARE[0]])


@DEEDS
def test_an_answer_that_is_shared(shop: Stage, monkeypatch: pytest.MonkeyPatch, deed: Deed) -> None:
    calls = before(monkeypatch, screens, "render_shared", lambda: deed(shop))
    share(shop, "one")
    assert "checkout" in shown_in_slack(shop).lower()
    check_gone(shop)
    assert len(calls) == 2


@DEEDS
def test_a_digest(shop: Stage, monkeypatch: pytest.MonkeyPatch, deed: Deed) -> None:
    before(monkeypatch, digest, "build", lambda: deed(shop))
    shop.now += timedelta(hours=1, minutes=1)
    shop.work()
    assert "charged twice" in shown_in_slack(shop)
    check_gone(shop)


@DEEDS
def test_a_digest_that_is_sent_by_hand(
    shop: Stage, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    before(monkeypatch, digest, "build", lambda: deed(shop))
    settings = ChannelSettings(TEAM, CHECKOUT, on=True, at="17:00", timezone="UTC")
    assert digest_due.send(shop.context, settings, shop.now, shop.now).is_new
    shop.work()
    assert "charged twice" in shown_in_slack(shop)
    check_gone(shop)


@DEEDS
def test_an_answer_in_a_direct_message(
    shop: Stage, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    before(monkeypatch, friction, "ask", lambda: deed(shop))
    assert shop.slack.direct_message(ADA, "checkout").ok
    finish_listeners(shop)
    shop.work()
    posts = shop.slack.posts(shop.slack.space.direct_channel(ADA).id)
    [answer] = [post for post in posts if post.user != ADA]
    assert "checkout" in said(answer).lower()
    assert RARE[0] not in said(answer)
    check_gone(shop)


def test_what_is_removed_again_and_again_is_waited_for(shop: Stage) -> None:
    """A long removal must not keep a digest back for as long as it lasts."""
    tries = []

    def build() -> int:
        tries.append(1)
        if len(tries) <= fresh.TRIES:
            report_other(shop, len(tries))
        return len(tries)

    assert fresh.plan(shop.context, build, lambda _, built: built) == fresh.TRIES + 1


def report_other(stage: Stage, number: int) -> None:
    row = row_of(stage, RARE[2 * (number - 1)])
    leaks.report(stage.context, LeakRequest(row, "", is_whole=True), stage.now, by=ADA)


@pytest.mark.parametrize("deed", [forget_all, report_leak])
def test_an_alarm(
    http_stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    plant(http_stage, tmp_path)

    def look(*given: Any) -> list[watch.Alarm]:
        return [replace(each, seen=http_stage.now) for each in given[1]]

    monkeypatch.setattr(watch, "look", look)
    calls = before(monkeypatch, watch, "look", lambda: deed(http_stage))
    http_stage.now += timedelta(hours=1)
    http_stage.work()
    assert len(calls) >= 2
    check_gone(http_stage)
