"""Published outcomes by force: the real year to its printed totals, other shapes with made-up figures."""

import csv
import datetime as dt
import gzip
import zipfile
from pathlib import Path

import polars as pl
import pytest
from odfdo import Cell as OdsCell
from odfdo import Document
from odfdo import Row as OdsRow
from odfdo import Table as Sheet
from typer.testing import CliRunner
from xlsxwriter import Workbook

from lamplighter.cli.main import app
from lamplighter.records.errors import RecordsError
from lamplighter.study_bundle.checking import read
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.financial_years import Period, period_of, quarter_of, year_of
from lamplighter.study_bundle.national.outcomes import National, TwoEditions, edition, read_outcomes
from lamplighter.study_bundle.national.words import with_own

DATA = Path(__file__).parents[2] / "data" / "national"
HEADINGS = (
    "Financial Year,Financial Quarter,Force Name,Offence Description,Offence Code,Outcome Description,"
    "Outcome Type,Force outcomes for offences recorded in quarter,Force outcomes recorded in quarter"
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("national") / "outcomes-mar2019.csv"
    packed = DATA / "outcomes_2018_19_stalking_harassment.csv.gz"
    file.write_bytes(gzip.decompress(packed.read_bytes()))
    return file


@pytest.fixture(scope="module")
def year(real: Path) -> National:
    return read_outcomes([edition("2020-01", real)])


def long(path: Path, rows: list[str], headings: str = HEADINGS, above: str = "") -> Path:
    path.write_text(above + "\n".join([headings, *rows]) + "\n", "utf-8")
    return path


def codes(found: National) -> set[str]:
    return set(found.checked.rejects["reason_code"]) - {"column_not_held", "series_break"}


def count(found: National, **where: object) -> int:
    assert found.checked.bundle is not None
    frame = found.checked.bundle.table("totals").filter(
        *(pl.col(c) == v if v is not None else pl.col(c).is_null() for c, v in where.items())
    )
    return int(frame["count"].sum())


def test_the_real_year_gives_the_published_totals(year: National) -> None:
    recorded = dict(year.by_code.filter(pl.col("basis") == "recorded").select("code", "count").iter_rows())
    assert recorded == {"8Q": 19_583, "8L": 214_171, "8M": 3_066, "8R": 207_911}
    assert count(year, basis="recorded", offence_group="stalking") == 19_583
    assert count(year, basis="recorded", offence_group="stalking", outcome="1") == 2_677
    assert count(year, basis="assigned", offence_group="stalking") == 17_451
    assert count(year, basis="assigned", offence_group="stalking", outcome="1") == 2_603
    north = {"force": "North Yorkshire", "offence_group": "stalking"}
    assert count(year, basis="recorded", **north) == 217
    assert count(year, basis="recorded", outcome=None, **north) == 173
    assert [count(year, basis=b, outcome="1", **north) for b in ("recorded", "assigned")] == [13, 12]
    assert year.unknown_outcomes == year.unknown_forces == {}
    assert [(s.lines, s.left_out) for s in year.sheets] == [(7_384, 0)]


def test_the_real_year_names_its_edition_its_period_and_its_bytes(year: National) -> None:
    assert year.checked.bundle is not None
    meta = year.checked.bundle.metadata
    assert (meta.period_from, meta.period_to) == (dt.date(2018, 4, 1), dt.date(2019, 3, 31))
    assert "edition of January 2020" in meta.sources[0]
    assert "SHA-256" in meta.sources[0]
    # Four codes are not all crimes: no sum over everything is made up.
    assert year.checked.bundle.table("totals")["offence_group"].null_count() == 0
    assert not {"part_year_period_row", "mixed_periods", "mixed_basis"} & codes(year)


def test_a_row_total_is_no_force_and_is_held_against_the_sum(tmp_path: Path) -> None:
    rows = [
        f"2021/22,{q},{force},Stalking,8Q,Charged/Summonsed,1,{n},{n}"
        for q in (1, 2, 3, 4)
        for force, n in (("Kent", 5), ("Essex Police", 7), ("Total", 12), ("South East Region", 5))
    ]
    good = read_outcomes([edition("2022-07", long(tmp_path / "a.csv", rows))])
    assert good.checked.bundle is not None
    assert sorted(good.checked.bundle.table("totals")["force"].unique()) == ["Essex", "Kent"]
    assert codes(good) == {"total_row"}
    wrong = [
        r.replace("Total,Stalking,8Q,Charged/Summonsed,1,12", "Total,Stalking,8Q,Charged/Summonsed,1,13")
        for r in rows
    ]
    assert codes(read_outcomes([edition("2022-07", long(tmp_path / "b.csv", wrong))])) == {
        "total_row",
        "total_row_disagrees",
    }


def test_a_wide_table_with_a_title_above_is_read_and_its_total_is_held_against_its_parts(
    tmp_path: Path,
) -> None:
    file = tmp_path / "wide.xlsx"
    book = Workbook(file)
    book.add_worksheet("Cover").write(0, 0, "Crime outcomes, made-up figures")
    sheet = book.add_worksheet("Table 1")
    sheet.write(0, 0, "Table 1: outcomes of stalking crimes, by force")
    sheet.write(1, 0, "Source: nobody")
    for r, row in enumerate(
        [
            ("Force", "Charged/Summonsed", "Caution - adults", "Not yet assigned an outcome", "Total"),
            ("Kent", 10, 2, 3, 15),
            ("City of London", 1, "NA", 0, 1),
            ("Essex", 4, 1, 1, 7),
            ("England and Wales", 15, 3, 4, 23),
        ],
        start=3,
    ):
        sheet.write_row(r, 0, row)
    book.close()
    found = read_outcomes([edition("2024-07", file)], basis="recorded", year="2023/24", offence="stalking")
    assert [(s.label, s.line, s.shape) for s in found.sheets] == [
        ("wide.xlsx, sheet Table 1", 4, "wide, a column an outcome")
    ]
    assert count(found, measure="outcome", outcome="1", force="Kent") == 10
    assert count(found, measure="outcome", outcome=None) == 4
    wrong = found.checked.rejects.filter(pl.col("reason_code") == "sum_disagrees")
    assert wrong.select("force", "row").rows() == [("Essex", 7)]
    # What is not given is no row, and no nought.
    assert found.checked.bundle is not None
    cell = (pl.col("force") == "London, City of") & (pl.col("outcome") == "3")
    assert found.checked.bundle.table("totals").filter(cell).height == 0


def test_a_table_with_a_column_a_year_and_a_row_an_outcome_is_read(tmp_path: Path) -> None:
    file = long(
        tmp_path / "years.csv",
        [
            'Kent,Charged/Summonsed,10,"1,200"',
            "Kent,Not yet assigned,0,3",
            "Essex,Charged/Summonsed,7,8",
            "Essex,Not yet assigned,1,2",
        ],
        "Police force area,Outcome,2016/17,2017/18",
    )
    found = read_outcomes([edition("2018-07", file)], basis="recorded", offence="stalking")
    assert found.checked.bundle is not None
    assert found.checked.bundle.metadata.period_from == dt.date(2016, 4, 1)
    assert count(found, force="Kent", outcome="1", period_to=dt.date(2018, 3, 31)) == 1_200
    assert count(found, force="Essex", outcome="1", period_to=dt.date(2017, 3, 31)) == 7


def test_two_editions_of_one_year_are_refused_and_two_years_are_one_bundle(tmp_path: Path) -> None:
    first = long(tmp_path / "one.csv", ["2019/20,1,Kent,Stalking,8Q,Charged/Summonsed,1,5,4"])
    again = long(tmp_path / "two.csv", ["2019/20,1,Kent,Stalking,8Q,Charged/Summonsed,1,6,4"])
    other = long(tmp_path / "three.csv", ["2020/21,1,Kent,Stalking,8Q,Charged/Summonsed,1,6,4"])
    with pytest.raises(TwoEditions, match=r"2019/20 is in one\.csv .*July 2020.*\(edition of July 2021\)"):
        read_outcomes([edition("2020-07", first), edition("2021-07", again)])
    both = read_outcomes([edition("2020-07", first), edition("2021-07", other)])
    assert both.checked.bundle is not None
    assert [s.split(",")[1].strip() for s in both.checked.bundle.metadata.sources] == [
        "edition of July 2020",
        "edition of July 2021",
    ]
    # A rule of recording that changed between the two is said.
    assert "series_break" in set(both.checked.rejects["reason_code"])


def test_a_year_before_stalking_was_counted_by_itself_is_refused_with_the_day(tmp_path: Path) -> None:
    old = long(tmp_path / "old.csv", ["2010/11,1,Kent,Stalking,8Q,Charged/Summonsed,1,5,4"])
    with pytest.raises(BundleMappingError, match=r"old\.csv.*before 1\sApril\s2014 is held.*Take the years"):
        read_outcomes([edition("2012-07", old)])


def test_faults_name_file_row_force_and_remedy(tmp_path: Path) -> None:
    file = long(
        tmp_path / "faulty.csv",
        [
            "2021/22,1,Kent,Stalking,8Q,Charged/Summonsed,1,5,4",
            "2021/22,1,Kent,Stalking,8Q,Charged/Summonsed,1,5,4",
            "2021/23,1,Essex,Stalking,8Q,Charged/Summonsed,1,5,4",
            "2021/22,7,Surrey,Stalking,8Q,Charged/Summonsed,1,5,4",
            "2021/22,1,Sussex,Stalking,8Q,Let off with a word,,5,4",
            "2021/22,1,Norfolk,Stalking,8Q,Charged/Summonsed,1A,5,4",
            "2021/22,1,Narnia,Stalking,8Q,Charged/Summonsed,1,5,4",
            "2021/22,1,Cumbria,Stalking,8Q,Charged/Summonsed,1,many,4",
        ],
    )
    found = read_outcomes([edition("2022-07", file)])
    said = {
        (r["reason_code"], r["force"], r["row"])
        for r in found.checked.rejects.iter_rows(named=True)
        if r["row"] is not None
    }
    assert {
        ("line_twice", "Kent", 3),
        ("year_unreadable", "Essex", 4),
        ("quarter_unreadable", "Surrey", 5),
        ("outcome_unknown", "Sussex", 6),
        ("alternate_inside", "Norfolk", 7),
        ("force_not_listed", None, 8),
        ("number_unreadable", "Cumbria", 9),
    } <= said
    assert found.unknown_outcomes == {"Let off with a word": 2}
    assert found.unknown_forces == {"Narnia": 2}
    remedies = found.checked.rejects.filter(pl.col("row").is_not_null())["remedy"]
    assert all(remedies.str.len_chars() > 10)
    assert count(found, force="Kent", basis="recorded") == 5


@pytest.mark.parametrize(
    ("headings", "rows", "said"),
    [
        ("Name,Age", ["a,1"], "No table of counts by force and outcome"),
        ("Force,Outcome,Count", ["Kent,Charged,1"], "no column for the financial year"),
        ("Year,Force,Outcome,Count", ["2021/22,Kent,Charged,1"], "does not say which outcomes it counts"),
        ("Year,Force,Count", ["2021/22,Kent,1"], "no column for the outcome"),
    ],
)
def test_a_table_that_lacks_what_is_needed_is_refused_in_words(
    tmp_path: Path, headings: str, rows: list[str], said: str
) -> None:
    file = long(tmp_path / "odd.csv", rows, headings)
    with pytest.raises(BundleMappingError, match=said) as told:
        read_outcomes([edition("2022-07", file)])
    assert "odd.csv" in str(told.value)
    assert told.value.remedy


def test_the_publishers_own_kind_of_file_is_read_as_its_csv_is(tmp_path: Path, real: Path) -> None:
    """The Home Office publishes OpenDocument; the same table as CSV gives the same counts."""
    lines = list(csv.reader(real.read_text("utf-8-sig").splitlines()))[:1_500]
    plain = tmp_path / "t.csv"
    with plain.open("w", newline="") as made:
        csv.writer(made).writerows(lines)
    file = tmp_path / "tables.ods"
    book = Document("spreadsheet")
    book.body.clear()
    cover = Sheet("Cover")
    cover.append_row(OdsRow())
    cover.set_value((0, 0), "Crime outcomes open data")
    sheet = Sheet("2021_22")
    for place, line in enumerate(lines):
        row = OdsRow()
        for text in line:
            row.append_cell(OdsCell(int(text) if place and text.isdigit() else text))
        sheet.append_row(row)
    book.body.append(cover)
    book.body.append(sheet)
    book.save(file)
    of_ods, of_csv = (read_outcomes([edition("2022-07", path)]) for path in (file, plain))
    assert of_ods.by_code.equals(of_csv.by_code)
    key = ["force", "period_from", "basis", "measure", "category", "offence_group"]
    one, other = (found.checked.required().table("totals").sort(key) for found in (of_ods, of_csv))
    assert one.height
    assert one.equals(other)


def test_an_opendocument_file_that_is_no_spreadsheet_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "tables.odt"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(RecordsError, match="no spreadsheet"):
        read_outcomes([edition("2022-07", file)])


@pytest.mark.parametrize("text", ["January 2020", "2020", "2020-13", "2020-02-31"])
def test_an_edition_that_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BundleMappingError, match="no month"):
        edition(text, Path("a.csv"))


def test_years_and_quarters_are_read_as_they_are_written() -> None:
    assert [year_of(t) for t in ("2018/19", "2018-2019", "Year ending March 2019", "2018/20", "2018")] == [
        2018,
        2018,
        2018,
        None,
        None,
    ]
    assert [quarter_of(t) for t in ("1", "Q2", "Oct-Dec", "January to March 2019", "5", "x")] == [
        1,
        2,
        3,
        4,
        None,
        None,
    ]
    assert period_of("Jan-Mar 2019") == Period(2018, 4) == period_of("2018/19 Q4")
    assert Period(2018, 4).last == dt.date(2019, 3, 31) == Period(2018).last
    assert Period(2018, 4).first == dt.date(2019, 1, 1)
    assert period_of("Offence code") is None


def test_words_of_ones_own_are_asked_once_and_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = long(tmp_path / "own.csv", ["2021/22,1,Garden of England,Stalking,8Q,Let off with a word,,5,4"])
    words, out = tmp_path / "words.toml", tmp_path / "bundle"
    monkeypatch.setattr("lamplighter.cli.studies.comparing.can_ask", lambda: True)
    args = ["bundle", "outcomes", str(file), "--edition", "2022-07", "--out", str(out), "--words", str(words)]
    done = CliRunner().invoke(app, args, input="nonsense\n8\nkent\n")
    assert done.exit_code == 0, done.output
    assert "There is no code nonsense" in done.output
    assert with_own(words).outcome("let off, with a word") == "8"
    # Asked once: the second time nothing is left to ask.
    again = CliRunner().invoke(app, args, input="")
    assert again.exit_code == 0, again.output
    made = read(out).table("totals").filter(pl.col("outcome") == "8")
    assert made["count"].sort().to_list() == [4, 5]
    assert set(made["force"]) == {"Kent"}
