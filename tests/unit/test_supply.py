"""What is locked is read whole, said as CycloneDX, and held against advisories kept by their day."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools import advisories, sbom
from tools.advisories import Accepted, affects, findings, kept, split, standing, take
from tools.locked import OURS, REQUIREMENTS, Locked, locked

TODAY = dt.date(2026, 11, 30)


def package(name: str = "toy-http", version: str = "2.1.0") -> Locked:
    return Locked(name, version, ("0" * 64,), "", (OURS,))


def record(*events: dict[str, str], versions: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """An advisory about a made-up package."""
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {
        "package": {"ecosystem": "PyPI", "name": "Toy.HTTP"},
        "ranges": ranges,
        "versions": [*versions],
    }
    return {"id": "TOY-2026-1", "summary": "Made up", "affected": [affected], **more}


FIXED = record({"introduced": "1.0"}, {"fixed": "2.1.1"}, aliases=["TOY-CVE-1"])


# What is locked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda p: p.name)
def test_every_lock_file_is_read_whole(path: Path) -> None:
    found = locked(path)
    lines = [line for line in path.read_text("utf-8").splitlines() if "==" in line and line[0].isalnum()]
    assert len(found) == len(lines) > 0
    assert sum(len(p.hashes) for p in found) == path.read_text("utf-8").count("--hash=sha256:")
    assert all(p.asked_by for p in found)


@pytest.mark.parametrize(
    ("text", "lacks"), [("toy==1.0\n    # via other\n", "no hash"), ("toy>=1.0 \\\n", "no version")]
)
def test_a_line_that_locks_nothing_is_refused_by_name(tmp_path: Path, text: str, lacks: str) -> None:
    path = tmp_path / "base.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"base.txt: toy has {lacks}. Lock it again"):
        locked(path)


# What the product is made of --------------------------------------------------------------------------


def test_the_bill_of_materials_is_valid_whole_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert [sbom.main(["--to", str(path)]) for path in (first, second)] == [0, 0]
    assert first.read_bytes() == second.read_bytes()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first.read_text("utf-8")) is None
    document = json.loads(first.read_text("utf-8"))
    packages = locked(REQUIREMENTS / "base.txt")
    assert {(c["name"], c["version"]) for c in document["components"]} == {
        (p.name, p.version) for p in packages
    }
    needs = {row["ref"]: row.get("dependsOn", []) for row in document["dependencies"]}
    assert f"pkg:pypi/django@{next(p.version for p in packages if p.name == 'django')}" in needs[OURS]
    # Another lock is another document, by its number too.
    other = json.loads(sbom.sbom(packages[1:], "0"))
    assert other["serialNumber"] != document["serialNumber"]


# Advisories -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "said", "is_affected"),
    [
        ("2.1.0", FIXED, True),
        ("2.1.1", FIXED, False),
        ("0.9", FIXED, False),
        ("1.0rc1", FIXED, False),
        ("1.0", FIXED, True),
        ("5.0", record({"introduced": "0"}), True),
        ("2.1.0", record({"introduced": "0"}, {"last_affected": "2.1.0"}), True),
        ("2.1.1", record({"introduced": "0"}, {"last_affected": "2.1.0"}), False),
        ("3.5", record({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "4.0"}), True),
        (
            "2.5",
            record({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "4.0"}),
            False,
        ),
        ("2.1.0", record(versions=("2.1",)), True),
        ("2.1.0", record(versions=("2.2",)), False),
    ],
)
def test_a_version_is_affected_as_osv_says(version: str, said: dict[str, Any], is_affected: bool) -> None:
    assert affects(said["affected"][0], version) is is_affected
    assert bool(findings([package(version=version)], [said])) is is_affected


def test_a_refusal_names_the_package_the_version_the_advisory_and_the_remedy() -> None:
    [found] = findings([package(), package("other")], [FIXED])
    assert str(found) == (
        "toy-http 2.1.0: TOY-2026-1, TOY-CVE-1: Made up. "
        "Lock 2.1.1 or later: requirements/compile.sh --upgrade-package toy-http"
    )
    [unmended] = findings([package()], [record({"introduced": "0"})])
    assert "No version that mends it is known" in str(unmended)
    assert findings([package()], [{**FIXED, "withdrawn": "2026-11-01T00:00:00Z"}]) == []


def test_a_remedy_is_never_a_version_that_is_affected_itself() -> None:
    twice = record({"introduced": "0"}, {"fixed": "2.2"}, {"introduced": "2.2"}, {"fixed": "2.3"})
    [found] = findings([package()], [twice])
    assert "Lock 2.3 or later" in found.remedy


def test_what_is_not_known_is_never_said_to_be_nothing() -> None:
    never = standing(None, TODAY, 150)
    old = standing(TODAY - dt.timedelta(days=31), TODAY, 150)
    fresh = standing(TODAY - dt.timedelta(days=30), TODAY, 150)
    assert never.startswith("Nothing is known of advisories: none were ever taken in.")
    assert old.startswith("Nothing is known of advisories of the last 31 days: ")
    assert "2026-10-30" in old
    assert (
        fresh == "As of 2026-10-31, 30 days ago, no advisory taken in names one of the 150 locked packages."
    )
    assert not any("vulnerabilit" in text.lower() for text in (never, old, fresh))


def test_what_is_accepted_ends_on_its_day() -> None:
    found = findings([package()], [FIXED])
    until = [Accepted("TOY-CVE-1", "It is called by no page.", TODAY + dt.timedelta(days=1))]
    refused, said = split(found, until, TODAY)
    assert refused == []
    assert said == ["Accepted until 2026-12-01: toy-http: TOY-CVE-1: It is called by no page."]
    assert split(found, until, TODAY + dt.timedelta(days=1)) == (found, [])


def test_records_are_taken_of_an_archive_for_what_is_locked_alone(tmp_path: Path) -> None:
    archive, to = tmp_path / "all.zip", tmp_path / "advisories.json"
    other = {"id": "TOY-2", "affected": [{"package": {"ecosystem": "npm", "name": "toy-http"}}]}
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("TOY-2026-1.json", json.dumps(FIXED))
        file.writestr("TOY-2.json", json.dumps(other))
    assert take(archive, TODAY, [package()], to) == 1
    assert kept(to) == (TODAY, [FIXED])
    before = to.read_bytes()
    (tmp_path / "bad.json").write_text('{"no": "id"}', "utf-8")
    with pytest.raises(
        advisories.NotReadableError, match=r"bad.json: is no record of OSV .*Nothing was taken in"
    ):
        take(tmp_path / "bad.json", TODAY, [package()], to)
    with pytest.raises(advisories.NotReadableError, match="cannot be read"):
        take(tmp_path / "gone.zip", TODAY, [package()], to)
    assert to.read_bytes() == before


def test_a_locked_version_that_is_named_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    django = next(p for p in locked(REQUIREMENTS / "base.txt") if p.name == "django")
    affected = [{"package": {"ecosystem": "PyPI", "name": "Django"}, "versions": [django.version]}]
    file = tmp_path / "advisories.json"
    file.write_text(
        json.dumps({"as_of": "2026-11-01", "advisories": [{"id": "TOY-3", "affected": affected}]}), "utf-8"
    )
    monkeypatch.setattr("tools.advisories.kept", lambda: kept(file))
    assert advisories.main([]) == 1
    said = capsys.readouterr().out
    assert f"django {django.version}: TOY-3: no summary given." in said
    assert said.endswith("1 refused, by advisories of 2026-11-01.\n")


def test_the_shipped_file_claims_nothing_that_nobody_took_in() -> None:
    as_of, records = kept()
    assert as_of is not None or records == []
