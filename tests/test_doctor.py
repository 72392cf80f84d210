"""`earshot doctor`: each thing that can be wrong, with what to do about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot import cli, scopes
from bot.app import web_client
from bot.config import Settings
from bot.demo.fake_slack import half_body_after_accept, http, reset_before
from bot.demo.fake_slack.failures import Failure
from bot.demo.stage import Stage
from bot.doctor import ERROR, OK, WARNING, examine
from bot.reports import ChannelSettings, Finding
from bot.service import channels
from bot.service.context import Context
from databases import Databases
from people import FEATURES, MIRA, SUPPORT, TEAM, take_some_tickets, ticket_post
from storage import features as feature_rows
from storage.values import FeatureValue

ALL_SCOPES = {*scopes.REQUIRED, *scopes.OPTIONAL}
DEAD = "http://127.0.0.1:9/api/"


def found(findings: list[Finding], id: str) -> Finding:
    """The one finding of this id."""
    [finding] = [each for each in findings if each.id == id]
    return finding


def local(context: Context) -> list[Finding]:
    return examine(context, None, None)


def both(stage: Stage) -> list[Finding]:
    """Findings with both of the stage's tokens."""
    settings = stage.settings()
    context = stage.context
    bot, app = web_client(context, settings.bot_token), web_client(context, settings.app_token)
    return examine(context, bot, app)


# --- database, key, catalogue, outbox -------------------------------------------------------


def test_an_empty_installation_is_told_how_to_begin(context: Context) -> None:
    findings = local(context)
    assert [(each.id, each.level) for each in findings] == [
        ("database", WARNING),
        ("key", OK),
        ("features", WARNING),
        ("meaning", OK),
        ("masking", OK),
        ("masking.names", OK),
        ("slack.token", WARNING),
    ]
    assert "earshot ingest" in found(findings, "database").remedy
    assert "earshot features" in found(findings, "features").remedy
    assert "SLACK_BOT_TOKEN" in found(findings, "slack.token").remedy


def test_every_finding_that_is_not_fine_has_a_remedy(context: Context) -> None:
    context.settings.key_file.unlink(missing_ok=True)
    for finding in local(context):
        assert finding.level == OK or finding.remedy


def test_tickets_are_counted_and_dated(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    message = found(local(http_stage.context), "database").message
    version = http_stage.context.store.version
    assert version.split()[0] in ("SQLite", "PostgreSQL")
    assert (
        message == f"The database ({version}) holds 8 tickets; the newest was written 2026-11-03."
    )


def test_a_missing_or_changed_key_is_an_error(context: Context) -> None:
    assert found(local(context), "key").level == OK
    key = context.settings.key_file
    kept = key.read_text()
    for content in (None, "ab" * 32, "ab", "not a key"):
        key.unlink(missing_ok=True)
        if content is not None:
            key.write_text(content)
        finding = found(local(context), "key")
        assert finding.level == ERROR
        assert f"Restore {key} from a backup" in finding.remedy
        assert kept.strip() not in finding.message
    key.write_text(kept)
    key.chmod(0o600)
    assert found(local(context), "key").level == OK


def test_a_key_that_others_can_read_is_an_error(context: Context) -> None:
    local(context)
    context.settings.key_file.chmod(0o640)
    finding = found(local(context), "key.mode")
    assert finding.level == ERROR
    assert finding.remedy == f"chmod 600 {context.settings.key_file}"


def test_settings_that_others_can_read_are_a_warning(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    file.write_text("EARSHOT_PORT=3000\n")
    file.chmod(0o640)
    finding = found(local(context), "config.file")
    assert (finding.level, finding.remedy) == (WARNING, "chmod 600 .env")
    file.chmod(0o600)
    assert not [each for each in local(context) if each.id == "config.file"]


@pytest.mark.only("sqlite")
def test_a_folder_that_others_can_look_into_is_a_warning(context: Context) -> None:
    folder = context.settings.key_file.parent
    assert not [each for each in local(context) if each.id == "database.folder"]
    folder.chmod(0o755)
    finding = found(local(context), "database.folder")
    assert (finding.level, finding.remedy) == (WARNING, f"chmod 700 {folder}")


def test_features_made_of_tags_are_not_yet_a_catalogue(context: Context) -> None:
    with context.store.write() as session:
        value = FeatureValue("a", "A", (), ("a",), (), feature_rows.FROM_TAGS)
        feature_rows.put(session, [value])
    finding = found(local(context), "features")
    assert finding.level == WARNING
    assert "made of help-desk tags" in finding.message
    assert "--toml" in finding.remedy


def test_a_written_catalogue_is_fine(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    finding = found(local(http_stage.context), "features")
    assert (finding.level, finding.message) == (OK, f"The catalogue has {len(FEATURES)} features.")


def test_messages_that_failed_or_are_held_are_shown(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    http_stage.slack.space.change_channel(SUPPORT, is_archived=True)
    with pytest.raises(IndexError):
        ticket_post(http_stage)
    failed = found(local(http_stage.context), "outbox.failed")
    assert failed.level == WARNING
    assert f"Message 1 to {SUPPORT}: This channel is archived" in failed.message

    with http_stage.context.store.write() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET state = 'held', error = 'unsure'")
    held = found(local(http_stage.context), "outbox.held")
    assert held.message == f"Message 1 to {SUPPORT}: unsure"
    assert "channels:history" in held.remedy


# --- Slack ----------------------------------------------------------------------------------


def test_a_whole_installation_is_fine(http_stage: Stage, tmp_path: Path) -> None:
    take_some_tickets(http_stage, tmp_path)
    tmp_path.chmod(0o700)
    set_up(http_stage, SUPPORT)
    http_stage.slack.grant(ALL_SCOPES)
    findings = both(http_stage)
    assert {each.level for each in findings} == {OK}
    assert [each.id for each in findings] == [
        "database",
        "key",
        "features",
        "meaning",
        "masking",
        "masking.names",
        "slack.token",
        "slack.scopes",
        "channel",
        "slack.app_token",
    ]
    assert found(findings, "channel").message == "#support can be posted to."


def set_up(stage: Stage, channel: str) -> None:
    channels.save(stage.context, ChannelSettings(TEAM, channel), MIRA, stage.now)


def test_a_wrong_bot_token_is_an_error(http_stage: Stage) -> None:
    wrong = web_client(http_stage.context, "xoxb-of-somebody-else")
    finding = found(examine(http_stage.context, wrong, None), "slack.token")
    assert finding.level == ERROR
    assert "invalid_auth" in finding.message
    assert "SLACK_BOT_TOKEN" in finding.remedy
    assert "somebody" not in finding.message


def test_each_missing_scope_is_an_error_with_what_it_is_for(http_stage: Stage) -> None:
    http_stage.slack.grant(ALL_SCOPES - {"reactions:read", "users:read"})
    missing = [each for each in both(http_stage) if each.id == "slack.scopes"]
    assert [each.level for each in missing] == [ERROR, ERROR]
    assert "reactions:read" in missing[0].message
    assert scopes.REQUIRED["users:read"] in missing[1].message
    assert all("manifest" in each.remedy for each in missing)


def test_a_missing_optional_scope_is_only_a_warning(http_stage: Stage) -> None:
    http_stage.slack.grant(scopes.REQUIRED)
    findings = both(http_stage)
    optional = [each for each in findings if each.id == "slack.history"]
    assert [each.level for each in optional] == [WARNING, WARNING]
    assert found(findings, "slack.scopes").level == OK


CHANNELS: dict[str, tuple[str, dict[str, Any], str]] = {
    "not there": ("C0GONE", {}, "channel_not_found"),
    "private, without the bot": ("C0PRIVATE", {}, "channel_not_found"),
    "shared": ("C0SHARED", {}, "No digest can be posted to #with-acme"),
    "soon shared": (SUPPORT, {"is_pending_ext_shared": True}, "No digest can be posted"),
    "archived": (SUPPORT, {"is_archived": True}, "No digest can be posted to #support"),
    "left by the bot": (SUPPORT, {"members": [MIRA]}, "No digest can be posted to #support"),
}


@pytest.mark.parametrize("case", CHANNELS)
def test_a_channel_that_cannot_be_posted_to_is_an_error(http_stage: Stage, case: str) -> None:
    channel, change, message = CHANNELS[case]
    set_up(http_stage, channel)
    if change:
        http_stage.slack.space.change_channel(channel, **change)
    finding = found(both(http_stage), "channel")
    assert finding.level == ERROR
    assert message in finding.message
    assert finding.remedy


def test_a_channel_that_cannot_be_checked_just_now_is_a_warning(http_stage: Stage) -> None:
    set_up(http_stage, SUPPORT)
    http_stage.slack.fail_next("conversations.info", half_body_after_accept())
    finding = found(both(http_stage), "channel")
    assert (finding.level, finding.remedy) == (WARNING, "Try again.")


def test_a_refused_app_token_is_an_error(http_stage: Stage) -> None:
    context = http_stage.context
    bot = web_client(context, http_stage.slack.token)
    for token in ("xapp-1-other", http_stage.slack.token):
        findings = examine(context, bot, WebClient(token=token, base_url=bot.base_url))
        finding = found(findings, "slack.app_token")
        assert finding.level == ERROR
        assert "connections:write" in finding.remedy


UNREACHABLE: dict[str, tuple[Failure, str]] = {
    "reset": (reset_before(), "slack.reach"),
    "half an answer": (half_body_after_accept(), "slack.reach"),
    "an error page": (http(502, "<html>bad gateway</html>"), "slack.token"),
    "another page": (http(200, "<html>log in to the hotel's network</html>"), "slack.token"),
}


@pytest.mark.parametrize("case", UNREACHABLE)
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
def test_an_unreachable_slack_is_an_error_and_no_traceback(
    http_stage: Stage, case: str, method: str
) -> None:
    failure, id = UNREACHABLE[case]
    http_stage.slack.fail_next(method, failure)
    finding = found(both(http_stage), id if method == "auth.test" else "slack.app_token")
    assert finding.level == ERROR
    assert finding.remedy
    assert "<html>" not in finding.message


def test_a_dead_address_is_an_error(http_stage: Stage) -> None:
    client = WebClient(token="xoxb-1", base_url=DEAD, retry_handlers=[])
    finding = found(examine(http_stage.context, client, None), "slack.reach")
    assert finding.level == ERROR
    assert "SLACK_API_URL" in finding.remedy


def test_without_any_way_to_hear_from_slack_nothing_is_fine(
    http_stage: Stage, settings: Settings
) -> None:
    deaf = Context(http_stage.context.store, settings)
    client = web_client(http_stage.context, http_stage.slack.token)
    finding = found(examine(deaf, client, None), "slack.transport")
    assert finding.level == ERROR
    assert "SLACK_APP_TOKEN" in finding.remedy
    heard = examine(http_stage.context, client, None)
    assert not [each for each in heard if each.id == "slack.transport"]


# --- the command ----------------------------------------------------------------------------


def doctor(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
    **environment: str,
) -> tuple[int, str]:
    settings = stage.settings()
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EARSHOT_KEY_FILE", str(settings.key_file))
    monkeypatch.setenv("SLACK_API_URL", settings.api_url)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["earshot", "doctor", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(str(ended.value.code)), capsys.readouterr().out


def test_warnings_alone_end_with_0_and_an_error_with_1(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = doctor(http_stage, monkeypatch, capsys)
    assert code == 0
    assert "warning" in out
    code, out = doctor(http_stage, monkeypatch, capsys, SLACK_BOT_TOKEN="xoxb-wrong")
    assert code == 1
    assert "ERROR" in out
    assert "xoxb-wrong" not in out


def test_json_has_the_keys_of_the_contract(
    http_stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = doctor(http_stage, monkeypatch, capsys, "--json", SLACK_BOT_TOKEN="xoxb-wrong")
    answer = json.loads(out)
    assert (code, answer["ok"]) == (1, False)
    assert {*answer} == {"ok", "findings"}
    assert all({*each} == {"id", "level", "message", "remedy"} for each in answer["findings"])
    assert {each["level"] for each in answer["findings"]} <= {OK, WARNING, ERROR}
    token = http_stage.slack.token
    code, out = doctor(
        http_stage, monkeypatch, capsys, "--json", SLACK_BOT_TOKEN=token, SLACK_SIGNING_SECRET="s"
    )
    assert (code, json.loads(out)["ok"]) == (0, True)


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_without_a_database_doctor_says_how_to_make_one(
    http_stage: Stage,
    databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: tuple[str, ...],
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr(http_stage, "_folder", nowhere)
    monkeypatch.setattr(http_stage, "_database_url", databases.blank(nowhere))
    code, out = doctor(http_stage, monkeypatch, capsys, *option)
    assert code == 1
    assert "earshot ingest FILE" in out
    assert not option or json.loads(out)["ok"] is False
    assert not nowhere.exists(), "looking makes nothing"
