"""Ids of courses outlast the coming and going of reports."""

from __future__ import annotations

from itertools import permutations

import polars as pl
import pytest

from lamplighter.courses.assemble import courses
from lamplighter.courses.grouping import course_ids
from lamplighter.courses.grouping.course_ids import course_id, name
from lamplighter.courses.grouping.dyads import INFERRED, Dyad, Membership
from lamplighter.courses.results import CourseResult
from tests.unit.courses.bundles import Writer, day

LETTER = "Letter left on her doorstep by an unknown person. He had been watching her house."


class Hub:
    """Keeps versions as the database does: a new one for a course whose reports changed."""

    def __init__(self, victim: str = "V") -> None:
        self.victim = victim
        self.rows: list[tuple[str, str, str, int, bool, int]] = []
        self.version = 0

    def standing(self) -> dict[str, str]:
        """Reports of each standing course, as one word."""
        out: dict[str, str] = {}
        for pid, _, report, _, standing, _ in self.rows:
            if standing:
                out[pid] = out.get(pid, "") + report
        return out

    def see(self, *parts: str) -> list[str]:
        """Ids of courses with these reports, a letter each; remembers them."""
        dyads = [Dyad(self.victim, None, {r: Membership(INFERRED, "") for r in part}) for part in parts]
        ids = name(dyads, self.rows)
        was = self.standing()
        kept = {i for i, p in zip(ids, parts, strict=True) if was.get(i) == "".join(sorted(p))}
        self.rows = [(*row[:4], row[4] and row[0] in kept, row[5]) for row in self.rows]
        for pid, part in zip(ids, parts, strict=True):
            if pid not in kept:
                self.version += 1
                self.rows += [(pid, self.victim, r, self.version, True, 0) for r in sorted(part)]
        return ids

    def decide(self, pid: str) -> None:
        """Somebody decides on the version that stands."""
        self.rows = [(*r[:5], r[5] + (r[0] == pid and r[4])) for r in self.rows]


def test_an_earlier_report_leaves_the_id_as_it_was() -> None:
    hub = Hub()
    [first] = hub.see("cd")
    assert hub.see("acd") == [first]
    assert hub.see("abcd") == [first]
    assert hub.see("bd") == [first]


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_in_whatever_order_reports_arrive_the_first_id_stays(order: tuple[str, ...]) -> None:
    hub = Hub()
    [first] = hub.see("d")
    held = "d"
    for report in order:
        held += report
        assert hub.see(held) == [first]


def test_on_a_split_the_larger_part_keeps_the_id_and_undoing_gives_back_what_was() -> None:
    hub = Hub()
    [whole] = hub.see("abcde")
    small, large = hub.see("ab", "cde")
    assert large == whole
    assert small != whole
    assert hub.see("abcde") == [whole]
    assert hub.see("ab", "cde") == [small, large]


def test_on_a_split_the_part_that_people_decided_on_outweighs_the_larger() -> None:
    hub = Hub()
    [whole] = hub.see("ab")
    hub.decide(whole)
    hub.see("abcde")
    assert hub.see("ab", "cde")[0] == whole
    # The same where the part is no version that was there before.
    hub.see("abcde")
    assert hub.see("abf", "cde")[0] == whole


def test_on_a_merge_the_id_with_most_decisions_survives_then_the_older() -> None:
    hub = Hub()
    first, _ = hub.see("ab", "cd")
    assert hub.see("abcd") == [first]
    hub = Hub()
    first, second = hub.see("ab", "cd")
    hub.decide(second)
    assert hub.see("abcd") == [second]
    assert hub.see("ab", "cd") == [first, second]


def test_a_new_course_never_takes_an_id_that_was_somebody_elses() -> None:
    hub = Hub()
    [first] = hub.see("ab")
    hub.see("bc")
    assert hub.standing() == {first: "bc"}
    # Named afresh by 'a', the second course would get the first one's id.
    other, kept = hub.see("ad", "bc")
    assert kept == first
    assert other != first
    assert course_id("V", "?a") == first


def test_other_victims_memories_are_not_mixed() -> None:
    hub = Hub()
    [first] = hub.see("ab")
    other = Dyad("W", None, {r: Membership(INFERRED, "") for r in "ab"})
    assert name([other], hub.rows) != [first]


def test_two_known_persons_name_a_course_whoever_is_the_victim() -> None:
    reports = {"a": Membership(INFERRED, "")}
    there, back = name([Dyad("P-1", "P-2", dict(reports)), Dyad("P-2", "P-1", dict(reports))])
    assert there == back == course_id("P-1", "P-2")


def _run(refs: dict[str, int], previous: pl.DataFrame | None = None) -> CourseResult:
    w = Writer()
    for ref, at in refs.items():
        w.report(ref, day(at), LETTER, "Amy", "?")
    return courses(w.bundle(), w.linked(), as_at=day(99), previous=previous)


def test_the_rules_keep_the_id_when_an_earlier_report_arrives_late() -> None:
    before = _run({"B2": 10, "B3": 20})
    row = before.courses.row(0, named=True)
    assert row["suspect_person"] is None
    memory = pl.DataFrame(
        [(row["course_id"], row["victim_person"], f"force_a_rms:{r}", 1, True, 0) for r in ("B2", "B3")],
        schema=course_ids.MEMORY_SCHEMA,
        orient="row",
    )
    late = {"A1": 0, "B2": 10, "B3": 20}
    after = _run(late, memory).courses.row(0, named=True)
    assert after["n_reports"] == 3
    assert after["course_id"] == row["course_id"]
    assert _run(late).courses["course_id"].item() != row["course_id"]
