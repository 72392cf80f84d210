"""Settings, from the environment and `.env`, checked all at once.

Each setting is one row of `SETTINGS`: name, default, help. A wrong value stops the start with
every fault and its remedy; a test holds README and `.env.example` to this table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot import config_redaction, config_values
from bot.config_database import database_url, key_beside
from bot.errors import ConfigError
from bot.reports import Answer

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; `secret` ones are never shown."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("SLACK_BOT_TOKEN", "", "Bot token of the installed app (xoxb-…).", secret=True),
    Setting("SLACK_APP_TOKEN", "", "App-level token for Socket Mode (xapp-…).", secret=True),
    Setting("SLACK_SIGNING_SECRET", "", "Signing secret, for `earshot serve`.", secret=True),
    Setting("SLACK_API_URL", "https://slack.com/api/", "Web API address; a stand-in's in tests."),
    Setting(
        "DATABASE_URL",
        "sqlite:///~/.local/share/earshot/earshot.db",
        "Where tickets are kept: `sqlite:///PATH` (`~` is your home folder), or "
        "`postgresql://USER:PASSWORD@HOST/NAME`.",
        secret=True,
    ),
    Setting(
        "EARSHOT_KEY_FILE",
        "",
        "Key that makes customers countable; by default `earshot.key` beside the database file, "
        "with PostgreSQL in `~/.local/share/earshot`.",
    ),
    Setting("EARSHOT_HOST", "127.0.0.1", "Address that `earshot serve` listens on."),
    Setting("EARSHOT_PORT", "3000", "Port that `earshot serve` listens on."),
    Setting("EARSHOT_PHONE_REGIONS", "US,GB,DE,FR", "Countries whose phone numbers are masked."),
    Setting("EARSHOT_OWN_DOMAINS", "", "Your own mail domains, whose addresses are not masked."),
    Setting(
        "EARSHOT_PATTERNS_FILE",
        "",
        "Your own patterns to mask, see `earshot patterns`; by default `patterns.toml` beside the "
        "key.",
    ),
    Setting(
        "EARSHOT_NAMES",
        "auto",
        "`auto` finds names in running prose where the extra `names` is installed, `off` by "
        "rules only.",
    ),
    Setting(
        "EARSHOT_EDITORS",
        "",
        "Slack ids of those who may edit features in Slack, such as U012AB3CD,U0EF4GH5J; "
        "every full member by default.",
    ),
    Setting(
        "EARSHOT_TAGGERS",
        "",
        "Slack id of the user group whose people may tag insights, such as S012AB3CD, or ids of "
        "people; every full member by default.",
    ),
    Setting(
        "EARSHOT_NOTES_TOKEN",
        "",
        "Opens the webhook for notes of `earshot serve`: 16 characters or more, of your own.",
        secret=True,
    ),
    Setting("EARSHOT_TAG_EMOJI", "bulb", "Emoji that tags a ticket's post as an insight."),
    Setting(
        "EARSHOT_ANSWERS",
        "white_check_mark=knew it,open_mouth=surprised me,raising_hand=we own it,"
        "no_good=not a problem,hammer_and_wrench=fixed",
        "Which emoji gives which answer.",
    ),
    Setting(
        "EARSHOT_SEMANTIC",
        "auto",
        "`auto` reads meanings where the extra `semantic` is installed, `off` words only.",
    ),
    Setting("EARSHOT_MODEL", "", "Another sentence encoder: an ONNX file."),
    Setting(
        "EARSHOT_TOKENIZER",
        "",
        "Its tokenizer: JSON of the library `tokenizers`, or a BERT vocabulary.",
    ),
    Setting(
        "EARSHOT_NATIVE_BLOCKS",
        "auto",
        "`auto` shows trends as Slack's charts and rankings as its tables, as text where Slack "
        "refuses them; `off` as text always.",
    ),
    Setting(
        "EARSHOT_KEEP_TICKETS",
        "400",
        "Days after which a ticket is removed with all that was made of it; 0 keeps it for ever.",
    ),
    Setting(
        "EARSHOT_KEEP_ACTS",
        "90",
        "Days after which it is forgotten who did what with tickets; 0 keeps it for ever.",
    ),
    Setting(
        "EARSHOT_KEEP_AUDIT",
        "730",
        "Days after which an entry of the audit is removed; 0 keeps it for ever.",
    ),
    Setting("EARSHOT_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. Secrets do not show in its representation."""

    database_url: str = field(repr=False)
    key_file: Path
    api_url: str
    host: str
    port: int
    phone_regions: tuple[str, ...]
    own_domains: tuple[str, ...]
    editors: tuple[str, ...]
    taggers: tuple[str, ...]
    tag_emoji: str
    answers: Mapping[str, Answer]
    log_level: str
    patterns_file: Path | None = None
    names: bool = True
    semantic: bool = True
    native_blocks: bool = True
    keep_tickets: int = 400
    keep_acts: int = 90
    keep_audit: int = 730
    model: Path | None = None
    tokenizer: Path | None = None
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    notes_token: str = field(default="", repr=False)


def load(environment: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Settings from `environment` (the process's by default), over those in `env_file`.

    Raises `ConfigError` with every fault at once.
    """
    values = _from_file(env_file if env_file is not None else Path(".env"))
    values.update(os.environ if environment is None else environment)
    raw = {setting.name: values.get(setting.name) or setting.default for setting in SETTINGS}
    return _Reader(raw).settings()


def _from_file(file: Path) -> dict[str, str]:
    """The settings of a `.env` file; none where there is no such file."""
    if not file.exists():
        return {}
    try:
        with file.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file} cannot be read: {type(error).__name__}."]) from error
    known = {setting.name for setting in SETTINGS}
    faults = [f"{file}, line {b.original.line}: not NAME=VALUE" for b in bindings if b.error]
    faults += [
        f"{file}, line {binding.original.line}: there is no setting {binding.key}"
        for binding in bindings
        if binding.key and binding.key.startswith(("EARSHOT_", "SLACK_"))
        if binding.key not in known
    ]
    if faults:
        raise ConfigError(faults)
    return {key: value or "" for key, value in dotenv_values(file).items()}


class _Reader:
    """Turns raw values into settings and gathers what is wrong with them."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.raw = raw
        self.faults: list[str] = []

    def settings(self) -> Settings:
        url = self._read("DATABASE_URL", database_url)
        key_file = self.raw["EARSHOT_KEY_FILE"]
        key = Path(key_file).expanduser() if key_file else key_beside(url)
        settings = Settings(
            database_url=url or "",
            key_file=key,
            api_url=self._read("SLACK_API_URL", config_values.api_url) or "",
            host=self.raw["EARSHOT_HOST"],
            port=self._read("EARSHOT_PORT", config_values.port) or 0,
            phone_regions=self._read("EARSHOT_PHONE_REGIONS", config_redaction.regions) or (),
            own_domains=self._read("EARSHOT_OWN_DOMAINS", config_redaction.domains) or (),
            editors=self._read("EARSHOT_EDITORS", config_values.people) or (),
            taggers=self._read("EARSHOT_TAGGERS", config_values.taggers) or (),
            tag_emoji=self._read("EARSHOT_TAG_EMOJI", config_values.emoji) or "",
            answers=self._read("EARSHOT_ANSWERS", config_values.answers) or {},
            log_level=self._read("EARSHOT_LOG_LEVEL", config_values.log_level) or "",
            patterns_file=config_redaction.patterns_file(self.raw["EARSHOT_PATTERNS_FILE"], key),
            names=self._read("EARSHOT_NAMES", config_values.auto) or False,
            semantic=self._read("EARSHOT_SEMANTIC", config_values.auto) or False,
            native_blocks=self._read("EARSHOT_NATIVE_BLOCKS", config_values.auto) or False,
            keep_tickets=self._read("EARSHOT_KEEP_TICKETS", config_values.days) or 0,
            keep_acts=self._read("EARSHOT_KEEP_ACTS", config_values.days) or 0,
            keep_audit=self._read("EARSHOT_KEEP_AUDIT", config_values.days) or 0,
            model=self._read("EARSHOT_MODEL", config_values.file),
            tokenizer=self._read("EARSHOT_TOKENIZER", config_values.file),
            bot_token=self._read("SLACK_BOT_TOKEN", config_values.token("xoxb-")) or "",
            app_token=self._read("SLACK_APP_TOKEN", config_values.token("xapp-")) or "",
            signing_secret=self.raw["SLACK_SIGNING_SECRET"],
            notes_token=self._read("EARSHOT_NOTES_TOKEN", config_values.long_secret) or "",
        )
        if bool(self.raw["EARSHOT_MODEL"]) != bool(self.raw["EARSHOT_TOKENIZER"]):
            self.faults.append("EARSHOT_MODEL and EARSHOT_TOKENIZER: give both files, or neither")
        if self.faults:
            raise ConfigError(self.faults)
        return settings

    def _read(self, name: str, parse: Callable[[str], _T]) -> _T | None:
        try:
            return parse(self.raw[name])
        except ValueError as error:
            self.faults.append(f"{name}: {error}")
            return None
