"""Settings: every wrong value is named with its remedy, all at once; secrets stay out of sight."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import SETTINGS, Settings, load
from bot.errors import ConfigError
from bot.reports import Answer

NOWHERE = Path("/nonexistent/.env")


def loaded(**values: str) -> Settings:
    return load(values, NOWHERE)


def faults(values: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(values, NOWHERE)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def test_without_any_setting_the_defaults_stand(tmp_path: Path) -> None:
    settings = load({}, NOWHERE)
    home = tmp_path / ".local" / "share" / "earshot"
    assert settings.database_url == f"sqlite:///{home / 'earshot.db'}"
    assert settings.key_file == home / "earshot.key"
    assert settings.api_url == "https://slack.com/api/"
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 3000, "INFO")
    assert settings.phone_regions == ("US", "GB", "DE", "FR")
    assert settings.own_domains == ()
    assert settings.editors == ()
    assert settings.tag_emoji == "bulb"
    assert settings.answers == {
        "white_check_mark": Answer.KNEW,
        "open_mouth": Answer.SURPRISED,
        "raising_hand": Answer.OWN,
        "no_good": Answer.NOT_A_PROBLEM,
        "hammer_and_wrench": Answer.FIXED,
    }
    assert (settings.bot_token, settings.app_token, settings.signing_secret) == ("", "", "")


def test_an_empty_value_is_as_good_as_none() -> None:
    assert load({setting.name: "" for setting in SETTINGS}, NOWHERE) == load({}, NOWHERE)


WRONG = {
    "SLACK_BOT_TOKEN": ("xoxp-a-user-token", "must begin with xoxb-"),
    "SLACK_APP_TOKEN": ("xoxb-the-other-token", "must begin with xapp-"),
    "SLACK_API_URL": ("http://slack.com/api/", "must begin with https://"),
    "DATABASE_URL": ("mysql://db/earshot", "must be sqlite:///PATH"),
    "EARSHOT_PORT": ("80000", "from 1 to 65535"),
    "EARSHOT_PHONE_REGIONS": ("USA,DE", "two-letter countries"),
    "EARSHOT_EDITORS": ("U0ADA,@ben", "@ben: give member ids"),
    "EARSHOT_OWN_DOMAINS": ("example.com,com", "com: give whole mail domains"),
    "EARSHOT_NOTES_TOKEN": ("short", "at least 16 letters"),
    "EARSHOT_TAG_EMOJI": ("💡", "such as bulb"),
    "EARSHOT_ANSWERS": ("tada=hooray", "'hooray' is not an answer; there are knew it"),
    "EARSHOT_LOG_LEVEL": ("LOUD", "DEBUG, INFO, WARNING or ERROR"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named_with_its_remedy(name: str) -> None:
    value, remedy = WRONG[name]
    [fault] = faults({name: value})
    assert fault.startswith(f"{name}: ")
    assert remedy in fault


def test_all_wrong_values_are_named_at_once() -> None:
    found = faults({name: value for name, (value, _) in WRONG.items()})
    assert {fault.partition(":")[0] for fault in found} == set(WRONG)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EARSHOT_PORT", "0"),
        ("EARSHOT_PORT", "-1"),
        ("EARSHOT_PORT", "http"),
        ("EARSHOT_PORT", "²"),
        ("EARSHOT_PORT", " "),
        ("EARSHOT_PORT", "9" * 5000),
        ("EARSHOT_PHONE_REGIONS", "UK"),
        ("EARSHOT_PHONE_REGIONS", "US,ZZ"),
        ("EARSHOT_OWN_DOMAINS", "https://example.com"),
        ("EARSHOT_OWN_DOMAINS", "ada@example.com"),
        ("EARSHOT_ANSWERS", "tada"),
        ("EARSHOT_ANSWERS", "=fixed"),
        ("EARSHOT_ANSWERS", "no emoji=fixed"),
        ("SLACK_API_URL", "https://"),
        ("SLACK_API_URL", "http://localhost.evil.example/"),
        ("SLACK_API_URL", "ftp://127.0.0.1/"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "/srv/earshot.db"),
        ("DATABASE_URL", "sqlite:///~"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://db/"),
        ("DATABASE_URL", "postgresql://db/one/two"),
        ("DATABASE_URL", "postgresql://db:port/earshot"),
        ("DATABASE_URL", "postgresql://me:p@ss@db/earshot"),
        ("DATABASE_URL", "postgresql://me:p#ss@db/earshot"),
        ("DATABASE_URL", "postgresql+asyncpg://db/earshot"),
    ],
)
def test_other_wrong_values_are_refused_too(name: str, value: str) -> None:
    [fault] = faults({name: value})
    assert fault.startswith(f"{name}: ")


def test_a_database_that_is_a_folder_is_refused_before_anything_is_done_to_it(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    [fault] = faults({"DATABASE_URL": f"sqlite:///{tmp_path}"})
    assert f"{tmp_path}/earshot.db" in fault
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_values_are_read_as_people_write_them(tmp_path: Path) -> None:
    settings = loaded(
        DATABASE_URL="sqlite:///~/somewhere/my.db",
        SLACK_API_URL="http://127.0.0.1:8080/api",
        EARSHOT_KEY_FILE="~/keys/k",
        EARSHOT_PHONE_REGIONS=" de , ch,",
        EARSHOT_OWN_DOMAINS="Example.COM, @mail.example.org",
        EARSHOT_TAG_EMOJI=":+1:",
        EARSHOT_ANSWERS=":tada:=fixed, eyes=knew it",
        EARSHOT_LOG_LEVEL="debug",
        EARSHOT_PORT="8080",
    )
    assert settings.database_url == f"sqlite:///{tmp_path}/somewhere/my.db"
    assert settings.key_file == tmp_path / "keys" / "k"
    assert settings.api_url == "http://127.0.0.1:8080/api/"
    assert settings.phone_regions == ("DE", "CH")
    assert settings.own_domains == ("example.com", "mail.example.org")
    assert settings.tag_emoji == "+1"
    assert settings.answers == {"tada": Answer.FIXED, "eyes": Answer.KNEW}
    assert (settings.log_level, settings.port) == ("DEBUG", 8080)


def test_the_key_lies_beside_the_database_unless_said() -> None:
    settings = loaded(DATABASE_URL="sqlite:////srv/earshot/my.db")
    assert settings.key_file == Path("/srv/earshot/earshot.key")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_is_named_in_any_of_its_spellings(scheme: str, tmp_path: Path) -> None:
    settings = loaded(DATABASE_URL=f"{scheme}://me:p%40ss@db.example:5433/earshot?sslmode=require")
    assert settings.database_url == (
        "postgresql://me:p%40ss@db.example:5433/earshot?sslmode=require"
    )
    assert settings.key_file == tmp_path / ".local" / "share" / "earshot" / "earshot.key"
    assert loaded(DATABASE_URL="postgresql:///earshot?host=/run/pg").key_file == settings.key_file


def test_without_its_extra_postgresql_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.config_database.find_spec", lambda _name: None)
    [fault] = faults({"DATABASE_URL": "postgresql://db/earshot"})
    assert "requirements-postgres.txt" in fault


SECRETS = {
    "DATABASE_URL": "postgresql://me:planted@db/earshot",
    "SLACK_BOT_TOKEN": "xoxb-planted",
    "SLACK_APP_TOKEN": "xapp-planted",
    "SLACK_SIGNING_SECRET": "planted-secret",
    "EARSHOT_NOTES_TOKEN": "planted-token-for-notes",
}


def test_secrets_show_neither_in_settings_nor_in_faults() -> None:
    settings = load(SECRETS, NOWHERE)
    assert (settings.bot_token, settings.app_token) == ("xoxb-planted", "xapp-planted")
    assert settings.signing_secret == "planted-secret"
    assert "planted" not in f"{settings!r} {settings}"
    assert settings.database_url == "postgresql://me:planted@db/earshot"
    for wrong in (
        "me:planted@ss@db/earshot",
        "me:planted@db:x/y",
        "me:planted@db",
        "planted#@db/x",
    ):
        [fault] = faults({"DATABASE_URL": f"postgresql://{wrong}"})
        assert "planted" not in fault
    swapped = {"SLACK_BOT_TOKEN": "xapp-planted", "SLACK_APP_TOKEN": "xoxb-planted"}
    assert not any("planted" in fault for fault in faults(swapped | {"EARSHOT_PORT": "x"}))
    assert {setting.name for setting in SETTINGS if setting.secret} == set(SECRETS)


# --- .env -----------------------------------------------------------------------------------


def test_an_env_file_is_read_and_the_environment_stands_above_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('# mine\nEARSHOT_PORT=8080\nSLACK_SIGNING_SECRET="a#b"\nEARSHOT_HOST=\n')
    assert load({}, file).port == 8080
    assert load({}, file).signing_secret == "a#b"
    assert load({}, file).host == "127.0.0.1"
    assert load({"EARSHOT_PORT": "9090"}, file).port == 9090


def test_the_env_file_of_the_working_folder_is_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("EARSHOT_PORT=8081\n")
    monkeypatch.chdir(tmp_path)
    assert load().port == 8081
    monkeypatch.setenv("EARSHOT_PORT", "8082")
    assert load().port == 8082
    assert "SLACK_BOT_TOKEN" not in os.environ, "the file is read, not brought into the environment"


def test_an_env_file_that_cannot_be_read_is_a_stated_fault(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfeE\x00=\x001\x00")
    with pytest.raises(ConfigError, match=r"\.env cannot be read: UnicodeDecodeError"):
        load({}, file)


def test_wrong_values_of_an_env_file_are_named_too(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("EARSHOT_PORT=x\nEARSHOT_LOG_LEVEL=LOUD\n")
    with pytest.raises(ConfigError) as caught:
        load({}, file)
    assert len(caught.value.faults) == 2
