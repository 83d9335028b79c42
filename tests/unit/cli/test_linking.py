"""``lamplighter link``: a table in, the same table out with who is who, and nobody in a message."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from lamplighter.cli.main import app
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.records.errors import FileNotReadable, RecordsError, TooLarge
from lamplighter.records.formats import any_table
from lamplighter.records.formats.any_table import read_any, write_any
from tests.unit.linkage.tables import pairs_table, persons_table
from tests.unit.records.making_workbooks import write_table


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["link", *(str(a) for a in arguments)])


def f1_of(result: Result) -> float:
    """F1 of groups as the command prints it, where a truth was given."""
    found = re.search(r"F1 of the two\s*│\s*([\d.]+)", result.output)
    assert found is not None, result.output
    return float(found[1])


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return persons_table(120).rename({"ref": "id"}).with_columns(person_id=pl.lit("theirs"))


@pytest.fixture(scope="module")
def made(table: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("link")
    body = table.write_csv(separator=";").replace("lname", "Nachname für")
    (folder / "in.csv").write_bytes(body.encode("cp1252"))
    result = run(
        folder / "in.csv", "--out", folder / "out.csv", "--truth", "truth",
        "--columns", "surname=Nachname für", "--report", folder / "page.html",
        "--pairs", folder / "pairs.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder, result


class TestATableOfPeople:
    def test_gives_its_own_rows_back_in_their_order(
        self, table: pl.DataFrame, made: tuple[Path, Result]
    ) -> None:
        out = pl.read_csv(made[0] / "out.csv", infer_schema=False, empty_string_is_null=False)
        own = table.rename({"lname": "Nachname für"}).with_columns(pl.all().fill_null(""))
        assert out.drop("person_id_2").equals(own)
        assert set(out["person_id"]) == {"theirs"}

    def test_finds_who_is_who_and_says_how_well(self, made: tuple[Path, Result]) -> None:
        assert f1_of(made[1]) > 0.85

    def test_the_truth_is_not_evidence(
        self, table: pl.DataFrame, made: tuple[Path, Result], tmp_path: Path
    ) -> None:
        table.drop("truth").rename({"lname": "Nachname für"}).write_csv(tmp_path / "in.csv")
        again = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--columns", "surname=Nachname für")
        assert again.exit_code == 0, again.output
        assert "F1" not in again.output
        ours, theirs = pl.read_csv(made[0] / "out.csv"), pl.read_csv(tmp_path / "out.csv")
        assert ours["person_id_2"].equals(theirs["person_id_2"])

    def test_pairs_have_reasons_and_the_tables_own_ids(
        self, table: pl.DataFrame, made: tuple[Path, Result]
    ) -> None:
        pairs = pl.read_csv(made[0] / "pairs.csv", schema_overrides={"left_id": pl.String()})
        assert pairs["reasons"].str.contains("surname the same").any()
        assert pairs["left_id"].to_list() == table["id"].gather(pairs["left_row"] - 1).to_list()

    def test_the_page_needs_nothing_else_and_shows_nobody(
        self, table: pl.DataFrame, made: tuple[Path, Result]
    ) -> None:
        page = (made[0] / "page.html").read_text("utf-8")
        assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
        assert "https://" not in page
        assert "<script" not in page
        values = {str(v) for c in ("fname", "lname", "mobile", "dob") for v in table[c].drop_nulls()}
        assert not [v for v in values if len(v) > 4 and re.search(rf"\b{re.escape(v)}\b", page)]

    def test_the_page_has_its_charts_with_their_words(self, made: tuple[Path, Result]) -> None:
        parser = _Pictures()
        parser.feed((made[0] / "page.html").read_text("utf-8"))
        told = " ".join(parser.told)
        for words in ("how many are true", "Weights of what was compared", "each key finds"):
            assert words in told


class _Pictures(HTMLParser):
    """The words of every picture of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self.told.append(dict(attrs)["aria-label"] or "")


def test_two_people_a_row_in_parquet_out_json_lines(tmp_path: Path) -> None:
    table = pairs_table(60)
    table.write_parquet(tmp_path / "in.parquet")
    result = run(
        tmp_path / "in.parquet", "--out", tmp_path / "out.jsonl", "--two-party", "--truth", "truth",
        "--report", tmp_path / "page.html", "--pairs", tmp_path / "pairs.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    out = pl.read_ndjson(tmp_path / "out.jsonl")
    assert out.select(table.columns).equals(table)
    assert {"pair_id", "first_person_id", "second_person_id"} <= set(out.columns)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "Weights of what was compared: second party" in page
    assert "Share of the likely pairs that each key finds" in page
    assert pl.read_csv(tmp_path / "pairs.csv")["reasons"].str.contains("two records taken at random").all()


@pytest.mark.parametrize(
    ("body", "arguments", "words"),
    [
        (b"", (), "nothing in the file"),
        (b"fname,lname\n", (), "no row under the column names"),
        (b"Zophrenia,07195101777\nAnn,07195101778\n", (), "looks like a row"),
        (b"PK\x03\x04", (), "Compressed files are not opened"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--truth", "gold"), "no column 'gold'"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--columns", "surnam=lname"), "is 'surname' meant"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--columns", "a=b,lname"), "not both"),
        (b"fname,gold\nZophrenia,\n", ("--truth", "gold"), "'gold' says of no row who it is"),
        (b"fname,gold\nZophrenia,1\n", ("--truth", "gold", "--columns", "gold"), "'gold' is the truth"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--false-links", "0"), "greater than or equal to 0.001"),
        (b'[{"fname": "Zophrenia"},\n]', (), "This begins as JSON and cannot be read"),
        (
            b'{"rows": [{"fname": "Zophrenia"}]}',
            (),
            "one JSON object, not one a line. Write a list of objects",
        ),
        (b'{\n"rows": [{"fname": "Zophrenia"}]\n}', (), "one JSON object, not one a line. Write a list of"),
        (b'["Zophrenia"]', (), "a list, and not of objects"),
        (b"Zophrenia 2024,,\nfname,lname,dob\n", (), "no row under the column names"),
        (b",fname\n0,Zophrenia\n", (), "One cell of the first line is not empty"),
        (b"fname,,\nZophrenia,,\n", (), "One cell of the first line is not empty"),
        (b"Zophrenia 2024,,\nQwyzzelby,,\n", (), "One cell of the first line is not empty"),
        (b"fname,lname" + b"," * 1500 + b"\nZophrenia,Qwyzzelby\n", (), "The first line has 1,502 cells"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--columns", ""), "nothing is said here"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--columns", "=lname"), "nothing is said here"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--columns", "only=lname"), "'only' is True where"),
        (
            b"fname,lname\nZophrenia,Qwyzzelby\n",
            ("--columns", "record_id=no"),
            "no column 'no' for 'record_id'",
        ),
        (b"\x80\x04\x95Zophrenia", (), "This is a Python pickle, not a text file"),
        (b"fname,lname\nZophrenia,Qwyzzelby\n", ("--two-party",), "No two parties can be told apart"),
    ],
)
def test_wrong_input_is_named_with_its_remedy_and_nobodys_data(
    tmp_path: Path, body: bytes, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "in.csv").write_bytes(body)
    result = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv", *arguments)
    told = " ".join((result.output + str(result.exception)).replace("│", " ").split())
    assert result.exit_code != 0
    assert isinstance(result.exception, (RecordsError, SystemExit))
    assert words in told
    assert not re.search("Zophrenia|Qwyzzelby|07195101777", told)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("Zophrenia 2024,,\n", "1 line stands above"),
        ("Zophrenia 2024\n\n", "1 line stands above"),
        ("\ufeffZophrenia\nRun on 1 March,,\n,,\n", "3 lines stand above"),
    ],
)
def test_a_title_above_the_names_of_the_columns_is_no_row(tmp_path: Path, above: str, told: str) -> None:
    rows = "fname,lname,dob\nAnn,Qwyzzelby,1980-02-01\nAnn,Qwyzzelby,1980-02-01\n"
    (tmp_path / "in.csv").write_text(above + rows, "utf-8")
    result = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert told in result.output
    assert "Zophrenia" not in result.output
    found = read_any(tmp_path / "out.csv").frame
    assert found.columns == ["fname", "lname", "dob", "person_id"]
    assert found["person_id"].to_list() == ["1", "1"]


def test_what_stands_above_and_below_a_table_is_told_of(tmp_path: Path) -> None:
    table = persons_table(60).drop("truth")
    body = "Cases, 2024\n" + table.write_csv() + "Total: 60" + "," * (table.width - 1) + "\n"
    (tmp_path / "in.csv").write_text(body, "utf-8")
    result = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert "1 line stands above the names of the columns" in result.output
    assert "The last row has hardly a cell filled" in result.output
    assert pl.read_csv(tmp_path / "out.csv", infer_schema=False).columns == [*table.columns, "person_id"]


def test_a_file_to_write_has_an_ending_that_says_its_kind(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("fname,lname\na,b\n")
    result = run(tmp_path / "in.csv", "--out", tmp_path / "out.xlsx")
    assert "ends in none of" in str(result.exception)


def test_a_column_that_only_seems_to_number_the_rows_is_left_out() -> None:
    frame = pl.DataFrame({"id": ["1", "1", None], "lname": ["a", "b", "c"]})
    told = understood(frame)
    assert told.taken_for["id"] is None
    assert told.people["record_id"].n_unique() == 3


def test_the_option_that_is_wrong_is_named_and_the_remedy_is_one_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("fname,lname\na,b\n")
    told = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--truth", "gold").output
    assert "--truth" in told
    assert "--columns" not in told
    told = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--two-party").output
    assert "--columns first=" in " ".join(told.replace("│", " ").split())
    (tmp_path / "untold.csv").write_text("truth,colour\n1,red\n2,blue\n")
    told = " ".join(run(tmp_path / "untold.csv", "--out", tmp_path / "out.csv").output.split())
    assert "so nobody is linked" in told
    assert "--columns full_name='colour'" in told


@pytest.mark.parametrize("option", ["--out", "--pairs", "--report"])
def test_nothing_that_is_needed_is_written_over(tmp_path: Path, option: str) -> None:
    written = b"fname,lname\na,b\n"
    (tmp_path / "in.csv").write_bytes(written)
    others = () if option == "--out" else ("--out", tmp_path / "out.csv")
    result = run(tmp_path / "in.csv", *others, option, tmp_path / "." / "in.csv")
    assert result.exit_code != 0
    assert "would be written over" in " ".join(result.output.replace("│", " ").split())
    assert (tmp_path / "in.csv").read_bytes() == written
    (tmp_path / "folder.csv").mkdir()
    result = run(tmp_path / "in.csv", *others, option, tmp_path / "folder.csv")
    assert "cannot be written" in " ".join(result.output.replace("│", " ").split())


def test_a_list_of_objects_is_a_table(table: pl.DataFrame, tmp_path: Path) -> None:
    own = table.drop("truth", "person_id")
    (tmp_path / "in.json").write_text(json.dumps(own.to_dicts(), indent=1), "utf-8-sig")
    own.write_ndjson(tmp_path / "in.jsonl")
    for name in ("in.json", "in.jsonl"):
        result = run(tmp_path / name, "--out", tmp_path / f"{name}.csv")
        assert result.exit_code == 0, result.output
    assert (tmp_path / "in.json.csv").read_text() == (tmp_path / "in.jsonl.csv").read_text()


def test_cells_that_hold_more_than_a_text_are_written(tmp_path: Path) -> None:
    rows = [{"surname": ["x", "y"], "n": {"k": [1]}, "l": [1, 2]}, {"surname": ["x"], "n": None, "l": None}]
    frame = pl.DataFrame(rows).with_columns(b=pl.lit(b"\x01"))
    write_any(frame, tmp_path / "out.csv")
    back = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert back.row(0) == ("x; y", '{"k": [1]}', "[1, 2]", "01")
    assert back.row(1) == ("x", None, None, "01")


def test_a_line_for_the_spreadsheet_and_cells_beyond_the_headings_are_not_lost(tmp_path: Path) -> None:
    lines = ["sep=;", "fname;lname", "Ann;Quarle", "Bea;Oakmere;left in June", "Cy;Marlin;"]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    found = read_any(tmp_path / "in.csv").frame
    assert found.columns == ["fname", "lname", "COLUMN_3"]
    assert found["COLUMN_3"].to_list() == [None, "left in June", None]


@pytest.mark.parametrize("two_party", [False, True])
def test_a_page_of_one_row_has_no_picture_of_pairs(tmp_path: Path, two_party: bool) -> None:
    own = pairs_table(9) if two_party else persons_table(9)
    own.head(1).write_csv(tmp_path / "in.csv")
    page = tmp_path / "page.html"
    more = ["--two-party"] if two_party else []
    result = run(
        tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--truth", "truth", "--report", page, *more
    )
    assert result.exit_code == 0, result.output
    assert "Beside the truth" in page.read_text("utf-8")


def test_the_truth_may_be_a_list_or_a_structure(tmp_path: Path) -> None:
    own = persons_table(30)
    scores = set()
    for truth in (pl.col("truth"), pl.concat_list("truth"), pl.struct("truth")):
        own.with_columns(truth).write_parquet(tmp_path / "in.parquet")
        told = run(tmp_path / "in.parquet", "--out", tmp_path / "out.parquet", "--truth", "truth")
        scores.add(f1_of(told))
    assert len(scores) == 1


@pytest.mark.parametrize("said", ["record_id=lname", "lname=record_id", "ignore=lname"])
def test_what_is_said_to_number_the_rows_is_not_compared(tmp_path: Path, said: str) -> None:
    persons_table(30).drop("ref", "truth").write_csv(tmp_path / "in.csv")
    result = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--columns", said)
    assert re.search(r"lname\s*│ left out", result.output)


def test_columns_of_one_heading_are_told_apart_by_names_that_are_free(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("name,name_2,name,,COLUMN_4\nAnn,Bea,Cy,Di,Ed\n")
    found = read_any(tmp_path / "in.csv").frame
    assert found.columns == ["name", "name_2", "name_3", "COLUMN_4_2", "COLUMN_4"]
    assert found.row(0) == ("Ann", "Bea", "Cy", "Di", "Ed")


def test_two_people_in_structures_are_two(tmp_path: Path) -> None:
    own = pairs_table(60)
    sides = [pl.struct(pl.col(f"^{s}_.*$").name.replace(f"{s}_", "")).alias(s) for s in ("victim", "suspect")]
    own.select("truth", *sides).write_json(tmp_path / "in.json")
    result = run(tmp_path / "in.json", "--out", tmp_path / "out.jsonl", "--two-party", "--truth", "truth")
    assert f1_of(result) > 0.9
    assert [r["victim"] for r in map(json.loads, (tmp_path / "out.jsonl").open())] == [
        r["victim"] for r in json.loads((tmp_path / "in.json").read_text())
    ]


@pytest.mark.parametrize("said", ["name_first,name_last,dob", "surname=name_last"])
def test_a_part_of_a_structure_is_said_by_its_name(tmp_path: Path, said: str) -> None:
    own = persons_table(30).select(pl.struct(first="fname", last="lname").alias("name"), "dob", "mobile")
    own.write_json(tmp_path / "in.json")
    result = run(tmp_path / "in.json", "--out", tmp_path / "out.jsonl", "--columns", said)
    assert result.exit_code == 0, result.output
    assert re.search(r"name_last\s*│ surname", result.output)
    assert pl.read_ndjson(tmp_path / "out.jsonl").drop("person_id").equals(own)


HOSTILE = ("=HYPERLINK(1)", "+cmd", "@x", "-2+3", "\tx")


def hostile(folder: Path, table: pl.DataFrame) -> Path:
    cells = pl.Series("note", [HOSTILE[n % len(HOSTILE)] for n in range(table.height)])
    path = folder / "in.parquet"
    table.drop("truth").with_columns(cells).rename({"id": "=id"}).write_parquet(path)
    return path


def test_what_a_spreadsheet_would_run_is_neutralised_in_csv(tmp_path: Path, table: pl.DataFrame) -> None:
    given = hostile(tmp_path, table)
    assert run(given, "--out", tmp_path / "out.csv", "--pairs", tmp_path / "pairs.csv").exit_code == 0
    out = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert out["note"].to_list()[:2] == ["'=HYPERLINK(1)", "'+cmd"]
    assert "'=id" in out.columns
    for path in (tmp_path / "out.csv", tmp_path / "pairs.csv"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_raw_cells_are_as_they_came(tmp_path: Path, table: pl.DataFrame) -> None:
    given = hostile(tmp_path, table)
    assert run(given, "--out", tmp_path / "out.csv", "--raw").exit_code == 0
    assert pl.read_csv(tmp_path / "out.csv", infer_schema=False)["note"].to_list()[:2] == list(HOSTILE[:2])
    assert run(given, "--out", tmp_path / "out.jsonl").exit_code == 0
    assert pl.read_ndjson(tmp_path / "out.jsonl")["note"].to_list()[:2] == list(HOSTILE[:2])


def test_a_parquet_file_that_is_larger_than_it_looks_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.parquet"
    pl.DataFrame({"surname": ["Nair"] * 200_000, "forename": ["Priya"] * 200_000}).write_parquet(path)
    assert path.stat().st_size < 50_000

    def never(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(any_table, "MOST_PARQUET_ROWS", 199_999)
    monkeypatch.setattr(any_table.pq, "read_table", never)
    with pytest.raises(TooLarge, match="200,000 rows of 2 columns"):
        read_any(path)
    monkeypatch.setattr(any_table, "MOST_PARQUET_ROWS", 10_000_000)
    monkeypatch.setattr(any_table, "_memory", lambda: 10_000_000)
    with pytest.raises(TooLarge, match="GB when it is unpacked"):
        read_any(path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "in.csv"
    os.mkfifo(pipe)
    with pytest.raises(FileNotReadable, match="a pipe or a device"):
        read_any(pipe)
    for command in (["trace"], ["read"]):
        told = CliRunner().invoke(app, [*command, str(pipe), "--out", str(tmp_path / "out")])
        assert isinstance(told.exception, FileNotReadable)


def test_a_workbook_is_linked_as_the_same_table_in_lines_is(tmp_path: Path, table: pl.DataFrame) -> None:
    given = table.drop("person_id", "truth")
    given.write_csv(tmp_path / "in.csv")
    cells = [["" if v is None else str(v) for v in row] for row in given.iter_rows()]
    people = [["Register of the year"], list(given.columns), *cells]
    write_table(tmp_path / "in.xlsx", people)
    for name in ("in.csv", "in.xlsx"):
        told = run(tmp_path / name, "--out", tmp_path / f"{name}.jsonl")
        assert told.exit_code == 0, told.output
    lines, sheet = (pl.read_ndjson(tmp_path / f"in.{kind}.jsonl") for kind in ("csv", "xlsx"))
    assert sheet["person_id"].to_list() == lines["person_id"].to_list()
    assert sheet.columns == lines.columns
    assert (
        "1 line stands above the names of the columns"
        in run(tmp_path / "in.xlsx", "--out", tmp_path / "o.csv").output
    )


def test_of_several_sheets_one_has_to_be_named(tmp_path: Path, table: pl.DataFrame) -> None:
    given = table.drop("person_id", "truth").fill_null("")
    rows = [list(given.columns), *map(list, given.iter_rows())]
    path = write_table(tmp_path / "in.xlsx", rows, Notes=[["Who", "What"], ["a", "b"]])
    told = run(path, "--out", tmp_path / "out.csv")
    assert isinstance(told.exception, RecordsError)
    assert "2 sheets hold rows: Extract, Notes. Name the one" in str(told.exception)
    assert run(path, "--out", tmp_path / "out.csv", "--sheet", "Extract").exit_code == 0
    assert pl.read_csv(tmp_path / "out.csv").height == given.height
    other = run(path, "--out", tmp_path / "out.csv", "--sheet", "Elsewhere")
    assert "No sheet of that name" in str(other.exception)


def test_a_heading_that_stands_twice_is_told_of(tmp_path: Path) -> None:
    rows = "\n".join(f"Priya,Nair{n},1980-01-0{n},Leeds" for n in range(1, 6))
    (tmp_path / "in.csv").write_text(f"Forename,Surname,DOB,Surname\n{rows}\n", "utf-8")
    told = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert "Headings that stand more than once: Surname." in told.output
    assert pl.read_csv(tmp_path / "out.csv").columns[:4] == ["Forename", "Surname", "DOB", "Surname_2"]


@pytest.mark.parametrize(
    ("headings", "warned"),
    [
        (("Transaction Date", "Memo", "Paid Out", "Balance"), True),
        (("Date", "Transaction Description", "Debit", "Account Number"), True),
        (("Date", "Payee", "Reference", "Amount (GBP)"), True),
        # Payers whose names are told are people; a fine is no payment that anything is written on.
        (("Full Name", "Memo", "Paid Out", "Balance"), False),
        (("Offence Date", "Offence", "Fine Amount", "Court"), False),
    ],
)
def test_a_table_of_payments_is_not_linked_as_people_without_a_word(
    tmp_path: Path, headings: tuple[str, ...], warned: bool
) -> None:
    names = ("Priya Nair", "Tom Beck", "Amber Lewin", "Grace Okafor")
    rows = [
        [
            f"{n % 28 + 1:02d}/03/2025",
            names[n % 4] if headings[0] != "Full Name" else "CARD PAYMENT",
            f"{n}.01",
            str(n % 7),
        ]
        for n in range(60)
    ]
    if headings[0] == "Full Name":
        rows = [[names[n % 4], "CARD PAYMENT", f"{n}.01", f"{n * 3}.50"] for n in range(60)]
    lines = "\n".join(",".join(row) for row in (list(headings), *rows))
    (tmp_path / "in.csv").write_text(lines + "\n", "utf-8")
    told = " ".join(run(tmp_path / "in.csv", "--out", tmp_path / "out.csv").output.split())
    assert ("These rows seem to be payments" in told) is warned
    assert ("Take no person found here for somebody" in told) is warned
