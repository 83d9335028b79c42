"""Several sources in one run: every row accounted for over any mix, and no report lost without a word."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.records import ingest
from lamplighter.records.errors import BundleNotValid
from lamplighter.records.formats.data_package import write_bundle
from lamplighter.records.mapping.mappings import Mapping
from lamplighter.records.reading.batches import Counts
from lamplighter.records.reading.recognise import sort_out
from lamplighter.records.reading.repeats import EarlierSources
from lamplighter.records.schema import TABLES, Bundle
from lamplighter.records.validation.problems import REJECTS_SCHEMA
from tests.unit.records.extracts import force_a, helpline
from tests.unit.records.making_workbooks import write_table
from tests.unit.records.test_damage import COLUMNS, a_row
from tests.unit.records.test_recognise import incidents, own

KEY = b"key"


def run(
    paths: list[Path], mappings: list[Path | Mapping] | None = None
) -> tuple[Bundle, pl.DataFrame, Counts]:
    """Read everything as ``trace`` does: each source whole, one after another."""
    bundles, rejects, total = [], [pl.DataFrame(schema=REJECTS_SCHEMA)], Counts()
    earlier = EarlierSources()
    for mapping, files in sort_out(paths, mappings or []).extracts():
        for batch in ingest.read(files, mapping, match_key=KEY, earlier=earlier):
            assert batch.counts.balanced(), batch.counts
            bundles.append(batch.bundle)
            rejects.append(batch.rejects)
            total = total + batch.counts
    whole = {t.name: pl.concat([b[t.name] for b in bundles]) for t in TABLES}
    return whole, pl.concat(rejects), total


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return ingest.read_all(force_a(tmp_path / "a.csv", 6), "force_a_rms", KEY)[0]


def only(bundle: Bundle, reports: list[str]) -> Bundle:
    """Some reports of a bundle, with all that belongs to them."""
    out = {n: f.filter(pl.col("report_id").is_in(reports)) for n, f in bundle.items() if n != "safe_contacts"}
    return out | {"safe_contacts": bundle["safe_contacts"]}


def test_two_bundles_are_both_read(bundle: Bundle, tmp_path: Path) -> None:
    ids = bundle["reports"]["report_id"].to_list()
    write_bundle(only(bundle, ids[:2]), tmp_path / "one")
    write_bundle(only(bundle, ids[2:]), tmp_path / "two", "csv")
    for paths in ([tmp_path / "one", tmp_path / "two"], [tmp_path / "two", tmp_path / "one"]):
        back, rejects, counts = ingest.read_all(paths, "lamplighter", KEY)
        assert ingest.digest(back) == ingest.digest(bundle)
        assert rejects.is_empty()
        assert counts.balanced()
    assert counts.rows_in["one/reports.parquet"] == 2
    assert counts.rows_in["two/reports.csv"] == 4


def test_a_bundle_and_its_own_package_file_are_one_bundle(bundle: Bundle, tmp_path: Path) -> None:
    """The hub hands over every file of a folder by itself."""
    write_bundle(bundle, tmp_path / "out")
    back, _, counts = ingest.read_all(sorted((tmp_path / "out").iterdir()), "lamplighter", KEY)
    assert back["reports"].height == counts.totals()["rows_in"] - sum(
        back[t.name].height for t in TABLES if t.name != "reports"
    )
    assert counts.totals()["duplicates"] == 0


def test_one_table_twice_is_no_bundle(bundle: Bundle, tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        write_bundle(bundle, tmp_path / "out", form)  # type: ignore[arg-type]
    (tmp_path / "out" / "datapackage.json").unlink()
    with pytest.raises(BundleNotValid, match="each table once"):
        ingest.read_all(tmp_path / "out", "lamplighter", KEY)


def test_the_same_report_in_two_bundles_is_a_repeat(bundle: Bundle, tmp_path: Path) -> None:
    ids = bundle["reports"]["report_id"].to_list()
    write_bundle(bundle, tmp_path / "one")
    elsewhere = only(bundle, ids[:3])
    moved = elsewhere["reports"].with_columns(pl.lit("other.csv").alias("source_file"))
    write_bundle(elsewhere | {"reports": moved}, tmp_path / "two")
    back, rejects, counts = ingest.read_all([tmp_path / "one", tmp_path / "two"], "lamplighter", KEY)
    assert ingest.digest(back) == ingest.digest(bundle)
    assert rejects.is_empty()
    assert counts.balanced()
    assert counts.duplicates["two/reports.parquet"] == 3
    assert counts.duplicates["two/people.parquet"] == 6
    assert counts.totals()["rejected"] == 0


def test_the_same_reference_with_other_content_is_left_out_whole_and_said(
    bundle: Bundle, tmp_path: Path
) -> None:
    """One person was put right and one added: neither is mixed into the report of the first bundle."""
    first = bundle["reports"]["report_id"][0]
    other = only(bundle, [first])
    person = other["people"].head(1)
    people = pl.concat(
        [
            person.with_columns(pl.lit("PUT RIGHT").alias("surname")),
            other["people"].slice(1),
            person.with_columns(pl.lit("force_a_rms:R99").alias("record_id")),
        ]
    )
    write_bundle(bundle, tmp_path / "one")
    write_bundle(other | {"people": people}, tmp_path / "two")
    back, rejects, counts = ingest.read_all([tmp_path / "one", tmp_path / "two"], "lamplighter", KEY)
    assert ingest.digest(back) == ingest.digest(bundle)
    assert counts.balanced()
    assert counts.rejected["two/people.parquet"] == 3
    assert counts.totals()["rejected"] == rejects.height == sum(f.height for f in other.values()) + 1
    assert set(rejects["value_class"]) == {"report that another source has"}
    assert set(rejects["report_ref"]) == {first.removeprefix("force_a_rms:")}
    turned, _, _ = ingest.read_all([tmp_path / "two", tmp_path / "one"], "lamplighter", KEY)
    assert turned["people"].filter(pl.col("report_id") == first).height == 3


def test_a_record_reference_of_another_report_gets_a_mark_and_nobody_is_lost(
    bundle: Bundle, tmp_path: Path
) -> None:
    """A system that numbers its lines anew in every export."""
    ids = bundle["reports"]["report_id"].to_list()
    taken = bundle["people"]["record_id"][0]
    later = only(bundle, ids[3:])
    # The second has the mark that the first would get.
    own_ids = [taken, f"{taken}~2", *later["people"]["record_id"][2:]]
    people = later["people"].with_columns(pl.Series("record_id", own_ids))
    write_bundle(only(bundle, ids[:3]), tmp_path / "one")
    write_bundle(later | {"people": people}, tmp_path / "two")
    back, rejects, counts = ingest.read_all([tmp_path / "one", tmp_path / "two"], "lamplighter", KEY)
    assert back["people"].height == bundle["people"].height
    assert back["people"]["record_id"].is_unique().all()
    assert {taken, f"{taken}~2", f"{taken}~2~"} <= set(back["people"]["record_id"])
    assert counts.balanced()
    assert rejects.select("file", "value_class", "severity").rows() == [
        ("two/people.parquet", "record reference that another source has", "warning")
    ]


def test_a_bundle_and_the_extract_that_it_was_made_of_are_one_source_of_reports(tmp_path: Path) -> None:
    a, h = force_a(tmp_path / "a.csv", 4), helpline(tmp_path / "h.jsonl", 3)
    made = {n: [] for n in (t.name for t in TABLES)}
    for path, mapping in ((a, "force_a_rms"), (h, "helpline")):
        part, _, _ = ingest.read_all(path, mapping, b"another key")
        for name, frame in part.items():
            made[name].append(frame)
    write_bundle({n: pl.concat(fs) for n, fs in made.items()}, tmp_path / "out")
    for paths in ([a, h, tmp_path / "out"], [tmp_path / "out", a, h]):
        whole, rejects, counts = run(paths)
        assert counts.balanced()
        assert rejects.is_empty()
        assert whole["reports"].height == 7
        assert whole["people"]["record_id"].is_unique().all()
        assert counts.totals()["duplicates"] > 0


def test_persons_without_a_reference_on_the_same_line_of_two_files_are_two(tmp_path: Path) -> None:
    """A reference that is made of the report's and the line number alone is the same in both."""
    same = {"OCC_NO": "4A/000001/24", "ROLE": "VICTIM"}
    paths = []
    for number, surname in enumerate(("ASHDALE", "BROOKFELL")):
        rows = [a_row(**same, ROW_REF="R1"), a_row(**same, ROW_REF="", SURNAME=surname)]
        (tmp_path / str(number)).mkdir()
        paths.append(tmp_path / str(number) / "extract.csv")
        paths[-1].write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    whole, _, counts = run(paths)
    assert counts.balanced()
    assert whole["people"].height == 3
    assert whole["people"]["record_id"].is_unique().all()


# Any mix -------------------------------------------------------------------------------------------------


@st.composite
def _force_a_rows(draw: st.DrawFn) -> list[list[str]]:
    """Lines of Force A: repeated, without a reference, or under one reference with other content."""
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        cells = {
            "OCC_NO": draw(st.sampled_from(["4A/000001/24", "4A/000002/24", "4A/000003/24", ""])),
            "ROW_REF": draw(st.sampled_from(["R1", "R2", "R3", "R4", ""])),
            "ROLE": draw(st.sampled_from(["VICTIM", "SUSPECT", "wizard"])),
            "SURNAME": draw(st.sampled_from(["ASHDALE", "BROOKFELL"])),
        }
        rows.append(a_row(**cells).split(","))
    return rows


@st.composite
def _contacts(draw: st.DrawFn) -> list[str]:
    """Lines of the helpline: some repeated, some no JSON, some without a reference."""
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        reference = draw(st.sampled_from(["HC-24-00001", "HC-24-00002", None]))
        contact: dict[str, Any] = {
            "contact_ref": reference,
            "contact": {"at": "2024-07-04T19:55:00", "channel": "phone", "made_by": "client"},
            "client": {"party_ref": f"{reference}/1", "first_name": draw(st.sampled_from(["Ada", "Bea"]))},
            "persons_of_concern": [],
            "concern": "stalking",
            "story": "Followed home.",
        }
        text = json.dumps(contact)
        # One line at least is whole, or nothing would say what the file is.
        lines.append(text[:-9] if lines and draw(st.integers(0, 5)) == 0 else text)
    return lines


_FILE = st.one_of(
    st.tuples(st.just("csv"), _force_a_rows()),
    st.tuples(st.just("xlsx"), _force_a_rows()),
    st.tuples(st.just("jsonl"), _contacts()),
    st.tuples(st.just("own"), st.tuples(st.integers(1, 3), st.integers(1, 3))),
    st.tuples(st.sampled_from(["bundle csv", "bundle parquet"]), _force_a_rows()),
)


def _written(kind: str, content: Any, folder: Path, number: int) -> tuple[Path, dict[str, int]]:
    """One source on disk, and how many rows a person counts in each of its files."""
    place = folder / str(number)
    place.mkdir()
    if kind == "csv":
        path = place / "extract.csv"
        path.write_text("\n".join(",".join(r) for r in [COLUMNS, *content]) + "\n")
        return path, {"extract.csv": len(content)}
    if kind == "xlsx":
        path = write_table(place / "extract.xlsx", [["A title"], COLUMNS, [], *content])
        return path, {"extract.xlsx": len(content)}
    if kind == "jsonl":
        path = place / "contacts.jsonl"
        path.write_text("\n".join(content) + "\n")
        return path, {"contacts.jsonl": len(content)}
    if kind == "own":
        reports, start = content
        return incidents(place / "c.csv", reports, start), {"c.csv": 2 * reports}
    source = place / "source.csv"
    source.write_text("\n".join(",".join(r) for r in [COLUMNS, *content]) + "\n")
    made, _, _ = ingest.read_all(source, "force_a_rms", KEY)
    form = kind.split()[1]
    write_bundle(made, place / "bundle", form)  # type: ignore[arg-type]
    return place / "bundle", {f"{n}.{form}": f.height for n, f in made.items()}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sources=st.lists(_FILE, min_size=1, max_size=5))
def test_rows_in_are_accepted_rejected_or_repeated_over_any_mix(
    tmp_path_factory: pytest.TempPathFactory, sources: list[tuple[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("mix")
    written = [_written(kind, content, folder, n) for n, (kind, content) in enumerate(sources)]
    whole, rejects, counts = run([path for path, _ in written], [own(folder)])
    # Every file under a label of its own, every row of it counted, and each count explained.
    expected = Counter(n for _, files in written for name, n in files.items() for n in [(name, n)] if n[1])
    found = Counter((label.rsplit("/", 1)[-1], n) for label, n in counts.rows_in.items() if n)
    assert found == expected
    assert counts.balanced()
    totals = counts.totals()
    assert totals["rows_in"] == totals["accepted"] + totals["rejected"] + totals["duplicates"]
    left_out = rejects.filter(pl.col("severity") == "reject").unique(["file", "row"]).group_by("file").len()
    assert dict(left_out.iter_rows()) == {f: n for f, n in counts.rejected.items() if n}
    # And what came through is one set of reports, each whole.
    assert whole["reports"]["report_id"].is_unique().all()
    assert whole["people"]["record_id"].is_unique().all()
    assert whole["people"]["report_id"].is_in(whole["reports"]["report_id"].implode()).all()
