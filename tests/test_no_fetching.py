"""No address that a customer, a colleague or a file names is ever asked for.

Earshot speaks to Slack and to its database, and has nothing that could fetch anything else. The
whole way of a ticket is gone here while the interpreter tells what is connected to.
"""

from __future__ import annotations

import ast
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.blocks import kit
from bot.config import SETTINGS
from bot.demo.stage import Stage
from bot.doctor import examine
from bot.reports import ChannelSettings
from bot.service import channels, reread
from commandline import ROOT, runner
from conftest import NOW
from outgoing import Outgoing, watched
from own_tickets import TELLING
from people import ADA, CHECKOUT, FEATURES, MIRA, SUPPORT, TEAM, asked, modal, rows, said

pytestmark = pytest.mark.case(45)

PLANTED = "/planted-by-a-customer"
TRAP = "TRAP"
ADDRESSES = (
    f"http://169.254.169.254/latest/meta-data{PLANTED}",
    f"http://[fd00:ec2::254]/latest{PLANTED}",
    f"http://localhost:{TRAP}{PLANTED}",
    f"http://127.0.0.1:{TRAP}{PLANTED}",
    f"http://[::1]:{TRAP}{PLANTED}",
    f"http://2130706433:{TRAP}{PLANTED}",
    f"http://0x7f.1:{TRAP}{PLANTED}",
    f"http://user:secret@127.0.0.1:{TRAP}{PLANTED}",
    f"http://inside.planted.example{PLANTED}",
    f"https://redirects.planted.example/?to=http://10.0.0.1{PLANTED}",
    f"http://10.0.0.1{PLANTED}",
    f"file:///etc{PLANTED}",
    f"file://localhost/etc{PLANTED}",
    f"ftp://inside.planted.example{PLANTED}",
    f"gopher://127.0.0.1:{TRAP}{PLANTED}",
    f"javascript:fetch('http://127.0.0.1:{TRAP}{PLANTED}')",
    f"//inside.planted.example{PLANTED}",
    f"\\\\inside.planted.example\\share{PLANTED}",
)


@pytest.fixture
def trap() -> Iterator[tuple[int, list[object]]]:
    """A port of this machine, and who came to it."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    visitor, address = listening.accept()
                except TimeoutError:
                    continue
                came.append(address)
                visitor.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield listening.getsockname()[1], came
        ended.set()
        thread.join(10)


def hostile(address: str, number: int) -> dict[str, Any]:
    """A ticket with this address wherever one may stand."""
    return {
        "id": f"n{number}",
        "created_at": (NOW - timedelta(hours=9)).isoformat(),
        "subject": f"See {address}",
        "description": f"{TELLING[number % 3]} <img src='{address}'> [x]({address}) {address}",
        "url": address,
        "tags": ["checkout", address],
        "plan": "enterprise",
        "requester": {"name": address, "email": f"kim@inside.planted.example?{number}"},
        "attachments": [{"content_url": address}],
        "next_page": address,
    }


def walk(stage: Stage, folder: Path, addresses: list[str]) -> None:
    """All that may happen to a ticket and to what people type."""
    path = folder / "hostile.json"
    tickets = [hostile(address, number) for number, address in enumerate(addresses)]
    path.write_text(json.dumps({"tickets": tickets, "next_page": addresses[0]}), encoding="utf-8")
    channels.save(stage.context, ChannelSettings(TEAM, CHECKOUT), ADA, NOW - timedelta(days=1))
    stage.now = NOW - timedelta(hours=8)
    assert stage.take_in([path], FEATURES).new == len(addresses)
    stage.now = NOW.replace(hour=9, minute=30)
    stage.work()
    posts = stage.slack.posts(CHECKOUT)
    assert len(posts) > 1, "a digest of them was posted"
    for post in posts[1:]:
        assert stage.slack.click(ADA, post, kit.ACTION_SHOW).ok
        assert modal(stage, ADA)
        stage.slack.space.views.clear(ADA)
    for address in addresses:
        assert said(asked(stage, ADA, SUPPORT, address))
        assert said(asked(stage, ADA, SUPPORT, f"checkout {address}"))
    answer = asked(stage, ADA, SUPPORT, "checkout 12w")
    assert stage.slack.click(ADA, answer, kit.ACTION_TICKETS).ok
    assert modal(stage, ADA)
    stage.slack.space.views.clear(ADA)
    assert stage.slack.click(ADA, answer, kit.ACTION_SHARE).sent
    tag(stage, addresses)
    stage.slack.open_home(MIRA)
    stage.work()
    reread.everything(stage.context)
    examine(stage.context, stage.earshot.client, None)


def tag(stage: Stage, addresses: list[str]) -> None:
    """Make an insight of a ticket, with an address for its title, its note and its issue."""
    post = stage.slack.posts(CHECKOUT)[1]
    assert stage.slack.click(MIRA, post, kit.ACTION_TAG).ok
    assert modal(stage, MIRA)
    typed = {kit.BLOCK_TITLE: addresses[0], kit.BLOCK_NOTE: addresses[1]}
    assert stage.slack.submit_view(MIRA, typed).ok
    stage.slack.wait_for(lambda: rows(stage, "SELECT id FROM insight"))
    stage.work()
    [card] = [post for post in stage.slack.posts(CHECKOUT) if addresses[0] in said(post)]
    assert stage.slack.click(MIRA, card, kit.ACTION_EDIT).ok
    assert modal(stage, MIRA)
    assert stage.slack.submit_view(MIRA, {kit.BLOCK_ISSUE: addresses[3]}).ok
    stage.slack.wait_for(lambda: rows(stage, "SELECT id FROM insight WHERE issue_url IS NOT NULL"))
    stage.work()


def reached(out: Outgoing, allowed: set[int]) -> list[object]:
    """What was connected to beside Slack's stand-in and the app itself."""
    return [
        address
        for address in out.connected
        if not (isinstance(address, tuple) and address[0] == "127.0.0.1" and address[1] in allowed)
    ]


@pytest.mark.only("sqlite")
def test_nothing_that_a_ticket_names_is_asked_for_on_its_whole_way(
    http_stage: Stage, tmp_path: Path, trap: tuple[int, list[object]]
) -> None:
    port, came = trap
    addresses = [address.replace(TRAP, str(port)) for address in ADDRESSES]
    allowed = {http_stage.slack.port, urlsplit(str(http_stage.slack.request_url)).port or 0}
    with watched() as out:
        walk(http_stage, tmp_path, addresses)
    assert came == []
    assert out.connected, "the guard hears what is connected to"
    assert reached(out, allowed) == []
    named = [*out.looked_up, *out.opened, *out.requested]
    assert [each for each in named if "planted" in each and str(tmp_path) not in each] == []
    assert {*out.looked_up} <= {"127.0.0.1"}
    assert out.started == []
    for call in http_stage.slack.calls:
        assert "image_url" not in json.dumps(call.arguments)
        if call.method in ("chat.postMessage", "chat.update", "response_url"):
            assert call.arguments.get("unfurl_links") in (False, "0", 0)
            assert call.arguments.get("unfurl_media") in (False, "0", 0)


def test_the_guard_hears_whoever_asks(trap: tuple[int, list[object]]) -> None:
    from urllib.request import urlopen

    port, came = trap
    with watched() as out, pytest.raises(OSError):  # noqa: PT011
        urlopen(f"http://localhost:{port}{PLANTED}", timeout=5)
    assert "localhost" in out.looked_up
    assert any(PLANTED in each for each in out.requested)
    assert reached(out, set())
    assert came


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("address", [a.replace(TRAP, "9") for a in ADDRESSES])
@pytest.mark.parametrize("command", ["ingest", "features import", "demo --data"])
def test_the_command_line_takes_no_address_for_a_file(
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    address: str,
) -> None:
    with watched() as out:
        ended = runner(monkeypatch, capsys)(*command.split(), address)
    assert ended.code in (1, 2)
    assert reached(out, set()) == []
    assert out.looked_up == []
    assert out.requested == []


# --- nothing is there that could fetch ----------------------------------------------------------

FETCHING = {
    *("socket", "ssl", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp"),
    *("ftplib", "smtplib", "poplib", "imaplib", "xmlrpc", "webbrowser", "websocket", "websockets"),
}
FAULTS_OF_THEM = {"socket.gaierror", "http.client.HTTPException"}
"""Names of errors, which fetch nothing."""


def test_no_module_has_the_means_to_fetch_anything_but_from_slack() -> None:
    found = []
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py")]:
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in names_imported(node):
                means = any(name == each or name.startswith(f"{each}.") for each in FETCHING)
                if means and name not in FAULTS_OF_THEM:
                    found.append(f"{path.relative_to(ROOT)}: {name}")
    assert found == []


def names_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_no_setting_names_an_address_to_fetch_tickets_from() -> None:
    """Whoever adds one also adds the checks: one host, https, no redirects, no private ranges."""
    addresses = {each.name for each in SETTINGS if "://" in each.default or "URL" in each.name}
    assert addresses == {"SLACK_API_URL", "DATABASE_URL"}
