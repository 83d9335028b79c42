"""The public scorecard: every number resolves, nothing goes out early, no order, the same bytes again."""

import csv
import datetime as dt
import gzip
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.studies.forces import measures as cards_file
from lamplighter.studies.forces.comparison import Cell, Compared
from lamplighter.studies.forces.funnel import funnel
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard import site as site_module
from lamplighter.studies.scorecard.crawl import MOST_BYTES, check_site
from lamplighter.studies.scorecard.folder import ScorecardError, SourceChanged, add_source, read_folder
from lamplighter.studies.scorecard.shrunken import (
    AWAY,
    CHANCE,
    NOT_SAID,
    OUTSIDE,
    SPREAD,
    expected,
    spread_of,
)
from lamplighter.studies.scorecard.site import Site, build, write_site
from tests.unit.studies import registers
from tests.unit.studies.test_forces import DATA, RANK
from tools.verify.scorecard_rebuild import ELSEWHERE

AS_AT = dt.date(2026, 11, 30)
FACTS = {
    "publisher": "Home Office",
    "title": "Crime outcomes, year ending March 2019",
    "edition": "2020-01",
    "published": dt.date(2020, 1, 23),
    "obtained": dt.date(2026, 11, 1),
    "licence": "Open Government Licence v3.0",
    "address": "https://www.gov.uk/government/statistics/police-recorded-crime-open-data-tables",
}
OUT = "[every_force]\nsent = 2026-11-02\nembargo = 2026-11-20\n"


def a_folder(place: Path, replies: str = OUT, corrections: str = "") -> Path:
    raw = place / "outcomes-mar2019.csv"
    place.mkdir(parents=True, exist_ok=True)
    raw.write_bytes(gzip.decompress((DATA / "outcomes_2018_19_stalking_harassment.csv.gz").read_bytes()))
    folder = place / "scorecard"
    add_source(folder, raw, FACTS)
    (folder / "scorecard.toml").write_text(
        'title = "Stalking scorecard"\npublisher = "A made-up publisher"\ncontact = "replies@example.org"\n'
        'address = "https://scorecard.example.org"\n',
        "utf-8",
    )
    (folder / "right_of_reply.toml").write_text(replies, "utf-8")
    if corrections:
        (folder / "corrections.toml").write_text(corrections, "utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_folder(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def built(folder: Path) -> Site:
    return build(folder, AS_AT)


@pytest.fixture(scope="module")
def site(built: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site") / "site"
    write_site(built, place)
    return place


def read(site: Path, table: str) -> dict[str, dict[str, str]]:
    with (site / "data" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def words_of(page: bytes | str) -> str:
    """The words of a page as they are read aloud: no elements, no pictures, plain spaces."""
    text = page.decode() if isinstance(page, bytes) else page
    text = re.sub(r"<(svg|style|head)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<(data|time|code|a)\b[^>]*>|</(data|time|code|a)>", "", text))
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\u2009", ",").split())


def raw_counts() -> dict[tuple[str, str, str], int]:
    """Stalking of the year from the file itself, read line by line: (force, basis, outcome) to a count."""
    packed = DATA / "outcomes_2018_19_stalking_harassment.csv.gz"
    found: dict[tuple[str, str, str], int] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(packed.read_bytes()).decode("utf-8-sig"))):
        if row["offence_code"] != "8Q":
            continue
        outcome = row["outcome_type"]
        outcome = "0" if outcome in ("", "NA") else outcome.removesuffix("A")
        for basis, column in (
            ("recorded", "force_outcomes_for_offences_recorded_in_quarter"),
            ("assigned", "force_outcomes_recorded_in_quarter"),
        ):
            for force in (row["force_name"], "all"):
                own = (force, basis, outcome)
                found[own] = found.get(own, 0) + (0 if row[column] in ("", "NA") else int(row[column]))
    return found


def test_every_number_of_the_real_year_resolves_to_its_cell_its_card_and_its_file(site: Path) -> None:
    found = check_site(site)
    assert found.faults == []
    assert found.pages == 105
    assert found.numbers > 5_000
    # Each bound number is one that the country, a force or a limit has: no page is empty of them.
    assert {key.split(".")[1] for file, key, _ in found.cells if file == "data/figures.csv"} >= {
        "all",
        "north_yorkshire",
        "city_of_london",
    }
    heaviest = max(len(p.read_bytes()) for p in site.rglob("*.html"))
    assert heaviest <= MOST_BYTES


FAULTS: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a number written by hand": (
        "index.html",
        lambda t: t.replace("</main>", "<p>14% are charged</p></main>"),
        "unresolved_number",
    ),
    "a number in a label": (
        "index.html",
        lambda t: t.replace("</main>", '<p aria-label="14 forces">x</p></main>'),
        "unresolved_number",
    ),
    "another number shown": (
        "index.html",
        lambda t: re.sub(r'(value="13\.67[^>]*>)13\.7%', r"\g<1>14.7%", t),
        "wrong_value",
    ),
    "another value and number": (
        "index.html",
        lambda t: re.sub(r'value="13\.67\d*"([^>]*>)13\.7%', r'value="14.7000"\g<1>14.7%', t),
        "wrong_value",
    ),
    "a cell that is not there": (
        "index.html",
        lambda t: t.replace("#charged.all.2018-19/value", "#charged.nowhere.2018-19/value", 1),
        "no_such_cell",
    ),
    "a figure changed in its file": (
        "data/figures.csv",
        lambda t: t.replace(",2677,", ",2678,", 1),
        "wrong_value",
    ),
    "a measure without a card": (
        "data/measures.csv",
        lambda t: re.sub(r"(?m)^victim,", "victim_was,", t),
        "no_card",
    ),
    "another date": (
        "sources.html",
        lambda t: t.replace('datetime="2020-01-23"', 'datetime="2020-01-24"', 1),
        "wrong_date",
    ),
    "a script": ("about.html", lambda t: t.replace("</main>", "<script></script></main>"), "script"),
    "a picture from elsewhere": (
        "about.html",
        lambda t: t.replace("</main>", '<img alt="" src="https://elsewhere.example/x.png"></main>'),
        "outside_request",
    ),
    "a style from elsewhere": (
        "about.html",
        lambda t: t.replace("<style>", '<style>@import "//elsewhere.example/x.css";'),
        "outside_request",
    ),
    "a link that leads nowhere": (
        "forces/index.html",
        lambda t: t.replace("north_yorkshire.html", "north_riding.html"),
        "dead_link",
    ),
    "a title that is not the heading": (
        "about.html",
        lambda t: t.replace("<title>How to read this", "<title>In 2018 the worst"),
        "wrong_title",
    ),
    "a page that weighs too much": (
        "about.html",
        lambda t: t.replace("</main>", f"<p>{'x' * MOST_BYTES}</p></main>"),
        "too_heavy",
    ),
}


@pytest.mark.parametrize("planted", sorted(FAULTS))
def test_the_crawler_finds_what_is_planted(site: Path, tmp_path: Path, planted: str) -> None:
    file, change, name = FAULTS[planted]
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    before = (copy / file).read_text("utf-8")
    assert change(before) != before
    (copy / file).write_text(change(before), "utf-8")
    found = [f for f in check_site(copy).faults if f.name == name]
    assert found, planted
    assert any(f.file == file or name in ("wrong_value", "no_card") for f in found)


def test_the_crawler_finds_a_source_whose_bytes_are_others(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    (source,) = (copy / "sources").iterdir()
    source.write_bytes(source.read_bytes() + b"\n")
    assert {"no_source", "changed"} <= {f.name for f in check_site(copy).faults}


def test_figures_are_those_of_the_file_itself(site: Path) -> None:
    raw, figures = raw_counts(), read(site, "figures")
    for name, basis, outcome in (
        ("charged", "recorded", "1"),
        ("charged_assigned", "assigned", "1"),
        ("victim", "recorded", "16"),
        ("evidence", "recorded", "15"),
        ("open", "recorded", "0"),
    ):
        for force, written in (("all", "all"), ("north_yorkshire", "North Yorkshire")):
            row = figures[f"{name}.{force}.2018-19"]
            whole = sum(
                n
                for (f, b, o), n in raw.items()
                if (f, b) == (written, basis) and not (basis == "assigned" and o == "0")
            )
            assert int(row["counted"]) == raw.get((written, basis, outcome), 0), (name, force)
            assert int(row["out_of"]) == whole, (name, force)


def test_what_somebody_says_after_five_minutes_with_the_national_page_is_true(built: Site) -> None:
    """The sentences of the page, against counts taken from the file line by line."""
    raw = raw_counts()
    recorded = sum(n for (f, b, _), n in raw.items() if (f, b) == ("all", "recorded"))
    assigned = sum(n for (f, b, o), n in raw.items() if (f, b) == ("all", "assigned") and o != "0")

    def of(outcome: str, basis: str = "recorded") -> str:
        x, n = raw["all", basis, outcome], recorded if basis == "recorded" else assigned
        return f"{x:,} of {n:,} ({100 * x / n:.1f}%)"

    page = words_of(built.files["index.html"])
    for said in (
        f"the police in England and Wales recorded {recorded:,} crimes of stalking, as the edition of Jan",
        f"Of the crimes recorded, {of('1')} had led to a charge or summons by then.",
        f"whenever the crime was recorded, {of('1', 'assigned')} were charges or summonses.",
        "These are two different shares: say which of them you mean.",
        f"the victim did not support action in {of('16')}.",
        f"evidential difficulties ended {of('15')}.",
        f"No outcome yet: {of('0')}.",
        "Anything about the shares of North Yorkshire. 173 of 217 crimes have no outcome yet (79.7%)",
        "Nothing here puts forces in an order",
        "Stalking Protection Orders applied for and made: No figures by force",
    ):
        assert said in page, said
    assert "13 of 217" not in page.partition("In words")[2]


def test_north_yorkshire_is_at_neither_end_and_its_page_says_why(built: Site, site: Path) -> None:
    page = words_of(built.files["forces/north_yorkshire.html"])
    assert "6.0%, 13 of 217" in page
    assert "30.8%, 12 of 39" in page
    assert "Do not compare these shares with those of other forces, and do not call them high or low" in page
    assert "Its share charged is not set beside those of other forces: 173 of 217" in page
    row = read(site, "figures")["charged.north_yorkshire.2018-19"]
    assert (row["compared"], row["where"], row["expected"]) == ("no", "not compared", NOT_SAID)


def test_no_page_puts_forces_in_an_order(built: Site) -> None:
    for name, content in built.files.items():
        if not name.endswith(".html"):
            continue
        words = words_of(content)
        assert RANK.findall(words.replace("neither more nor less is better", "")) == [], name
        for body in re.findall(r"<tbody>(.*?)</tbody>", content.decode(), flags=re.DOTALL):
            heads = re.findall(r'<th scope="row"><a href="[^"]*forces/[^"]*">([^<]+)</a>', body)
            assert heads == sorted(heads), name


def test_what_can_be_expected_is_said_in_words_and_never_as_one_number(site: Path) -> None:
    rows = [r for r in read(site, "figures").values() if r["force"] != "all"]
    assert {r["expected"] for r in rows} <= {CHANCE, SPREAD, AWAY, OUTSIDE, NOT_SAID}
    for row in rows:
        said = bool(row["expected_low"])
        assert said is (row["expected"] in (CHANCE, SPREAD, AWAY)), row["id"]
        if said and row["expected"] == SPREAD:
            centre = float(read_centre(site, row["measure"]))
            assert float(row["expected_low"]) - 1e-3 <= centre <= float(row["expected_high"]) + 1e-3
        if said and row["out_of"]:
            # Drawn towards the centre, the interval is never wider than that of the counts alone.
            assert float(row["expected_high"]) - float(row["expected_low"]) > 0
    outside = {(r["measure"], r["force"]) for r in rows if r["expected"] == OUTSIDE}
    assert ("open", "north_yorkshire") in outside


def a_country(x: list[int], n: list[int], level: float = 0.02) -> Compared:
    cells = tuple(
        Cell(str(k), a, b, 100 * a / b, None, None, ()) for k, (a, b) in enumerate(zip(x, n, strict=True))
    )
    return Compared(cards_file.measures()[0], cells, cells[0], funnel(x, n, level=level), True)


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.05])
def test_the_interval_of_what_can_be_expected_holds_the_truth_as_often_as_it_says(spread: float) -> None:
    rng = np.random.default_rng(33)
    held = told = 0
    wide = narrow = 0.0
    for _ in range(60):
        angles = rng.normal(np.arcsin(np.sqrt(0.14)), spread, 43)
        truth = np.square(np.sin(np.clip(angles, 0, np.pi / 2)))
        n = np.exp(rng.uniform(np.log(60), np.log(2000), 43)).astype(int)
        country = a_country(rng.binomial(n, truth).tolist(), n.tolist())
        found = spread_of(country)
        for cell, share in zip(country.cells, truth, strict=True):
            said = expected(country, cell, found)
            assert said.low is not None
            assert said.high is not None
            told += 1
            held += said.low <= 100 * share <= said.high
            narrow += said.high - said.low
            wide += 100 * 2 * 1.96 * np.sqrt(share * (1 - share) / cell.n)
    # Of forces that do not differ at all it may hold the truth nearly always.
    assert 0.93 <= held / told <= (0.98 if spread else 1.0), held / told
    # What all forces show makes it narrower than the counts of one force alone.
    assert narrow < 0.95 * wide


def read_centre(site: Path, measure: str) -> str:
    return read(site, "comparison")[f"{measure}.2018-19"]["centre"]


def test_the_same_folder_and_day_give_the_same_bytes_with_one_thread(
    folder: Path, site: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, datetime as dt; from pathlib import Path\n"
        "from lamplighter.studies.scorecard.site import build, write_site\n"
        "write_site(build(Path(sys.argv[1]), dt.date(2026, 11, 30)), Path(sys.argv[2]))"
    )
    again, elsewhere = tmp_path / "again", tmp_path / "moved"
    shutil.copytree(folder, elsewhere)
    subprocess.run(
        [sys.executable, "-c", code, str(elsewhere), str(again)],
        check=True,
        env=os.environ | ELSEWHERE,
    )
    held = {
        p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in site.rglob("*.*")
    }
    made = {
        p.relative_to(again).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in again.rglob("*.*")
    }
    assert made == held


def test_a_changed_snapshot_is_refused_by_name(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (snapshot,) = (folder / "snapshots").iterdir()
    snapshot.write_bytes(snapshot.read_bytes().replace(b"North Yorkshire", b"North  Yorkshire", 1))
    with pytest.raises(SourceChanged, match=r"outcomes-mar2019\.csv: .*its SHA-256 is another"):
        read_folder(folder)
    snapshot.unlink()
    with pytest.raises(ScorecardError, match=r"outcomes-mar2019\.csv: The snapshot is not there"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("file", "was", "now", "said"),
    [
        ("sources.toml", "edition = ", "editon = ", r"sources\.toml, \[\[source\]\] 1 .*line 1.*editon"),
        ("sources.toml", 'file = "', 'file = "../', r"must be a path inside the folder"),
        (
            "right_of_reply.toml",
            "embargo = 2026-11-20",
            "embargo = 20",
            r"right_of_reply\.toml.*must be a date",
        ),
        ("scorecard.toml", "publisher", "publsher", r"scorecard\.toml.*publ"),
    ],
)
def test_a_wrong_file_is_named_with_its_place(
    tmp_path: Path, file: str, was: str, now: str, said: str
) -> None:
    folder = a_folder(tmp_path)
    text = (folder / file).read_text("utf-8")
    (folder / file).write_text(text.replace(was, now, 1), "utf-8")
    with pytest.raises(ScorecardError, match=said):
        read_folder(folder)


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A folder with a made-up later edition, the site before it came out, and the site after."""
    place = tmp_path_factory.mktemp("revised")
    folder = a_folder(place)
    rows = list(csv.DictReader((place / "outcomes-mar2019.csv").read_text("utf-8-sig").splitlines()))
    column = "force_outcomes_for_offences_recorded_in_quarter"
    moved = 0
    for row in rows:
        if row["force_name"] != "North Yorkshire" or row["offence_code"] != "8Q":
            continue
        # Half of what was open in North Yorkshire is decided: it was a charge.
        if row["outcome_type"] == "" or row["outcome_type"] == "0":
            half = int(row[column]) // 2
            row[column], moved = str(int(row[column]) - half), moved + half
    for row in rows:
        if (row["force_name"], row["offence_code"], row["outcome_type"]) == ("North Yorkshire", "8Q", "1"):
            row[column] = str(int(row[column]) + moved)
            break
    assert moved > 50
    later = place / "outcomes-mar2019-revised.csv"
    with later.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    add_source(
        folder, later, FACTS | {"edition": "2026-07", "published": dt.date(2026, 7, 23), "made_up": True}
    )
    before, after = place / "before", place / "after"
    write_site(build(folder, dt.date(2026, 7, 1)), before)
    # Every page is out on both days.
    write_site(build(folder, AS_AT, since=before), after)
    return folder, before, after


def test_a_revised_edition_says_what_a_figure_was_and_when(revised: tuple[Path, Path, Path]) -> None:
    _, before, after = revised
    now = read(after, "figures")["charged.all.2018-19"]
    assert int(now["counted"]) > 2677
    assert now["edition"] == "2026-07"
    page = words_of((after / "index.html").read_bytes())
    share = 100 * int(now["counted"]) / 19583
    assert (
        f"Charged or summonsed, 2018/19: 13.7%, 2,677 of 19,583 in the edition of January 2020; "
        f"{share:.1f}%, {int(now['counted']):,} of 19,583 in the edition of July 2026." in page
    )
    assert "One edition of each year is held here" in words_of((before / "index.html").read_bytes())
    # That the later edition is made up stands on every page that came after it, and on none before.
    for path in after.rglob("*.html"):
        assert "Some figures of this site are made up" in words_of(path.read_bytes()), path.name
    assert "made up" not in words_of((before / "index.html").read_bytes())
    assert check_site(after).faults == []


def test_what_changed_between_two_sites_is_a_table_a_page_and_a_feed(
    revised: tuple[Path, Path, Path],
) -> None:
    folder, before, after = revised
    rows = read(after, "changes").values()
    told = {(r["row"], r["column"]): (r["was"], r["now"]) for r in rows if r["file"] == "data/figures.csv"}
    was, now = told["charged.all.2018-19", "counted"]
    assert was == "2677"
    assert int(now) > 2677
    # What no edition changed is not told.
    assert ("victim.all.2018-19", "counted") not in told
    feed = ElementTree.parse(after / "feed.xml")
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert any("counted: 2677 → " in (e.findtext(f"{atom}content") or "") for e in entries)
    ids = [e.findtext(f"{atom}id") for e in entries]
    assert len(ids) == len(set(ids)) > 1
    assert all((e.findtext(f"{atom}updated") or "").startswith("2026-11-30") for e in entries)
    # The next site carries it on and adds nothing of its own where nothing changed.
    third = build(folder, dt.date(2026, 12, 15), since=after)
    later = {r["id"] for r in csv.DictReader(io.StringIO(third.files["data/changes.csv"].decode()))}
    assert {r["id"] for r in rows} <= later
    assert before.exists()
    page = words_of((after / "changes.html").read_bytes())
    assert (
        f"All forces together, Charged or summonsed, 2018/19: counted 30 November 2026 2,677 {int(now):,}"
        in page
    )


EMBARGO = """
[every_force]
sent = 2026-11-02
embargo = 2026-11-20

[[force]]
code = "north_yorkshire"
sent = 2026-11-25
embargo = 2026-12-09

[[force]]
code = "surrey"
sent = 2026-11-02
embargo = 2026-11-20
reply = "We recorded 414 crimes. We ask that our 91 charges are read with them."
reply_on = 2026-11-18
reply_by = "The Chief Constable of Surrey"
"""


CORRECTION = """
[[correction]]
on = 2026-11-21
page = "forces/kent.html"
was = "69 of 706"
now = "70 of 706"
why = "A row was counted in another force."
force = "kent"
"""


def test_a_force_that_still_reads_is_said_nothing_of_alone(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, EMBARGO, CORRECTION)
    whole = build(folder, AS_AT)
    made = whole.files
    page = made["forces/north_yorkshire.html"].decode()
    assert "The force is reading this page." in page
    assert '<data class="num"' not in page.partition("<footer>")[0]
    for name, content in made.items():
        if name.startswith("data/") and name != "data/replies.csv":
            assert b"north_yorkshire" not in content, name
        if name.endswith(".html"):
            assert "173 of 217" not in words_of(content), name
            drawn = "".join(re.findall(r"<svg\b.*?</svg>", content.decode(), flags=re.DOTALL))
            assert "North Yorkshire" not in drawn, name
    # On the day on which the embargo ends it is still reading; the day after it is out.
    for day, is_out in ((dt.date(2026, 12, 9), False), (dt.date(2026, 12, 10), True)):
        assert read_folder(folder).is_out("north_yorkshire", day) is is_out
    reply = words_of(made["forces/surrey.html"])
    assert "We recorded 414 crimes. We ask that our 91 charges are read with them." in reply
    assert "The Chief Constable of Surrey" in reply
    # A correction stands in the log and is named on the page of its force.
    log = words_of(made["corrections.html"])
    assert "69 of 706 70 of 706 A row was counted in another force." in log
    assert "Errors on this page were corrected" in words_of(made["forces/kent.html"])
    write_site(whole, tmp_path / "site")


def test_without_a_right_of_reply_no_force_goes_out(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "right_of_reply.toml").unlink()
    made = build(folder, AS_AT)
    assert made.forces_out == 0
    assert "has not been sent to the force yet" in words_of(made.files["forces/kent.html"])
    write_site(made, tmp_path / "site")


def card_text() -> str:
    return (Path(cards_file.__file__).parent / "measures.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("was", "now", "name", "place"),
    [
        (
            'why = "How often a recorded',
            'wy = "How often a recorded',
            "unknown_key",
            "[[measure]] 1 “charged” (line",
        ),
        ('paired = "evidence"', 'paired = "evidnce"', "no_such_pair", "[[measure]] 3 “victim” (line"),
        ('direction = "none"', 'direction = "up"', "unknown_code", "[[measure]] 1 “charged” (line"),
        ("next_review = 2027-05-28", 'next_review = "soon"', "wrong_type", "[[measure]] 1 “charged” (line"),
        ('checker = "Not checked', 'chequer = "Not checked', "missing_key", "[[measure]] 1 “charged” (line"),
    ],
)
def test_a_wrong_card_is_a_named_fault_with_file_and_line(was: str, now: str, name: str, place: str) -> None:
    text = card_text()
    assert was in text
    with pytest.raises(RuleFileError) as raised:
        cards_file.cards_in(text.replace(was, now, 1))
    fault = next(f for f in raised.value.faults if f.name == name)
    assert fault.file == "measures.toml"
    assert fault.place.startswith(place)
    line = int(re.search(r"line (\d+)", fault.place)[1])  # type: ignore[index]
    assert text.split("\n")[line - 1] == "[[measure]]"


def test_an_overdue_review_shows_on_the_page_and_in_the_file(folder: Path) -> None:
    on = max(card.next_review for card in cards_file.cards()) + dt.timedelta(days=1)
    made = build(folder, on).files
    assert "The review of this card is overdue" in words_of(made["measures/charged.html"])
    assert {r["overdue"] for r in csv.DictReader(io.StringIO(made["data/measures.csv"].decode()))} == {"yes"}
    assert "Review overdue" in words_of(made["measures/index.html"])


def test_a_card_shows_every_field(built: Site) -> None:
    for card in cards_file.cards():
        page = words_of(built.files[f"measures/{card.name.replace('_', '-')}.html"])
        for field in (
            "why",
            "numerator",
            "denominator",
            "comes_from",
            "unit",
            "maturity",
            "gaming",
            "must_not",
        ):
            assert " ".join(getattr(card, field).split()) in page, (card.name, field)
        for field in ("author", "checker", "not_held"):
            assert getattr(card, field) in page
        assert card.changes[0].what in page


def test_a_number_cannot_be_written_by_hand() -> None:
    with pytest.raises(ValueError, match="written by hand"):
        frame.p("13.7% were charged.")


def test_the_package_describes_every_file_as_it_is(site: Path) -> None:
    package = json.loads((site / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (site / resource["path"]).read_bytes()
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        fields = resource["schema"]["fields"]
        assert rows[0] == [f["name"] for f in fields]
        assert all(f["description"] for f in fields)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        for place, field in enumerate(fields):
            if field["type"] == "integer":
                assert all(re.fullmatch(r"-?\d*", row[place]) for row in rows[1:])
    metadata = json.loads((site / "metadata.json").read_text("utf-8"))
    held = metadata["databases"]["scorecard"]["tables"]
    assert set(held) == {p.stem for p in (site / "data").glob("*.csv")}


def test_a_site_is_not_written_over_what_somebody_keeps(built: Site, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ScorecardError, match="something else than a site"):
        write_site(built, tmp_path / "notes")
    write_site(built, tmp_path / "site")
    (tmp_path / "site/mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ScorecardError, match=r"mine\.txt"):
        write_site(built, tmp_path / "site")
    assert (tmp_path / "site/mine.txt").read_text("utf-8") == "mine"


def test_pages_of_the_register_come_through_the_frame_and_the_crawler(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path("shipped")
    made = build(folder, AS_AT, register=shipped)
    write_site(made, tmp_path / "site")
    assert b'href="register/index.html">Recommendations' in made.files["index.html"]
    found = check_site(tmp_path / "site")
    assert found.faults == []
    assert {file for file, _, _ in found.cells if "register" in file}
    # What the crawler cannot resolve does not go out, whoever wrote it.
    real = site_module.site_pages
    by_hand = lambda told, day: [  # noqa: E731
        replace(p, body=p.body + "<p>42 days</p>") if p.path == "register/index.html" else p
        for p in real(told, day)
    ]
    monkeypatch.setattr(site_module, "site_pages", by_hand)
    with pytest.raises(ScorecardError, match="42 days"):
        write_site(build(folder, AS_AT, register=shipped), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_change_of_the_register_leads_to_its_own_pages(folder: Path, tmp_path: Path) -> None:
    def a_register(name: str, *entries: str) -> Path:
        place = registers.folder(tmp_path / name, *entries)
        one = place / "report-1.toml"
        one.write_text(one.read_text("utf-8").replace("found_share", "charged"), "utf-8")
        return place

    accepted = registers.claim("accepted", "2024-03-01")
    before = build(folder, AS_AT, register=a_register("old", accepted))
    write_site(before, tmp_path / "before")
    told = a_register("new", accepted, registers.claim("done", "2024-07-10"))
    made = build(folder, AS_AT, since=tmp_path / "before", register=told)
    write_site(made, tmp_path / "after")
    changed = list(read(tmp_path / "after", "changes").values())
    assert {row["file"] for row in changed} >= {
        f"data/register-{t}.csv" for t in ("status", "claims", "forces")
    }
    assert {row["page"] for row in changed if "register" in row["file"]} == {
        "register/report-1.html",
        "register/forces/kent.html",
        "register/index.html",
    }
    assert {row["page"] for row in changed} <= made.files.keys()
    # The verdict that changed is told with its recommendation and its force, at the recommendation's page.
    (verdict,) = (r for r in changed if r["file"] == "data/register-status.csv" and r["column"] == "words")
    assert (verdict["was"], verdict["now"]) == ("Accepted", "Said to be done, not shown")
    assert (verdict["what"], verdict["page"]) == ("“Search records”, Kent: words", "register/report-1.html")
    (said,) = (r for r in changed if r["file"] == "data/register-claims.csv" and r["row"] != "all")
    assert (said["column"], said["now"], said["page"]) == ("done", "Told.", "register/report-1.html")
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(made.files["feed.xml"]).findall("a:entry", names)
    leads = {e.find("a:title", names).text: e.find("a:link", names).get("href") for e in entries}  # type: ignore[union-attr]
    assert leads["“Search records”, Kent"] == "https://scorecard.example.org/register/report-1.html"
    # Another day on which nothing was said tells nothing, though its days have run on.
    later = build(folder, AS_AT + dt.timedelta(days=1), since=tmp_path / "after", register=told)
    write_site(later, tmp_path / "later")
    assert read(tmp_path / "later", "changes") == read(tmp_path / "after", "changes")


def test_a_folder_is_begun_built_and_checked_from_the_command_line(tmp_path: Path) -> None:
    raw = tmp_path / "outcomes.csv.gz"
    shutil.copyfile(DATA / "outcomes_2018_19_stalking_harassment.csv.gz", raw)
    run = CliRunner()
    folder, out = tmp_path / "folder", tmp_path / "site"
    facts = ["--edition", "2020-01", "--published", "2020-01-23", "--obtained", "2026-11-28"]
    facts += ["--address", "https://www.gov.uk/x", "--title", "Crime outcomes"]
    added = run.invoke(app, ["scorecard", "add", str(raw), "--folder", str(folder), *facts])
    assert added.exit_code == 0, added.output
    made = run.invoke(app, ["scorecard", "build", str(folder), "--out", str(out), "--as-at", "2026-11-30"])
    assert made.exit_code == 0, made.output
    assert "0 of 44 forces are out" in made.output
    checked = run.invoke(app, ["scorecard", "check", str(out), "--folder", str(folder)])
    assert checked.exit_code == 0, checked.output
    assert ": 0 faults" in checked.output.replace("\n", " ")
    (out / "about.html").write_text(
        (out / "about.html").read_text("utf-8").replace("</main>", "<p>7</p></main>"), "utf-8"
    )
    assert run.invoke(app, ["scorecard", "check", str(out)]).exit_code == 1
