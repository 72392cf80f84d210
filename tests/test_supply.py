"""What Earshot runs with: locked with hashes, under licences that are allowed, and listed so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from supply import audit, licences
from supply.locked import LOCKS, ROOT, Package, packages

PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==\S+ \\\n((?:    --hash=sha256:\w+.*\n)+)", re.M)
EVERY_LOCK = sorted(ROOT.glob("requirements*.txt"))


@pytest.fixture(scope="module")
def found() -> list[Package]:
    return packages()


@pytest.mark.parametrize("file", EVERY_LOCK, ids=lambda file: file.name)
def test_every_locked_package_has_hashes_and_no_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    pinned = PINNED.findall(text)
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.M)) > 0
    assert not re.search(r"https?://|file://|--index-url|--find-links|--trusted-host|@ ", text)


def test_the_list_of_licences_is_that_of_the_locks(found: list[Package]) -> None:
    written = licences.FILE.read_text(encoding="utf-8")
    assert written == licences.render(found), "`make licences` writes it"
    locked = "".join((ROOT / file).read_text(encoding="utf-8") for file in LOCKS.values())
    for name in re.findall(r"^([\w.-]+)==", locked, re.M):
        assert f"| `{name.lower().replace('_', '-').replace('.', '-')}` |" in written


def test_nothing_runs_under_a_licence_that_is_not_allowed(found: list[Package]) -> None:
    assert [one for one in found if licences.not_allowed(one.licence)] == []


@pytest.mark.parametrize(
    ("licence", "wrong"),
    [
        ("MIT", set()),
        ("Apache-2.0 OR GPL-3.0-only", set()),
        ("MIT AND AGPL-3.0-only", {"AGPL-3.0-only"}),
        ("GPL-2.0-only OR SSPL-1.0", {"GPL-2.0-only"}),
    ],
)
def test_of_alternatives_one_has_to_be_allowed_and_of_parts_all(
    licence: str, wrong: set[str]
) -> None:
    assert licences.not_allowed(licence) == wrong


def test_a_bill_of_materials_names_what_is_locked(
    found: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cyclonedx", reason="`make sbom` installs what it is written with")
    from supply import sbom

    file = tmp_path / "earshot.cdx.json"
    monkeypatch.setattr(sys, "argv", ["sbom.py", str(file)])
    assert sbom.main() == 0, "it is valid"
    bill = json.loads(file.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {(one["name"], one["version"]) for one in bill["components"]}
    assert named == {(one.name, one.version) for one in found}
    for one in bill["components"]:
        assert one["licenses"]
        assert one["externalReferences"][0]["hashes"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    bolt = next(ref for ref in needs["earshot"] if ref.startswith("slack-bolt=="))
    assert any(ref.startswith("slack-sdk==") for ref in needs[bolt])


# --- advisories: nothing counts as audited that was not answered for ---------------------------

ONE = {"name": "rich", "version": "1.0", "vulns": []}
SKIPPED = {"name": "mako", "skip_reason": "Dependency not found and could not be audited"}
BAD = {
    "name": "rich",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}],
}


@pytest.mark.parametrize(
    ("listed", "answered", "says"),
    [
        ([ONE], True, "1 packages, no known vulnerability"),
        ([ONE, SKIPPED], False, "NOT AUDITED"),
        ([SKIPPED], False, "1 of 1 packages were not answered for"),
        ([], False, "NOT AUDITED"),
        ([BAD, ONE], True, "VULNERABLE rich 1.0: PYSEC-1, fixed in 1.1"),
    ],
)
def test_what_was_not_answered_for_is_not_audited(
    listed: list[object], answered: bool, says: str
) -> None:
    result = audit.read("requirements.txt", json.dumps({"dependencies": listed, "fixes": []}), "")
    assert result.is_answered is answered
    assert says in audit.told(result)


def test_a_service_that_does_not_answer_is_said_to_be_so() -> None:
    result = audit.read("requirements.txt", "", "Traceback\nConnectionError: no route (secret)\n")
    assert not result.is_answered
    assert audit.told(result).endswith("could not be asked (ConnectionError: no route)\n")


@pytest.mark.parametrize(
    ("listed", "options", "code"),
    [([ONE], [], 0), ([SKIPPED], [], 0), ([SKIPPED], ["--strict"], 1), ([BAD], [], 1)],
)
def test_vulnerabilities_fail_and_silence_only_where_it_is_asked_to(
    listed: list[object], options: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = json.dumps({"dependencies": listed})
    monkeypatch.setattr(audit, "_asked", lambda _file, _service: (printed, ""))
    monkeypatch.setattr(sys, "argv", ["audit.py", *options])
    assert audit.main() == code
