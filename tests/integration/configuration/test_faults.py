"""What is wrong with a configuration file is named: the file, the place in it, and what to do."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.hub.cases import configuration as cases
from lamplighter.hub.configuration import checks, rendering
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.faults import ConfigurationError
from lamplighter.hub.site.config_files.part import parts
from lamplighter.hub.site.config_files.reading import LARGEST, Reading
from lamplighter.rule_files.schema import Report, check
from tests.integration.configuration import files

TABLE = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))["fault"]


def told(folder: Path) -> list[str]:
    return [f"[{fault.name}] {fault}" for fault in files.faults(folder)]


def test_what_is_shipped_has_no_error() -> None:
    assert Reading(None).faults(parts()) == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_the_error_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    changes = [(old, new) for old, new in row["change"]]
    files.write(tmp_path, **{row["part"].replace("/", "__"): files.changed(row["part"], *changes)})
    assert told(tmp_path) == row["says"]
    with pytest.raises(ConfigurationError) as raised:
        _ = Reading(tmp_path).state(files.part(row["part"].partition("/")[0])).documents
    assert all(says.partition("] ")[2] in str(raised.value) for says in row["says"])


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 30
    kinds = {says.partition("]")[0] for row in TABLE for says in row["says"]}
    assert len(kinds) >= 30


def test_a_file_that_is_no_part(tmp_path: Path) -> None:
    srp = files.shipped("instruments/srp/name-only")
    files.write(tmp_path, clocks="x = 1", other="x = 1", instruments__srp__mine=srp)
    (tmp_path / "measures").mkdir()
    (tmp_path / "instruments" / "srp" / "mine.json").write_text("{}")
    no_part = "this is not a part of the configuration."
    listed = ", ".join(sorted(part.file for part in parts()))
    assert told(tmp_path) == [
        f"[not_a_part] clocks.toml: {no_part} Did you mean cases.toml? Rename it, or remove it.",
        f"[not_a_part] instruments/srp/mine.json: {no_part} Only files that end in .toml are read here. "
        "Remove it.",
        f"[not_a_part] measures: {no_part} Did you mean instruments? Rename it, or remove it.",
        f"[not_a_part] other.toml: {no_part} The parts are {listed}. Rename it, or remove it.",
    ]


def test_what_lies_beside_the_parts_is_left_alone(tmp_path: Path) -> None:
    """Copies that an editor or a careful person leaves, papers, and what other contexts read."""
    for name in (
        "cases.toml~",
        "cases.toml.2026-11-01",
        "gate.toml.bak",
        "README.md",
        "#cases.toml#",
        ".git",
    ):
        (tmp_path / name).write_text("anything")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "ours.toml").write_text("[not for us]")
    assert told(tmp_path) == []
    assert not any(Reading(tmp_path).state(part).own for part in parts())


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").mkdir()
    (tmp_path / "overdue.toml").symlink_to(tmp_path / "nowhere.toml")
    (tmp_path / "training.toml").write_bytes(b'[[topic]]\nname = "Caf\xe9"\n')
    (tmp_path / "sharing.toml").write_text("# " + "x" * LARGEST)
    (tmp_path / "cases.toml").write_text("a = " + "[" * 3_000)
    (tmp_path / "rights.toml").write_text("a = " + "9" * 5_000)
    remedy = "It must be a file that the user who runs the hub may read."
    assert sorted(told(tmp_path)) == [
        "[not_utf8] training.toml, line 2: the text is not in UTF-8. Save the file with the encoding UTF-8.",
        "[syntax] cases.toml: lists are nested too deeply. Take them apart.",
        "[syntax] rights.toml: a number is too long to be read. Shorten it.",
        "[too_large_file] sharing.toml: the file is larger than 250 kB. Shorten it.",
        f"[unreadable] gate.toml: cannot be read (is a directory). {remedy}",
        f"[unreadable] overdue.toml: cannot be read (no such file or directory). {remedy}",
    ]


def test_a_file_in_the_place_of_the_questionnaires(tmp_path: Path) -> None:
    (tmp_path / "instruments").write_text("code = 'core_om'")
    assert told(tmp_path) == [
        "[not_a_part] instruments: this is not a part of the configuration. It must be a folder. Rename it, "
        "or remove it."
    ]


def test_nothing_is_taken_from_the_package_where_the_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="gone: cannot be read"):
        _ = Reading(tmp_path / "gone").state(cases.PART).document


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert told(tmp_path / "gone") == [
        "[unreadable] gone: cannot be read (no such file or directory). It must be a file that the user who "
        "runs the hub may read."
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_file_of_somebody_else(tmp_path: Path) -> None:
    files.write(tmp_path, cases=files.shipped("cases"))
    (tmp_path / "cases.toml").chmod(0)
    assert "permission denied" in told(tmp_path)[0]


def test_two_questionnaires_that_are_one(tmp_path: Path) -> None:
    mine = files.changed("instruments/moving_on/1", ('version = "1"', 'version = "2"'))
    files.write(tmp_path, instruments__moving_on__a=mine, instruments__moving_on__b=mine)
    assert told(tmp_path) == [
        "[repeated] instruments/moving_on/b.toml, key version (line 5): “moving_on”, version “2”, is in "
        "instruments/moving_on/a.toml too. Remove one of the two, or give it another version."
    ]


def test_a_file_of_an_instrument_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    mine = files.changed("instruments/moving_on/1", ('version = "1"', 'version = "2"'))
    files.write(tmp_path, instruments__two=mine)
    assert told(tmp_path) == [
        "[wrong_folder] instruments/two.toml, key code (line 3): it is the file of “moving_on”, and not in a "
        "folder of that name. Put it at moving_on/two.toml."
    ]


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_error(tmp_path: Path) -> None:
    text = files.shipped("cases").replace("\n", "\r\n")
    (tmp_path / "cases.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert told(tmp_path) == []


def test_a_broken_gate_does_not_hide_the_errors_of_programmes(tmp_path: Path) -> None:
    """Footings are not compared with a gate that is broken itself: the first error is the one to mend."""
    files.write(tmp_path, gate="[[rule]", programmes=files.changed("programmes", ('["volunteer"', '["vol"')))
    assert [says.partition(",")[0] for says in told(tmp_path)] == ["[syntax] gate.toml"]


def test_the_check_of_django_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(tmp_path, cases=files.changed("cases", ("working_days = 2", "working_days = 0")))
    monkeypatch.setattr(reading, "_running", Reading(tmp_path))
    assert checks.the_configuration_is_sound(None) == [
        Error(
            "cases.toml, [[clock]] 1 “case.triage” (line 117), key working_days: "
            "must be 1 or more, and is 0.",
            hint="Correct the number.",
            id="configuration.not_positive",
        )
    ]


def test_pages_of_time_limits_are_pages_of_a_case() -> None:
    from uuid import UUID

    from django.urls import reverse

    for name in cases.PAGES:
        assert reverse(name, kwargs={"key": UUID(int=0)})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.dates() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.data(), name=st.sampled_from(sorted(p.name for p in parts() if not p.is_folder)))
@settings(max_examples=60)
def test_whatever_stands_in_a_file_an_error_is_named_and_nothing_is_raised(
    data: st.DataObject, name: str
) -> None:
    """One value of a shipped document is replaced by anything. It can be checked, and shown as it is."""
    part = files.part(name)
    document = tomllib.loads(files.shipped(name))
    _replace(document, data)
    report = Report(part.file)
    check(part.schema, document, report, part.shipped_document())
    if part.rules and not report.faults:
        part.rules(document, report, Reading(None))
    assert all(fault.what and fault.remedy for fault in report.faults)
    rendering.sections(part, {part.file: document}, dt.date(2026, 11, 29))


def _replace(document: Any, data: st.DataObject) -> None:
    """Go down to some value, and put anything in its place."""
    here = document
    while True:
        keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        key = data.draw(st.sampled_from(keys))
        inner = here[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 4)):
            here = inner
            continue
        here[key] = data.draw(JUNK)
        return
