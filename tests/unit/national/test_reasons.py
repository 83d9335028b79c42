"""The linker can see why records of several forces were taken for one person, and nobody else can."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.country.reasons_page import page as report
from lamplighter.cli.main import app
from lamplighter.national.errors import NationalError
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.recording.source_rates import SourceRates
from lamplighter.national.release.reasons import habits, reasons
from lamplighter.national.run import Linked
from tests.unit.national.country import RELEASE, Country


def test_every_force_of_a_person_is_told_with_what_it_recorded(linked: Linked) -> None:
    known = reasons(linked, most=200)
    assert len(known) >= 20
    for one in known:
        forces = [r.force for r in one.recorded]
        assert len(set(forces)) == len(forces) >= 2
        records = [r for own in one.recorded for r in own.records]
        group = {
            int(linked.group[p])
            for p in linked.index.records.filter(pl.col("record_id").is_in(records))["person"]
        }
        assert len(group) == 1
        assert len(records) == int(
            (linked.group[linked.index.records["person"].to_numpy()] == group.pop()).sum()
        )
    assert any(len(r.values["names"]) > 1 for one in known for r in one.recorded)


def test_the_parts_of_a_link_sum_to_its_weight(linked: Linked) -> None:
    totals = np.sort(linked.judged.total)
    told = [
        sum(bits for _, bits in link.parts) + link.rest
        for one in reasons(linked, most=200)
        for link in one.links
    ]
    assert len(told) >= 20
    for total in told:
        assert np.abs(totals - total).min() < 1e-9
    assert all(0 <= link.belief <= 1 for one in reasons(linked) for link in one.links)


def test_most_forces_come_first_and_the_least_sure_of_as_many(linked: Linked) -> None:
    known = reasons(linked, most=200)
    forces = [len(one.recorded) for one in known]
    assert forces == sorted(forces, reverse=True)
    two = [max(link.belief for link in one.links) for one in known if len(one.recorded) == 2 and one.links]
    assert two == sorted(two)


def test_a_force_that_records_in_its_own_way_is_told_on_the_page(linked: Linked) -> None:
    rates = SourceRates({"surname": {"alike": {"force-b": 1.3, "force-a": -0.2}, "exact": {"force-b": -0.6}}})
    told = habits(replace(linked, recording=Recording(rates)))
    assert [(h.force, h.outcome, round(h.times, 2)) for h in told] == [
        ("force-b", "surname spelt nearly the same", 2.46),
        ("force-b", "surname the same", 0.66),
    ]
    shown = str(report((), told, "reoffending", "2027-q1"))
    assert "surname spelt nearly the same" in shown
    assert "2.5" in shown
    assert "all forces record alike" in str(report((), (), "reoffending", "2027-q1"))


def test_one_record_is_asked_for_and_a_strange_one_is_refused(linked: Linked) -> None:
    record = reasons(linked)[-1].recorded[0].records[0]
    (one,) = reasons(linked, records=[record])
    assert record in one.recorded[0].records
    with pytest.raises(NationalError, match="1 of the records are not in this release"):
        reasons(linked, records=[record, "w-nobody"])


def test_the_page_is_written_once_for_the_linker_alone(
    country: Country, linked: Linked, tmp_path: Path
) -> None:
    out = tmp_path / "why.html"
    words = [
        "national", "why", "--linker", country.linker, "--purpose", RELEASE.purpose, "--release",
        RELEASE.release, "--most", 3, "--out", out,
    ]  # fmt: skip
    done = CliRunner().invoke(app, [str(w) for w in words])
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o077 == 0
    page = out.read_text("utf-8")
    assert "For the linker alone: holds names" in page
    first = reasons(linked, most=3)[0]
    assert all(name in page for r in first.recorded for name in r.values["names"])
    assert not [n for r in first.recorded for n in r.values["names"] if n in done.output]
    assert CliRunner().invoke(app, [str(w) for w in words]).exit_code == 2
