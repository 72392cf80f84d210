"""Writes a software bill of materials, CycloneDX 1.6 in JSON, of what Earshot runs with.

It needs no network: names, versions and hashes are those of the lock files, licences and who needs
whom those that the installed packages tell. The library that writes it also validates it.

    python supply/sbom.py [FILE]
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from supply.locked import ROOT, Package, packages

DEFAULT: Final = ROOT / "build" / "earshot.cdx.json"


def bill(found: list[Package], version: str) -> Bom:
    """The bill of these packages; those of an extra are optional."""
    licences = LicenseFactory()
    made = {one.name: _component(one, licences) for one in found}
    root = Component(
        name="earshot",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="earshot",
        licenses=[licences.make_from_string("Apache-2.0")],
    )
    bom = Bom(components=made.values())
    bom.metadata.component = root
    needed = {name for one in found for name in one.needs}
    direct = _asked_for() | (set(made) - needed)
    bom.register_dependency(root, [made[name] for name in sorted(direct & set(made))])
    for one in found:
        bom.register_dependency(made[one.name], [made[name] for name in one.needs])
    return bom


def _component(one: Package, licences: LicenseFactory) -> Component:
    purl = PackageURL("pypi", None, one.name, one.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in one.hashes]
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(str(purl)),
        comment="one of these files, as locked",
        hashes=hashes,
    )
    return Component(
        name=one.name,
        version=one.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{one.name}=={one.version}",
        purl=purl,
        scope=ComponentScope.OPTIONAL if one.extra else ComponentScope.REQUIRED,
        licenses=[licences.make_from_string(one.licence)],
        external_references=[files],
        properties=[Property(name="earshot:extra", value=one.extra)] if one.extra else [],
    )


def _asked_for() -> set[str]:
    """What `pyproject.toml` names to run with."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *extras["semantic"], *extras["postgres"]]
    return {canonicalize_name(Requirement(one).name) for one in named}


def main() -> int:
    """Write it, and say where; 1 where it is not valid."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = packages()
    written = JsonV1Dot6(bill(found, project["version"])).output_as_string(indent=2)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    if fault is not None:
        sys.stderr.write(f"The bill is not valid: {fault}\n")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written + "\n", encoding="utf-8")
    sys.stdout.write(f"{file} names {len(found)} packages (CycloneDX 1.6, valid).\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
