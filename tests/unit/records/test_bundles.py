"""Bundles, digests, documents, the data dictionary, and cells on the way out."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import frictionless
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.records import errors, ingest
from lamplighter.records.dictionary import data_dictionary
from lamplighter.records.formats import formula_injection
from lamplighter.records.formats.data_package import write_bundle
from lamplighter.records.mapping import mappings
from lamplighter.records.schema import TABLES, Bundle
from lamplighter.records.validation.validate import validate
from tests.unit.records.extracts import force_a, helpline

KEY = b"key"
ROOT = Path(__file__).parents[3]
SAMPLES = ROOT.parent / "shared" / "data" / "exports"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    one, _, _ = ingest.read_all(force_a(tmp_path / "a.csv", 30), "force_a_rms", KEY)
    two, _, _ = ingest.read_all(helpline(tmp_path / "h.jsonl", 30), "helpline", KEY)
    return {t.name: pl.concat([one[t.name], two[t.name]]) for t in TABLES}


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_bundle_reads_back_the_same_in_every_form(form: str, bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "out", form, safe_contacts=True)  # type: ignore[arg-type]  # parameter is plain text
    back, rejects, counts = ingest.read_all(tmp_path / "out", "lamplighter", KEY)
    assert rejects.is_empty()
    assert counts.balanced()
    assert ingest.digest(back) == ingest.digest(bundle)


def test_batches_of_a_parquet_bundle_are_of_the_size_asked_for(tmp_path: Path) -> None:
    """Parquet is packed ten times as small as text: its size says nothing of how many reports it holds."""
    whole, _, _ = ingest.read_all(force_a(tmp_path / "a.csv", 1000), "force_a_rms", KEY)
    write_bundle(whole, tmp_path / "out", "parquet")
    sizes = [
        b.counts.reports
        for b in ingest.read(tmp_path / "out", "lamplighter", match_key=KEY, batch_reports=100)
    ]
    assert len(sizes) == 10
    assert sum(sizes) == 1000
    # Reports are dealt out by a hash of their ids: about a hundred each, within five standard deviations.
    assert all(50 < size < 150 for size in sizes), sizes


def test_a_bundle_in_csv_is_a_valid_data_package(bundle: Bundle, tmp_path: Path) -> None:
    report = frictionless.validate(str(write_bundle(bundle, tmp_path / "out", "csv")))
    assert report.valid, report.flatten(["type", "note"])


def test_safe_contacts_are_not_written_unless_asked(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "out")
    assert bundle["safe_contacts"].height == 30
    assert pl.read_parquet(tmp_path / "out" / "safe_contacts.parquet").is_empty()


def test_a_package_may_not_point_outside_its_folder(bundle: Bundle, tmp_path: Path) -> None:
    package = write_bundle(bundle, tmp_path / "out", "csv")
    package.write_text(package.read_text("utf-8").replace('"reports.csv"', '"../h.jsonl"'), "utf-8")
    with pytest.raises(errors.BundleNotValid):
        ingest.read_all(tmp_path / "out", "lamplighter", KEY)


def test_a_compressed_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_bytes(gzip.compress(b"0" * 10_000_000))
    with pytest.raises(errors.CompressedFile):
        ingest.read_all(path, "lamplighter", KEY)


def test_the_digest_knows_the_same_again_from_corrected(bundle: Bundle) -> None:
    before = ingest.digest(bundle)
    moved = bundle | {
        "reports": bundle["reports"].reverse().with_columns(pl.lit("other.csv").alias("source_file"))
    }
    assert ingest.digest(moved) == before
    first = bundle["people"]["report_id"][0]
    changed = bundle | {
        "people": bundle["people"].with_columns(
            pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("Other")).otherwise("surname").alias("surname")
        )
    }
    after = ingest.digest(changed)
    assert {k for k in before if before[k] != after[k]} == {first}


def test_validation_leaves_out_orphans_and_repeated_keys_and_empties_wrong_codes(bundle: Bundle) -> None:
    people = bundle["people"]
    broken = bundle | {
        "people": pl.concat(
            [
                people.with_columns(pl.lit("wizard").alias("sex")).head(1),
                people.head(1).with_columns(pl.lit("Twice").alias("surname")),
                people.slice(1, 1).with_columns(pl.lit("nowhere").alias("report_id")),
                people.slice(2, 1).with_columns(pl.lit("king").alias("role")),
                people.slice(3, 1),
            ]
        )
    }
    checked, rejects = validate(broken)
    assert checked["people"].height == 2
    assert checked["people"]["sex"].to_list()[0] is None
    assert rejects.filter(pl.col("severity") == "reject")["reason"].n_unique() == 3


def test_dates_after_today_are_emptied_when_today_is_known(bundle: Bundle) -> None:
    as_at = bundle["reports"]["reported_at"].min()
    assert isinstance(as_at, dt.datetime)
    checked, rejects = validate(bundle, as_at=as_at)
    assert checked["reports"]["reported_at"].null_count() > 0
    assert "date in the future" in set(rejects["value_class"])


def document(**changes: object) -> dict[str, object]:
    return {
        "source": "hub",
        "agency": "force-a",
        "source_ref": "web-1",
        "reported_at": "2026-05-03T10:15:00",
        "record_type": "non_crime",
        "summary": "He waits outside.",
        "offences": [{"offence": "nc_suspicious", "offence_group": "suspicious"}],
        "occasions": [
            {"started_at": "2026-05-02T22:00:00", "date_precision": "exact", "behaviours": ["loitering"]}
        ],
        "people": [
            {
                "role": "victim",
                "forenames": "Ada",
                "phones": ["07131 140022"],
                "safe_contact": {"phone": "07285586799"},
            },
            {"role": "suspect", "surname": "UNKNOWN", "handles": ["@x_1 (IG)"], "postcode": "av18zq"},
        ],
    } | changes


def test_a_document_comes_through_the_same_door() -> None:
    batch = ingest.from_documents([document()], match_key=KEY)
    assert batch.counts.balanced()
    assert batch.rejects.is_empty()
    report = batch.bundle["reports"].row(0, named=True)
    assert (report["report_id"], report["recorded_as"]) == ("hub:WEB-1", "suspicious")
    victim, suspect = batch.bundle["people"].iter_rows(named=True)
    assert victim["phones"] == ["+447131140022"]
    assert len(victim["match_tokens"]) == 1
    assert "7285586799" not in str(victim) + str(report)
    assert (suspect["surname"], suspect["descriptor"], suspect["postcode"]) == (None, "unknown", "AV1 8ZQ")
    assert suspect["handles"] == ["instagram:x_1"]
    assert batch.bundle["safe_contacts"].height == 1


def test_a_document_without_what_is_required_is_refused_with_the_field() -> None:
    batch = ingest.from_documents([document(), document(agency=None, source_ref="web-2")], match_key=KEY)
    assert batch.counts.totals()["rejected"] == 1
    out = batch.rejects.filter(pl.col("severity") == "reject")
    assert "reports.agency" in out["column"].to_list()


def test_a_sources_own_document_uses_its_mapping() -> None:
    contact = {
        "contact_ref": "HC-26-00001",
        "contact": {"at": "2026-01-01T10:00:00", "channel": "phone"},
        "client": {"party_ref": "HC-26-00001/1", "first_name": "Ada"},
        "concern": "stalking",
    }
    batch = ingest.from_documents([contact], mapping="helpline", match_key=KEY)
    assert batch.bundle["reports"]["report_id"].to_list() == ["helpline:HC-26-00001"]


def test_the_data_dictionary_in_the_docs_is_current() -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text("utf-8") == data_dictionary()


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-cmd|x", "@x", " \t=1", "\t=1", "＝1", "|calc"])
def test_formulae_are_neutralised(cell: str) -> None:
    assert formula_injection.neutralise_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["+447131140022", "-12.5", "plain", "a=b", "<b>bold</b>"])
def test_what_no_spreadsheet_runs_stays_as_it_is(cell: str) -> None:
    assert formula_injection.neutralise_cell(cell) == cell


@given(st.text(max_size=30))
def test_no_cell_written_for_people_starts_a_formula(text: str) -> None:
    out = formula_injection.neutralise_cell(text)
    lead = out.lstrip(" \t\r\n")
    assert not lead or lead[0] not in "=@" or out.startswith("'")


def test_mappings_that_are_wrong_say_where(tmp_path: Path) -> None:
    good = '[source]\nname="x"\nagency="a"\ntitle="t"\nformat="delimited"\n[[files]]\nname="f"\npattern=""\n'
    for extra, what in (
        ('[reports]\nfields=[{into="nothing",from="A"}]', "unknown field"),
        ('[reports]\nfields=[{into="summary",from="A",do="magic"}]', "unknown transform"),
        ('[people]\nfields=[{into="role",from="A",do="code",map="roles"}]', "no map table"),
        ("[", "Not valid TOML"),
    ):
        with pytest.raises(errors.MappingError, match=what):
            mappings.parse_mapping(good + extra, "x.toml")
    with pytest.raises(errors.MappingError, match="There is no mapping"):
        mappings.load_mapping(tmp_path / "none.toml")


@pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the three agencies' sample exports are not beside the clone"
)
@pytest.mark.parametrize(
    ("name", "files", "totals"),
    [
        ("force_a_rms", ["force_a_rms_extract.csv"], (720, 716, 2, 2, 348, 716)),
        (
            "force_b",
            ["force_b_crimes.txt", "force_b_links.txt", "force_b_nominals.txt"],
            (1006, 1000, 3, 3, 223, 439),
        ),
        ("helpline", ["helpline_contacts.jsonl"], (31, 29, 1, 1, 29, 64)),
    ],
)
def test_the_three_sample_exports_come_in_whole(name: str, files: list[str], totals: tuple[int, ...]) -> None:
    _, rejects, counts = ingest.read_all([SAMPLES / f for f in files], name, KEY)
    assert counts.balanced()
    found = counts.totals()
    assert (
        tuple(found[k] for k in ("rows_in", "accepted", "rejected", "duplicates", "reports", "people"))
        == totals
    )
    assert rejects.filter(pl.col("severity") == "reject").height == totals[2]
