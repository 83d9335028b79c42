"""The demonstration on several days: its story is told the same, and it goes on with what it has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from lamplighter.courses import assemble
from lamplighter.courses.summaries import sentences
from lamplighter.hub.accounts.models import User
from lamplighter.hub.demo import cases, world
from lamplighter.hub.patterns.models import Computation, Course
from lamplighter.hub.people.models import Membership
from lamplighter.linkage import link
from lamplighter.linkage.explain import naming
from lamplighter.synthetic import demo

KINDS = {"force-a": "police", "force-b": "police", "helpline": "advocacy"}
DAYS = [dt.date(2028, 2, 29), dt.date(2027, 3, 25), dt.date(2027, 1, 1)]


@pytest.mark.parametrize("today", DAYS)
def test_the_story_opens_with_the_same_sentences_on_every_day(today: dt.date) -> None:
    """As the README has it: the 4th report, two forces, 41 days, none recorded as stalking."""
    ends, story_ends = today - dt.timedelta(days=1), today - dt.timedelta(days=44)
    made = demo.world(person_records=1_000, ends=ends, story_ends=story_ends)
    at = dt.datetime.combine(today, dt.time(9))
    linked = link(made.bundle, as_at=at, secret=b"a secret of this test, and of no hub")
    found = assemble.courses(made.bundle, linked, as_at=at)
    ids = demo.story_report_ids(made)
    (course_id,) = found.occasions.filter(pl.col("report_id").is_in(ids))["course_id"].unique()
    course = found.courses.filter(course_id=course_id).row(0, named=True)
    occasions = found.occasions.filter(course_id=course_id)
    assert sorted(occasions["report_id"]) == sorted(ids)
    assert course["flagged"]
    reports = made.bundle["reports"].filter(pl.col("report_id").is_in(ids)).to_dicts()

    def called(person: str) -> str:
        mine = linked.persons.filter(person_id=person)["record_id"].implode()
        rows = made.bundle["people"].filter(pl.col("record_id").is_in(mine)).to_dicts()
        return naming.called(rows)

    names = called(course["victim_person"]), called(course["suspect_person"])
    times = occasions["at"].drop_nulls().to_list()
    assert sentences.of_pattern(reports, *names, times, KINDS) == (
        "Four reports about Priya Nair and Daniel Hollinshaw, in two forces, over 41 days. They were "
        "recorded as criminal damage, malicious communications (twice) and breach of an order. None was "
        "recorded as stalking."
    )
    *others, last = sentences.in_time(reports)
    assert sentences.of_new_report(last, others, *names, times, KINDS) == (
        "This is the 4th report about Priya Nair and Daniel Hollinshaw. The other three were recorded as "
        "criminal damage and malicious communications (twice), in two forces, over 41 days. None was "
        "recorded as stalking."
    )


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the demonstration asks the made-up world for, without importing and linking it."""
    asked: list[dict[str, Any]] = []

    def write(folder: Path, **days: dt.date) -> None:
        folder.mkdir(parents=True)
        asked.append(days)

    monkeypatch.setattr(world.places, "home", lambda: tmp_path)
    monkeypatch.setattr(world.demo, "write", write)
    monkeypatch.setattr(world, "import_all", lambda folder, step: None)
    monkeypatch.setattr(world.relinking, "relink_all", lambda progress: None)
    monkeypatch.setattr(
        world.patterns, "refresh_all", lambda progress: Computation.objects.create(scope="all")
    )
    monkeypatch.setattr(world.cases, "told", lambda users: True)
    return asked


def build(today: dt.date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: today)
    world.build(lambda text: lambda words, share: None)


@pytest.mark.django_db
def test_started_again_later_it_goes_on_with_what_it_has_and_fresh_it_ends_anew(
    made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = dt.date(2026, 11, 29), dt.date(2026, 12, 29)
    build(first, monkeypatch)
    build(later, monkeypatch)
    assert made == [{"ends": dt.date(2026, 11, 28), "story_ends": dt.date(2026, 10, 16)}]
    # Cut short before anything was found: the exports of that day are read to their end.
    Computation.objects.all().delete()
    build(later, monkeypatch)
    assert len(made) == 1
    # --fresh: another database, and other exports.
    Computation.objects.all().delete()
    world.forget()
    build(later, monkeypatch)
    assert made[1:] == [{"ends": dt.date(2026, 12, 28), "story_ends": dt.date(2026, 11, 15)}]


def test_the_four_reports_are_made_before_their_case_is_referred() -> None:
    ends, story_ends = world.days()
    assert ends == timezone.localdate() - dt.timedelta(days=1)
    assert story_ends < cases.day(0).date()


@pytest.mark.django_db
def test_the_story_is_known_by_its_people_and_not_by_what_its_pattern_is_called() -> None:
    world.make_users()
    users = {u.username: u for u in User.objects.all()}
    assert cases._main_pattern(users) is None
    reports = ["force_a_rms:4A/1/27", "force_b:HM27"]
    for number, record in enumerate(demo.story_record_ids()):
        Membership.objects.create(
            record_id=record, person_id="P-1", report_id=reports[number % 2], role="victim", born=number
        )
    run = Computation.objects.create(scope="all")

    def pattern(course_id: str, held: list[str], urgency: float) -> None:
        Course.objects.create(
            computation=run, course_id=course_id, digest=course_id, victim_person="P-1", suspect_person="P-2",
            kind="pattern", reading="possible_stalking", flagged=True, hidden=True, n_reports=len(held),
            n_occasions=len(held), report_ids=held, urgency_key=[urgency],
        )  # fmt: skip

    pattern("C-OTHER", ["force_b:HM28", "force_b:HM29"], 1.0)
    pattern("C-ANYTHING", sorted([*reports, "force_b:HM30"]), 2.0)
    found = cases._main_pattern(users)
    assert found is not None
    assert found.course_id == "C-ANYTHING"
