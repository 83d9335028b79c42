"""Write what the product is made of, as CycloneDX JSON: every package that ``requirements/base.txt`` locks.

python -m tools.sbom [--lock FILE] [--to FILE]

The same lock gives the same bytes: there is no time in it, and its number is made of what it says.
"""

from __future__ import annotations

import argparse
import json
import tomllib
import uuid
from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from tools.locked import OURS, REQUIREMENTS, Locked, locked

ROOT = REQUIREMENTS.parent


def component(package: Locked) -> Component:
    """Return a package with the hashes of its files, one of which is installed, and where it is installed."""
    purl = PackageURL("pypi", name=package.name, version=package.version)
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in package.hashes],
        properties=[Property(name="python:marker", value=package.marker)] if package.marker else (),
    )


def sbom(packages: Sequence[Locked], version: str) -> str:
    """Return the whole document, of the product at ``version``."""
    product = Component(type=ComponentType.APPLICATION, name=OURS, version=version, bom_ref=OURS)
    made = [component(package) for package in packages]
    bom = Bom(components=made)
    bom.metadata.component = product
    for one in (*made, product):
        bom.register_dependency(
            one, [m for m, p in zip(made, packages, strict=True) if one.name in p.asked_by]
        )
    document = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    del document["metadata"]["timestamp"], document["serialNumber"]
    told = json.dumps(document, sort_keys=True)
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, told).urn
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lock", type=Path, default=REQUIREMENTS / "base.txt")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "sbom.cdx.json")
    asked = parser.parse_args(arguments)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    packages = locked(asked.lock)
    asked.to.parent.mkdir(parents=True, exist_ok=True)
    asked.to.write_text(sbom(packages, version), "utf-8")
    print(f"{asked.to}: {len(packages)} packages of {asked.lock.name}, as CycloneDX 1.6.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
