"""Holds architecture, manifest and documents to the code."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from rich.console import Console

from bot import scopes
from bot.blocks import friction as screens
from bot.blocks import kit
from bot.cli import app as command_line
from bot.config import SETTINGS, load
from bot.demo.stage import Stage
from bot.demo.story import TODAY
from bot.listeners import register_all
from bot.reports import FrictionReport, Right
from bot.service import friction, policy
from bot.terminal import show
from doors import Recorder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

# --- architecture ---------------------------------------------------------------------------

# A module may import what stands in a lower line. Within the edges the order is their own.
LAYERS = [
    ["bot.__main__"],
    ["bot.cli"],
    ["bot.cli_catalogue", "bot.cli_upkeep"],
    [
        "bot.cli_ingest",
        "bot.cli_features",
        "bot.cli_doctor",
        "bot.cli_themes",
        "bot.cli_reread",
        "bot.cli_accuracy",
        "bot.cli_alarms",
        "bot.cli_audit",
        "bot.cli_backup",
        "bot.cli_effect",
        "bot.cli_posts",
        "bot.cli_patterns",
        "bot.cli_leak",
        "bot.cli_forget",
    ],
    ["bot.cli_shared"],
    ["bot.demo"],
    ["bot.transports", "bot.doctor"],
    ["bot.doctor_masking", "bot.doctor_retention", "bot.doctor_storage"],
    ["bot.web"],
    ["bot.web_notes"],
    ["bot.app", "bot.intake"],
    ["bot.listeners"],
    [
        "bot.clock",
        "bot.terminal",
        "bot.json_reports",
        "bot.json_upkeep",
        "bot.json_forget",
        "bot.csv_export",
        "bot.analyze",
    ],
    ["bot.outbox", "bot.threads", "bot.reaction_sweep"],
    ["bot.outcomes", "bot.guard"],
    ["bot.native_blocks", "bot.refusals", "bot.history"],
    ["bot.directory", "bot.json_lines"],
    ["bot.service"],
    ["bot.logs"],
    ["bot.blocks", "bot.voice"],
    ["bot.sources", "bot.semantic", "storage"],
    ["bot.config", "bot.scopes"],
    ["bot.config_values"],
    ["bot.config_redaction"],
    ["bot.reports", "bot.errors", "bot.config_database", "bot.limits", "bot.strict_json"],
]
SIDEWAYS = {
    ("bot.analyze", "bot.json_reports"),
    ("bot.json_upkeep", "bot.json_reports"),
    ("bot.json_forget", "bot.json_reports"),
}
PURE = {"bot.blocks": {"bot.reports"}, "bot.voice": {"bot.reports"}}
NOT_IN_PURE = {"time", "os", "io", "socket", "pathlib", "urllib.request", "sqlite3", "logging"}
IN_STORAGE = {"sqlmodel", "sqlalchemy", "alembic", "numpy", "storage"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path.name}: a relative import"
            assert not node.level, f"{path.name}: a relative import"
            found.update({node.module} | {f"{node.module}.{a.name}" for a in node.names})
    return found


def layer_of(module: str) -> int | None:
    for position, names in enumerate(LAYERS):
        if any(module == name or module.startswith(name + ".") for name in names):
            return position
    return None


def family(module: str) -> str:
    return (
        ".".join(module.split(".")[:2])
        if module.startswith("bot.")
        else module.split(".", maxsplit=1)[0]
    )


@pytest.mark.parametrize(
    ("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_arrows_point_down(module: str, path: Path) -> None:
    if module in ("bot", "storage"):
        return
    own = layer_of(module)
    assert own is not None, f"{module} has no place in the architecture"
    for imported in imports(path):
        other = layer_of(imported)
        if other is None or family(imported) == family(module):
            continue
        allowed = other > own or (module, family(imported)) in SIDEWAYS
        assert allowed, f"{module} imports {imported}, which stands beside or above it"


@pytest.mark.parametrize("layer", ["bot.blocks", "bot.voice"])
def test_the_middle_is_pure(layer: str) -> None:
    for module, path in modules():
        if family(module) != layer:
            continue
        for imported in imports(path):
            if imported.startswith(("bot.", "storage")) and family(imported) != layer:
                allowed = any(imported.startswith(name) for name in PURE[layer])
                assert allowed, f"{module} imports {imported}"
            assert imported.split(".")[0] not in {"slack_sdk", "slack_bolt", "sqlalchemy"}
            assert imported not in NOT_IN_PURE, f"{module} imports {imported}"


def test_storage_imports_its_tools_and_the_standard_library_only() -> None:
    for module, path in modules():
        if family(module) != "storage":
            continue
        for imported in imports(path):
            top = imported.split(".")[0]
            allowed = top in IN_STORAGE or top in sys.stdlib_module_names
            assert allowed, f"{module} imports {imported}"


def test_only_the_outbox_posts_edits_and_deletes() -> None:
    for module, path in modules():
        if module in ("bot.outbox", "bot.scopes") or module.startswith("bot.demo"):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"chat_(postMessage|update|delete)", text), module


# Where nothing stands above that could do better: the error door, the door to the web, the clock;
# and where a text would be shown, or keep others back, if anything got past: redaction.
LAST_RESORTS = {
    "bot.app": 1,
    "bot.clock": 2,
    "bot.intake": 1,
    "bot.logs": 1,
    "bot.demo.world": 1,
    "bot.service.digest_due": 1,
    "bot.voice.redact": 1,
}


def test_every_exception_is_caught_in_the_last_resorts_only() -> None:
    broad = {
        module: len(re.findall(r"except Exception\b|except:", path.read_text("utf-8")))
        for module, path in modules()
    }
    assert {module: count for module, count in broad.items() if count} == LAST_RESORTS


def test_modules_and_functions_can_be_held_in_the_head() -> None:
    large = []
    for module, path in modules():
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > 300:
            large.append(f"{module}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > 55:
                    large.append(f"{module}.{node.name}: {length} lines")
    assert large == []


# --- the manifest ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registered() -> dict[str, list[str]]:
    recorder = Recorder()
    register_all(recorder, None)  # type: ignore[arg-type]
    return recorder.seen


def test_the_manifest_names_the_commands_that_are_registered(
    registered: dict[str, list[str]],
) -> None:
    named = {command["command"] for command in MANIFEST["features"]["slash_commands"]}
    assert named == set(registered["command"])


def test_the_manifest_names_the_shortcuts_that_are_registered(
    registered: dict[str, list[str]],
) -> None:
    named = {shortcut["callback_id"] for shortcut in MANIFEST["features"]["shortcuts"]}
    assert named == set(registered["message_shortcut"])


def test_the_manifest_subscribes_to_the_events_that_are_listened_to(
    registered: dict[str, list[str]],
) -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    # Slack names an event of messages by where it subscribes to them: "message.im".
    assert {name.partition(".")[0] for name in subscribed} == set(registered["event"])


def test_every_button_and_modal_has_a_listener(registered: dict[str, list[str]]) -> None:
    actions = {value for name, value in vars(kit).items() if name.startswith("ACTION_")}
    named = [value for name, value in vars(kit).items() if name.startswith("VIEW_")]
    views = {value for value in named if isinstance(value, str)}
    shown_only = {
        kit.VIEW_TICKET,
        kit.VIEW_TICKETS,
        kit.VIEW_NOTICE,
        kit.VIEW_THEMES,
        kit.VIEW_DIGEST_WHY,
        kit.VIEW_TOLD,
        kit.VIEW_EFFECT,
        kit.VIEW_DIGEST_LESS,
    }
    heard = registered["action"]
    assert [one for one in actions if not any(re.fullmatch(name, one) for name in heard)] == []
    assert [name for name in heard if not any(re.fullmatch(name, one) for one in actions)] == []
    assert views - shown_only == set(registered["view"])


def called_methods() -> set[str]:
    """Web API methods that the code calls, by the names of the SDK's methods."""
    names = {method.replace(".", "_"): method for method in scopes.METHODS}
    families = "apps|auth|chat|conversations|reactions|team|usergroups|users|views"
    pattern = re.compile(rf"\.((?:{families})_[a-zA-Z_]+)\(")
    found = set()
    for module, path in modules():
        if module.startswith("bot.demo"):
            continue
        for name in pattern.findall(path.read_text(encoding="utf-8")):
            found.add(names.get(name, name))
    return found


def test_the_methods_that_are_called_are_those_that_the_scopes_are_for() -> None:
    # Socket Mode's client opens connections by itself as well.
    assert called_methods() == set(scopes.METHODS)


def test_the_manifest_asks_for_the_scopes_that_are_used_and_no_others() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]
    assert asked["bot"] == sorted(scopes.REQUIRED)
    assert asked["bot_optional"] == sorted(scopes.OPTIONAL)
    needed = {scope for scope in scopes.METHODS.values() if scope}
    needed |= {"commands", "app_mentions:read", "im:history", "reactions:read"}
    needed |= {scope.replace("channels:", "groups:") for scope in needed if "channels:" in scope}
    assert needed == set(scopes.REQUIRED) | set(scopes.OPTIONAL)


def text(most: int, least: int = 1) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


SCOPE_LIST = {"type": "array", "items": text(100), "maxItems": 255, "uniqueItems": True}
EVENT_LIST = {"type": "array", "items": text(100), "maxItems": 100, "uniqueItems": True}
SWITCH = {"type": "boolean"}
SCHEMA = closed(
    ["display_information"],
    _metadata={"type": "object"},
    display_information=closed(
        ["name"],
        name=text(35),
        description=text(140),
        long_description=text(4_000, 175),
        background_color={"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
    ),
    features=closed(
        [],
        app_home=closed(
            [],
            home_tab_enabled=SWITCH,
            messages_tab_enabled=SWITCH,
            messages_tab_read_only_enabled=SWITCH,
        ),
        bot_user=closed(["display_name"], display_name=text(80), always_online=SWITCH),
        slash_commands={
            "type": "array",
            "maxItems": 50,
            "items": closed(
                ["command", "description"],
                command={"type": "string", "maxLength": 32, "pattern": "^/"},
                description=text(2_000),
                usage_hint=text(1_000),
                should_escape=SWITCH,
                url=text(3_000),
            ),
        },
        shortcuts={
            "type": "array",
            "maxItems": 10,
            "items": closed(
                ["name", "type", "callback_id", "description"],
                name=text(24),
                type={"enum": ["message", "global"]},
                callback_id=text(255),
                description=text(150),
            ),
        },
    ),
    oauth_config=closed(["scopes"], scopes=closed([], bot=SCOPE_LIST, bot_optional=SCOPE_LIST)),
    settings=closed(
        [],
        event_subscriptions=closed([], bot_events=EVENT_LIST, request_url=text(3_000)),
        interactivity=closed(["is_enabled"], is_enabled=SWITCH, request_url=text(3_000)),
        org_deploy_enabled=SWITCH,
        socket_mode_enabled=SWITCH,
        token_rotation_enabled=SWITCH,
    ),
)


def test_the_manifest_keeps_the_rules_of_slacks_published_schema() -> None:
    jsonschema.validate(MANIFEST, SCHEMA)


def test_a_manifest_with_an_unknown_key_would_be_found() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(MANIFEST | {"colour": "blue"}, SCHEMA)


# --- documents ------------------------------------------------------------------------------


def cells(first: str) -> list[list[str]]:
    """The rows of the README's table whose header begins with `first`."""
    lines = README.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_readme_lists_every_command() -> None:
    groups = {group.name: group.typer_instance for group in command_line.registered_groups}
    names = {
        command.name or str(getattr(command.callback, "__name__", "")).replace("_", "-")
        for command in command_line.registered_commands
    }
    names |= {str(name) for name in groups}
    listed = {re.findall(r"`earshot (\w+)", row[0])[0] for row in cells("Command")}
    assert listed == names


def test_the_readme_lists_every_setting_with_its_default() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in cells("Setting")}
    assert listed == {setting.name: setting.default for setting in SETTINGS}


def test_the_example_settings_are_all_settings() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^#? ?([A-Z_]+)=", example, re.M) == [s.name for s in SETTINGS]


def test_the_readme_gives_a_reason_for_every_scope() -> None:
    listed = {row[0].strip("`"): row[1] for row in cells("Scope")}
    assert listed == scopes.REQUIRED | {
        scope: f"optional: {why}" for scope, why in scopes.OPTIONAL.items()
    }


def test_the_readme_says_of_every_deed_who_may_do_it() -> None:
    listed = {row[0].strip("`"): row[1] for row in cells("Deed")}
    assert list(listed) == [right.value for right in Right]
    for right in Right:
        who = listed[right.value]
        assert ("nobody in Slack" in who) == (right in policy.OPERATORS)
        in_channel = right in (Right.CONFIGURE, Right.SHARE)
        assert who.startswith("members of the channel") == in_channel
    few = {right for right in Right if policy.named(TIGHT, right)}
    assert {right for right in Right if "or only `EARSHOT_" in listed[right.value]} == few


TIGHT = load(
    {"EARSHOT_TAGGERS": "S0PM", "EARSHOT_EDITORS": "U0PM", "EARSHOT_KEY_FILE": "no.key"},
    env_file=Path("no.env"),
)


def test_the_readme_says_why_for_every_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = sum(project["optional-dependencies"].values(), project["dependencies"])
    names = {re.split(r"[<>=\[;]", spec)[0].strip() for spec in wanted}
    pinned = (ROOT / "requirements-names.txt").read_text(encoding="utf-8")
    names |= set(re.findall(r"^([\w-]+)==", pinned, re.M))
    listed = {name.strip("` ") for row in cells("Package") for name in row[0].split(",")}
    assert listed == names


def test_what_the_readme_names_in_its_layout_is_there() -> None:
    layout = README.split("## Layout")[1].split("```")[1]
    named = re.findall(r"^(\S+/?)\s{2,}", layout, re.M)
    assert len(named) > 15
    for name in named:
        for part in name.split("·"):
            assert (ROOT / part.strip()).exists(), part


def test_the_files_that_the_readme_points_to_are_there() -> None:
    named = set(re.findall(r"`((?:[\w.]+/)*[\w-]+\.(?:md|py|yml|toml|txt))`", README))
    assert "bench/README.md" in named
    ours = named - {"features.toml", "patterns.toml"}
    assert [name for name in sorted(ours) if not (ROOT / name).exists()] == []


def test_the_readme_opens_with_what_the_demo_answers(full_stage: Stage) -> None:
    report = friction.ask(full_stage.context, "checkout", TODAY)
    assert isinstance(report, FrictionReport)
    shown = io.StringIO()
    show(screens.render(report), Console(file=shown, width=100))
    answer = README.split("```")[1].strip().splitlines()
    wanted = [line for line in answer if line and not line.startswith(("[", "…"))]
    assert [line for line in wanted if line not in shown.getvalue()] == []


def test_nothing_names_this_machine_or_a_registry() -> None:
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    forbidden = re.compile("/wo" + "rk/|/opt/" + "pypi|pypi" + r"\.org|files\.python" + "hosted")
    for name in tracked:
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".txt", ".yml", ".json", ""}:
            assert not forbidden.search(path.read_text(encoding="utf-8")), name


@pytest.mark.parametrize("name", ["SECURITY.md", "PRIVACY.md"])
def test_what_is_promised_names_tests_and_commands_that_are_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    files = set(re.findall(r"`((?:[\w.]+/)+[\w-]+\.(?:md|py))`", text))
    assert [each for each in sorted(files) if not (ROOT / each).exists()] == []
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= set(targets)
