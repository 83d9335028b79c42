"""Six rules that people ask about stand in one place each, and what follows from them follows from there."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from importlib.resources import files as resources
from pathlib import Path

import numpy as np
import pytest

from lamplighter.courses import rules as course_rules
from lamplighter.courses.assemble import courses
from lamplighter.disclosure import profiles
from lamplighter.hub.access.wall import partitions
from lamplighter.hub.access.wall import row_security as wall
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.cases import rules as case_rules
from lamplighter.hub.victim_side import rules as victim_rules
from lamplighter.hub.victim_side import selectors
from lamplighter.hub.victim_side.services import standing_by
from lamplighter.linkage.comparisons import comparison_levels
from lamplighter.linkage.comparisons.comparison_vectors import Scorer
from lamplighter.linkage.features.record_features import prepare
from lamplighter.rule_files import reading
from lamplighter.vocabulary import supplied, upkeep, working_days
from tests.integration.configuration import files
from tests.integration.configuration.conftest import Start
from tests.integration.victim_side import making
from tests.integration.victim_side.making import london, told
from tests.unit.courses.bundles import Writer, day
from tests.unit.linkage.made_up import one, people

ROOT = Path(__file__).resolve().parents[3]
SRC = ROOT / "src" / "lamplighter"
PAGE = ROOT / "docs" / "change-a-rule.md"
# What is asked, as docs/change-a-rule.md asks it, and the one file that the search finds.
SEARCHES = {
    "Two incidents make a course": ("occasions = 2", "courses/rules.toml"),
    "When two surnames agree": ('title = "surname the same"', "linkage/comparisons/levels.toml"),
    "Day 1, 3 and 7": ("days = [1, 3, 7]", "hub/victim_side/rules.toml"),
    "Who reads a police note": (
        "Investigators, stalking leads and coordinators of a police force",
        "hub/access/wall/partitions.py",
    ),
    "The smallest cell": ("threshold = 10", "disclosure/profiles.toml"),
    "The working day ends": ('at = "17:00"', "vocabulary/working_days.toml"),
}
KINDS = {".py", ".toml", ".sql", ".html"}


def in_src(words: str) -> list[str]:
    texts = (p for p in SRC.rglob("*") if p.suffix in KINDS and "migrations" not in p.parts)
    return sorted(p.relative_to(SRC).as_posix() for p in texts if words in p.read_text("utf-8"))


@pytest.mark.parametrize("asked", SEARCHES)
def test_one_search_finds_the_one_place_of_a_rule(asked: str) -> None:
    words, place = SEARCHES[asked]
    assert in_src(words) == [place]
    said = PAGE.read_text("utf-8")
    assert all(text in said for text in (asked, words, place))


@pytest.fixture
def course_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Run on the rules of courses with one text in place of another."""
    shipped = upkeep.packaged

    def change(old: str, new: str) -> None:
        text = resources("lamplighter.courses").joinpath("rules.toml").read_text("utf-8")
        assert text.count(old) == 1
        changed = upkeep.parsed(text.replace(old, new), "rules.toml")

        def packaged(package: str, path: str) -> upkeep.RuleFile:
            return (
                changed
                if (package, path) == ("lamplighter.courses", "rules.toml")
                else shipped(package, path)
            )

        monkeypatch.setattr(upkeep, "packaged", packaged)
        course_rules.forget()

    yield change
    monkeypatch.undo()
    course_rules.forget()


def test_two_incidents_make_a_course(course_rule: Callable[[str, str], None]) -> None:
    w = Writer()
    for n, ref in enumerate(("R1", "R2")):
        w.report(
            ref, day(30 * n), "He followed her home from work again.", "Ana", "Bo", relationship="ex_partner"
        )

    def found() -> tuple[str, bool]:
        (row,) = courses(w.bundle(), w.linked(), as_at=day(90)).courses.iter_rows(named=True)
        return row["kind"], row["flagged"]

    assert found() == ("pattern", True)
    course_rule("occasions = 2", "occasions = 3")
    assert found() == ("single", False)
    texts = course_rules.rule_texts()
    assert texts["course.occasions"].title == "At least three occasions"
    assert "On three occasions or more" in texts["four.repeated"].reason


def test_when_two_surnames_agree() -> None:
    text = resources("lamplighter.linkage.comparisons").joinpath("levels.toml").read_text("utf-8")
    old = 'title = "surname the same", sql = "sur_l = sur_r and length(sur_l) > 1"'
    assert text.count(old) == 1

    def level(document: dict[str, object]) -> str:
        table = comparison_levels.read(document)
        records = prepare(people(one("a", surname="Hayes"), one("b", surname="Hayes")))
        found = Scorer(records, table).levels(np.array([0]), np.array([1]))[0]
        named = dict(zip((c.name for c in table), zip(table, found, strict=True), strict=True))
        comparison, value = named["surname"]
        return comparison.level(int(value)).title

    assert level(reading.parsed(text, "levels.toml")) == "surname the same"
    # Only surnames of six letters or more: these two are then as good as any that are spelt alike.
    changed = text.replace(old, old.replace("length(sur_l) > 1", "length(sur_l) > 5"))
    assert level(reading.parsed(changed, "levels.toml")) == "surname spelt nearly the same"


@pytest.mark.django_db
def test_the_days_of_the_first_week(start: Start) -> None:
    start(victim_side=files.changed("victim_side", ("days = [1, 3, 7]", "days = [2, 4]")))
    world = making.a_world()
    with told(world.advocate, 2026, 11, 16, 10):
        standing_by.appoint(world.advocate, world.case, world.advocate, dt.date(2026, 11, 16))
        due = [clock.due_at for clock in selectors.clocks(world.case)]
    assert due == [london(2026, 11, 18, 17), london(2026, 11, 20, 17)]


def test_who_reads_a_police_note(monkeypatch: pytest.MonkeyPatch) -> None:
    police = partitions.CASE_PARTITIONS["police"]
    before = wall.reads("police")
    advocates = partitions.Reader(frozenset({Role.ADVOCATE}), Agency.Kind.ADVOCACY)
    changed = dataclasses.replace(police, readers=(*police.readers, advocates))
    for table in (partitions.CASE_PARTITIONS, partitions.PARTITIONS):
        monkeypatch.setitem(table, "police", changed)
    after = wall.reads("police")
    # The condition of PostgreSQL's row security, which the property test holds the database to.
    assert "'advocate'" not in before
    assert "'advocate'" in after


def test_the_smallest_cell(tmp_path: Path) -> None:
    text = resources("lamplighter.disclosure").joinpath("profiles.toml").read_text("utf-8")
    own = tmp_path / "profiles.toml"
    own.write_text(text.replace("threshold = 10", "threshold = 12", 1), "utf-8")
    assert not profiles.profile("police-victim").too_few(11)
    changed = profiles.profile("police-victim", path=own)
    assert changed.too_few(11)
    assert not changed.too_few(12)


def test_the_working_day_ends(start: Start) -> None:
    friday = london(2026, 11, 20, 9)
    rule = case_rules.on("clock", dt.date(2026, 11, 20))["case.triage"]
    days = rule.extra["working_days"]
    last = working_days.working_days_after(dt.date(2026, 11, 20), days)
    assert case_rules.due(rule, friday) == london(last.year, last.month, last.day, 17)
    start(working_days=files.changed("working_days", ('at = "17:00"', 'at = "16:30"')))
    try:
        for due in (case_rules.due(rule, friday), victim_rules.end_of(last)):
            assert f"{due.astimezone(working_days.LONDON):%Y-%m-%d %H:%M}" == f"{last} 16:30"
    finally:
        supplied.forget()


def test_a_fault_of_a_dated_row_names_its_file_and_line(tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    text = resources("lamplighter.disclosure").joinpath("profiles.toml").read_text("utf-8")
    line = text[: text.index("[[profile]]")].count("\n") + 1
    own.write_text(text.replace("from = 2026-01-01", 'from = "January"', 1), "utf-8")
    with pytest.raises(
        profiles.TablesNotValid, match=re.escape(f"ours.toml, [[profile]] 1 “police-victim” (line {line})")
    ):
        profiles.profile("police-victim", path=own)


def test_the_last_day_of_a_profile_is_not_its_until(tmp_path: Path) -> None:
    """Whoever means by ``until`` the last day on which a profile holds is told so, and where."""
    shipped = resources("lamplighter.disclosure").joinpath("profiles.toml").read_text("utf-8")
    block = shipped[shipped.index("[[profile]]") :].split("\n\n")[0]
    ended = block.replace("from = 2026-01-01", "from = 2026-01-01\nuntil = 2026-06-30")
    later = block.replace("from = 2026-01-01", "from = 2026-07-01")
    own = tmp_path / "ours.toml"
    own.write_text(f"{ended}\n\n{later}\n", "utf-8")
    with pytest.raises(profiles.TablesNotValid, match=r"Write until = 2026-07-01"):
        profiles.profile("police-victim", path=own)
    profiles.every.cache_clear()
    own.write_text(f"{ended.replace('2026-06-30', '2026-07-01')}\n\n{later}\n", "utf-8")
    assert profiles.profile("police-victim", dt.date(2026, 6, 30), own).valid_until == dt.date(2026, 7, 1)
    assert profiles.profile("police-victim", dt.date(2026, 7, 1), own).valid_until is None
