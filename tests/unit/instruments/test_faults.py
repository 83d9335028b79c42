"""Faults planted one by one: the loader names each, with file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lamplighter.instruments import checks, loading, rule_checks, versions
from lamplighter.instruments.versions import Licence, check_together, check_use
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import Report
from tests.unit.instruments.making import DAY

DATA = Path(__file__).parents[2] / "data" / "instruments"
BASE = (DATA / "base.toml").read_text("utf-8")
TABLE = tomllib.loads((DATA / "planted.toml").read_text("utf-8"))["fault"]
FILE = "example/1.toml"


def planted(row: dict[str, Any]) -> str:
    text = BASE
    for old, new in row["change"]:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_what_the_faults_are_planted_in_has_none() -> None:
    assert loading.faults(BASE, FILE) == ()


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_a_planted_fault_is_named_with_its_line_and_its_remedy(row: dict[str, Any]) -> None:
    found = loading.faults(planted(row), FILE)
    assert [f"[{fault.name}] {fault}" for fault in found] == row["says"]
    for fault in found:
        assert fault.file == FILE
        assert re.search(r"\bline \d", fault.place)
        assert fault.remedy
    with pytest.raises(RuleFileError):
        loading.load(planted(row), FILE)


def test_every_fault_that_the_checks_can_name_is_planted() -> None:
    source = "".join(Path(str(m.__file__)).read_text("utf-8") for m in (checks, rule_checks))
    calls = r'(?:report|within)\.add\(\s*"(\w+)"'
    can = set(re.findall(calls, source))
    planted_ones = {says[1:].partition("]")[0] for row in TABLE for says in row["says"]}
    assert can <= planted_ones
    assert len(planted_ones) >= 50


# Several files together ---------------------------------------------------------------------------------


def document(**changes: Any) -> dict[str, Any]:
    return tomllib.loads(BASE) | changes


def together(shipped: set[str] | None = None, **documents: dict[str, Any]) -> list[str]:
    named = {name.replace("__", "/") + ".toml": one for name, one in documents.items()}
    reports = {name: Report(name) for name in named}
    check_together(named, reports.__getitem__, shipped or set())
    return [f"{fault.name} {fault.file}" for report in reports.values() for fault in report.faults]


def test_a_file_lies_in_the_folder_of_its_instrument() -> None:
    assert together(example__1=document()) == []
    assert together(other__1=document()) == ["wrong_folder other/1.toml"]
    assert together(one=document()) == ["wrong_folder one.toml"]


def test_versions_do_not_overlap_and_no_version_is_there_twice() -> None:
    later = document(version="2", **{"from": DAY})
    assert together(example__1=document(), example__2=later) == ["overlap example/2.toml"]
    assert together(example__1=document(until=DAY), example__2=later) == []
    assert together(example__1=document(), example__2=document()) == ["repeated example/2.toml"]
    # What a hub supplies begins beside what is shipped, and the one that began last is begun.
    assert together({"example/1.toml"}, example__1=document(), example__2=later) == []


def test_a_code_is_never_used_again_for_something_else() -> None:
    items = [dict(item) for item in document()["item"]]
    items[1] = {"code": "how_often", "section": "first", "type": "words", "text": "How often?"}
    later = document(version="2", item=items, **{"from": DAY})
    assert together(example__1=document(until=DAY), example__2=later) == ["code_reused example/2.toml"]


def test_versions_that_are_referred_to_are_there() -> None:
    first = document(until=DAY)
    for changes in ({"replaces": "0"}, {"pool_with": ["0"]}):
        later = document(version="2", **changes, **{"from": DAY})
        assert together(example__1=first, example__2=later) == ["unknown_version example/2.toml"]
    backwards = document(until=DAY, replaces="2")
    later = document(version="2", **{"from": DAY})
    assert together(example__1=backwards, example__2=later) == ["replaces_later example/1.toml"]


def test_licensed_wording_is_not_shipped() -> None:
    licensed = document(licence="licensed")
    assert together({"example/1.toml"}, example__1=licensed) == ["licensed_wording_shipped example/1.toml"]
    assert together(example__1=licensed) == []


def used(
    one: dict[str, Any], *licences: Licence, before: dict[tuple[str, str], str] | None = None
) -> list[str]:
    report = Report("example/1.toml")
    check_use({"example/1.toml": one}, lambda name: report, licences, before or {}, DAY)
    return [f"{fault.name}: {fault.what}" for fault in report.faults]


def test_licensed_wording_is_refused_without_a_licence_that_holds() -> None:
    licensed = document(licence="licensed")
    held = Licence("example", "The authors", "L-1", DAY, None)
    ended = Licence("example", "The authors", "L-1", DAY.replace(year=2025), DAY)
    others = Licence("other", "The authors", "L-1", DAY, None)
    none = ["no_licence: no licence is recorded, and its wording is copyrighted."]
    assert used(licensed) == none
    assert used(licensed, others) == none
    # “until” is the first day on which it does not hold.
    assert used(licensed, ended) == ["no_licence: its licence has ended, and its wording is copyrighted."]
    assert used(licensed, held) == []
    assert used(document()) == []
    del licensed["item"]
    assert used(licensed) == []


def test_a_version_that_was_answered_is_not_edited() -> None:
    first = document()
    before = {("example", "1"): loading.digest(first)}
    assert used(first, before=before) == []
    # When it ends, and who looks after it, are not what it says.
    assert used(document(until=DAY, upkeep={}), before=before) == []
    edited = document()
    edited["item"][0]["text"] = "Was it seen at all?"
    assert used(edited, before=before) == [
        "edited_after_use: version “1” has been answered, and reads otherwise now."
    ]


def test_every_fault_between_files_is_tested_here() -> None:
    names = set(re.findall(r'\.add\(\s*"(\w+)"', Path(str(versions.__file__)).read_text("utf-8")))
    here = Path(__file__).read_text("utf-8")
    assert len(names) == 9
    assert all(f'"{name} ' in here or f'"{name}:' in here for name in names)


def test_what_is_shipped_has_no_fault_alone_or_together() -> None:
    texts = loading.shipped_texts()
    assert {name: loading.faults(text, name) for name, text in texts.items()} == dict.fromkeys(texts, ())
    reports = {name: Report(name, text) for name, text in texts.items()}
    check_together({n: tomllib.loads(t) for n, t in texts.items()}, reports.__getitem__, set(texts))
    assert [fault for report in reports.values() for fault in report.faults] == []


def test_only_open_instruments_are_shipped_with_their_wording() -> None:
    made = [loading.load(text, name) for name, text in loading.shipped_texts().items()]
    assert sorted(one.code for one in made if one.usable) == ["four", "moving_on"]
    licensed = ["core_om", "dara", "dash", "s-dash", "sam", "sash", "srp", "sst"]
    assert sorted(one.code for one in made if one.licensed) == licensed
    assert {one.licence for one in made if one.usable} == {"open"}


def test_every_effect_that_is_shipped_has_a_source_and_its_figures() -> None:
    made = loading.load(loading.shipped_texts()["four/1.toml"], "four/1.toml")
    effects = [(item.code, effect) for item in made.items for effect in item.effects]
    assert all(effect.source for _, effect in effects)
    # As in the operating model, 3.3.
    assert {code: (e.size, e.low, e.high) for code, e in effects if e.measure == "phi"} == {
        "threats": (0.26, 0.08, 0.44),
        "prior_intimate": (0.32, -0.05, 0.69),
        "violence_history": (0.25, -0.03, 0.53),
        "substances": (0.19, 0.17, 0.21),
        "criminal_history": (0.12, -0.25, 0.49),
    }
