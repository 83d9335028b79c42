"""A first import asks the hub for no ids, and says the same as one that asks for every one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from psycopg import errors

from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.models import Batch, Delivery, ReportVersion
from lamplighter.hub.intake.storage import batch_writer
from lamplighter.hub.intake.storage.known_ids import Known
from lamplighter.records import ingest, schema
from lamplighter.records.formats.data_package import write_bundle
from tests.integration.intake import making

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]

REPORTS, BATCH = 200, 20


@pytest.fixture
def bundle(tmp_path: Path) -> schema.Bundle:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", REPORTS)
    return ingest.read_all([path], "force_a_rms", b"key")[0]


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each batch was looked up, in the order of writing."""
    asked: list[bool] = []
    rules_out = Known.rules_out

    def noting(self: Known, *given: object) -> bool:
        asked.append(not rules_out(self, *given))  # type: ignore[arg-type]  # what the writer gave
        return not asked[-1]

    monkeypatch.setattr(Known, "rules_out", noting)
    return asked


def alike(people: pl.DataFrame) -> pl.DataFrame:
    """Every second report shares the id of a record with another report, mostly one of another batch."""
    ours = pl.int_range(pl.len())
    return people.with_columns(
        record_id=pl.when(ours % 4 == 0).then(pl.format("force_a_rms:X{}", ours // 8)).otherwise("record_id")
    )


def imported(
    bundle: schema.Bundle, folder: Path, progress: Callable[[services.Progress], None] | None = None
) -> Delivery:
    write_bundle(bundle, folder, "parquet")
    return services.import_files([folder], "lamplighter", batch_reports=BATCH, progress=progress)


def test_a_first_import_looks_nothing_up_and_the_next_everything(
    bundle: schema.Bundle, tmp_path: Path, look_ups: list[bool]
) -> None:
    imported(bundle, tmp_path / "one")
    assert len(look_ups) == REPORTS // BATCH
    assert not any(look_ups)
    look_ups.clear()
    changed = bundle | {"reports": bundle["reports"].with_columns(summary=pl.lit("As it should have been."))}
    totals = services.totals_of(imported(changed, tmp_path / "two"))
    assert all(look_ups)
    assert (totals["reports_new"], totals["reports_corrected"]) == (0, REPORTS)


def test_records_of_two_batches_with_one_id_are_told_apart(
    bundle: schema.Bundle, tmp_path: Path, look_ups: list[bool]
) -> None:
    shared = bundle | {"people": alike(bundle["people"])}
    totals = services.totals_of(imported(shared, tmp_path / "shared"))
    assert any(look_ups)
    held = selectors.bundle()["people"]
    # Within one batch of a bundle a key used twice is refused with its reason; across batches it is renamed.
    assert held.height == held["record_id"].n_unique() == totals["people"]
    assert totals["rows_rejected"] == 2 * REPORTS - held.height
    renamed = held["record_id"].str.contains("@").sum()
    assert renamed + totals["rows_rejected"] == 2 * REPORTS - shared["people"]["record_id"].n_unique()
    assert renamed > 0


def test_what_another_delivery_brings_meanwhile_is_noticed(
    bundle: schema.Bundle, tmp_path: Path, look_ups: list[bool]
) -> None:
    other = bundle | {"reports": bundle["reports"].with_columns(summary=pl.lit("As another file has it."))}
    brought: list[dict[str, int]] = []

    def bring(_: services.Progress) -> None:
        if not brought:
            brought.append({})
            brought[0] |= services.totals_of(imported(other, tmp_path / "other"))

    totals = services.totals_of(imported(bundle, tmp_path / "one", bring))
    first = Batch.objects.order_by("pk")[0].reports_new
    assert brought[0]["reports_corrected"] == totals["reports_new"] == first
    assert brought[0]["reports_new"] == totals["reports_corrected"] == REPORTS - first
    assert look_ups.count(False) == 1
    assert ReportVersion.objects.filter(superseded_at=None).count() == REPORTS


def test_should_an_id_be_held_after_all_the_batch_is_written_again(
    bundle: schema.Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(bundle, tmp_path / "one")
    monkeypatch.setattr(Known, "rules_out", lambda *_: True)
    refused: list[errors.UniqueViolation] = []
    write = batch_writer._write

    def noting(*given: object) -> Batch:
        try:
            return write(*given)  # type: ignore[arg-type]  # what the writer gave
        except errors.UniqueViolation as error:
            refused.append(error)
            raise

    monkeypatch.setattr(batch_writer, "_write", noting)
    changed = bundle | {"reports": bundle["reports"].with_columns(summary=pl.lit("As it should have been."))}
    totals = services.totals_of(imported(changed, tmp_path / "two"))
    assert refused
    assert (totals["batches"], totals["reports_new"], totals["reports_corrected"]) == (
        REPORTS // BATCH,
        0,
        REPORTS,
    )
    assert ReportVersion.objects.filter(superseded_at=None).count() == REPORTS


ODD = (
    "O'Neill",
    'say "so"',
    "back\\slash",
    "ends in \\",
    "a,b,,c",
    "{braces}",
    "{}",
    "NULL",
    "  blanks  ",
    "tab\tand\nline",
    "Zoë Łukasz 李 👩‍🔬",
    "\u202eturned\u2066",
    "e\u0301 is not \u00e9",
    "\ufeffmark\U0010fffd",
    "%s %% $1 :x",
)


def test_odd_ids_are_found_again(bundle: schema.Bundle, tmp_path: Path) -> None:
    """Ids that need quoting in an array, in COPY or in both come back as they were and are recognised."""
    few = bundle["reports"]["report_id"].head(len(ODD))
    names = dict(zip(few, (f"force_a_rms:{o}" for o in ODD), strict=True))
    odd = {
        name: frame.filter(pl.col("report_id").is_in(few.implode())).with_columns(
            report_id=pl.col("report_id").replace_strict(names, return_dtype=pl.String)
        )
        if "report_id" in frame.columns
        else frame.clear()
        for name, frame in bundle.items()
    }
    odd["people"] = odd["people"].with_columns(record_id=pl.concat_str("report_id", pl.lit("/"), "role"))
    first = services.totals_of(imported(odd, tmp_path / "one"))
    assert (first["reports_new"], first["people"]) == (len(ODD), 2 * len(ODD))
    held = selectors.bundle()
    for name in ("reports", "people"):
        key = schema.TABLES_BY_NAME[name].key[0]
        assert set(held[name][key]) == set(odd[name][key]), name
    # The same reports with something else in them: each must be found as the one it was.
    changed = odd | {"reports": odd["reports"].with_columns(impact=pl.lit("Sleeps badly."))}
    again = services.totals_of(imported(changed, tmp_path / "two"))
    assert (again["reports_new"], again["reports_corrected"]) == (0, len(ODD))
    # And other reports with the same record ids: each id must be found to be taken.
    other = {
        name: frame.with_columns(report_id=pl.lit("force_a_rms:") + pl.int_range(pl.len()).cast(pl.String))
        for name, frame in {"reports": odd["reports"], "people": odd["people"][::2]}.items()
    }
    services.import_files(
        [write_bundle(odd | other | {n: odd[n].clear() for n in ("offences", "occasions")}, tmp_path / "x")],
        "lamplighter",
    )
    people = selectors.bundle()["people"]
    taken = people.filter(pl.col("report_id").is_in(other["people"]["report_id"].implode()))
    assert taken.height == len(ODD)
    assert taken["record_id"].str.contains("@").all()
