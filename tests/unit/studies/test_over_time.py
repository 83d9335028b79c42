"""Charts over time on the public site: a planted change is named, nothing else; breaks, embargo, the feed."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from lamplighter.studies.scorecard.crawl import check_site
from lamplighter.studies.scorecard.folder import ScorecardError, add_source, read_folder
from lamplighter.studies.scorecard.site import build, write_site
from tests.unit.studies.test_forces import DATA
from tests.unit.studies.test_scorecard import FACTS, words_of

YEARS = range(2015, 2021)
RECORDED, ASSIGNED = "force_outcomes_for_offences_recorded_in_quarter", "force_outcomes_recorded_in_quarter"
FORCES = (
    "Cumbria",
    "Derbyshire",
    "Dorset",
    "Essex",
    "Gwent",
    "Kent",
    "Norfolk",
    "Suffolk",
    "Surrey",
    "Sussex",
)
SHARES = {"1": 0.14, "15": 0.25, "16": 0.36, "18": 0.22, "0": 0.03}
READ = "[every_force]\nsent = 2026-11-02\nembargo = 2026-11-20\n"
AS_AT = dt.date(2026, 11, 30)


def real_rows() -> list[dict[str, str]]:
    packed = (DATA / "outcomes_2018_19_stalking_harassment.csv.gz").read_bytes()
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six made-up years; from the third quarter of 2017/18 Kent charges fifteen points more."""
    place = tmp_path_factory.mktemp("years")
    lot = np.random.default_rng(7)
    shapes = {}
    for row in real_rows():
        kind = "0" if row["outcome_type"] in ("", "NA") else row["outcome_type"]
        shapes.setdefault(kind, row)
    for year in YEARS:
        out = io.StringIO()
        writer = csv.DictWriter(out, list(next(iter(shapes.values()))))
        writer.writeheader()
        for force in FORCES:
            for quarter in range(1, 5):
                share = dict(SHARES)
                if force == "Kent" and (year, quarter) >= (2017, 3):
                    share["1"], share["16"] = share["1"] + 0.15, share["16"] - 0.15
                drawn = [lot.multinomial(250, list(share.values())) for _ in range(2)]
                for place_, kind in enumerate(share):
                    told = shapes[kind] | {
                        "financial_year": f"{year}/{(year + 1) % 100:02}",
                        "financial_quarter": str(quarter),
                        "force_name": force,
                        "offence_code": "8Q",
                        "offence_description": "Stalking",
                        RECORDED: str(drawn[0][place_]),
                        ASSIGNED: str(drawn[1][place_]) if kind != "0" else "0",
                    }
                    writer.writerow(told)
        raw = place / f"outcomes-mar{year + 1}.csv"
        raw.write_text(out.getvalue(), "utf-8")
        facts = {"title": f"Made-up outcomes, {year}", "edition": f"{year + 2}-07"}
        add_source(place / "kept", raw, FACTS | facts | {"published": dt.date(year + 2, 7, 20)})
    (place / "kept" / "scorecard.toml").write_text(
        'title = "Stalking scorecard"\npublisher = "A made-up publisher"\ncontact = "replies@example.org"\n'
    )
    (place / "kept" / "right_of_reply.toml").write_text(READ)
    return place / "kept"


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"data/{name}.csv"].decode(), newline="")))


def test_a_planted_change_is_named_where_it_happened_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    site = build(folder, AS_AT)
    files = dict(site.files)
    named = table(files, "alarms")
    assert {row["force"] for row in named} == {"kent"}
    charged = next(row for row in named if row["measure"] == "charged")
    assert charged["direction"] == "rose"
    # The quarter before it may have been high by chance.
    assert "2017-04-01" <= charged["since"] <= charged["raised"] == "2017-10-01"
    assert float(charged["before"]) == pytest.approx(14, abs=2.5)
    assert float(charged["after"]) >= 19
    page = words_of(files["over-time.html"])
    assert "Kent: Charged or summonsed Rose October 2017" in page
    assert "It was seen in the quarter from" in words_of(files["forces/kent.html"])
    assert "No change of this force stands" in words_of(files["forces/essex.html"])
    # Silence is not read as steadiness: each force's page says how large a change would be named.
    seen = {row["id"]: row for row in table(files, "sight")}
    for force in ("essex", "kent"):
        own = seen[f"charged.{force}"]
        least = f"{float(own['rise']):.1f} points or a fall of {float(own['fall']):.1f} points"
        for name in (f"forces/{force}.html", f"forces/{force}-over-time.html"):
            told = words_of(files[name])
            assert told.count("That no change is named does not say that nothing changed.") == 1
            assert f"Charged or summonsed, now at {float(own['level']):.1f}%: a rise of {least}" in told
    # Every number of the charts is a cell, and a chart is drawn for each measure that can be followed.
    write_site(site, tmp_path / "site")
    assert check_site(tmp_path / "site").faults == []
    assert files["forces/kent-over-time.html"].count(b"<svg") == 4


def test_of_a_force_that_is_still_reading_no_change_is_told(folder: Path) -> None:
    told = READ + '[[force]]\ncode = "kent"\nsent = 2026-11-25\nembargo = 2026-12-20\n'
    (folder / "right_of_reply.toml").write_text(told)
    try:
        files = dict(build(folder, AS_AT).files)
    finally:
        (folder / "right_of_reply.toml").write_text(READ)
    assert table(files, "alarms") == []
    assert not [row for row in table(files, "charts") if row["force"] == "kent"]
    assert "forces/kent-over-time.html" not in files


def test_a_day_from_which_figures_are_counted_otherwise_is_told_and_not_compared_across(folder: Path) -> None:
    (folder / "breaks.toml").write_text(
        '[[break]]\nday = 2017-10-01\nwhy = "A new crime system"\nsource = "The force"\nforce = "kent"\n'
    )
    try:
        files = dict(build(folder, AS_AT).files)
    finally:
        (folder / "breaks.toml").unlink()
    assert table(files, "alarms") == []
    assert "1 October 2017: A new crime system" in words_of(files["forces/kent-over-time.html"])
    assert "A new crime system" not in words_of(files["forces/essex-over-time.html"])


def test_a_break_of_a_force_that_is_none_is_refused_by_file_and_line(folder: Path) -> None:
    (folder / "breaks.toml").write_text(
        '[[break]]\nday = 2017-10-01\nwhy = "A new crime system"\nsource = "x"\nforce = "atlantis"\n'
    )
    try:
        with pytest.raises(ScorecardError, match=r"breaks.toml.*atlantis"):
            read_folder(folder)
    finally:
        (folder / "breaks.toml").unlink()


def test_who_follows_the_feed_is_told_of_a_change_when_it_is_first_named(
    folder: Path, tmp_path: Path
) -> None:
    # The year 2017/18 was published in July 2019.
    before, now = dt.date(2019, 7, 1), dt.date(2019, 8, 1)
    (folder / "right_of_reply.toml").write_text("[every_force]\nsent = 2018-01-01\nembargo = 2018-02-01\n")
    try:
        write_site(build(folder, before), tmp_path / "site")
        files = dict(build(folder, now, since=tmp_path / "site").files)
    finally:
        (folder / "right_of_reply.toml").write_text(READ)
    told = [
        row for row in table(files, "changes") if row["file"] == "data/alarms.csv" and row["row"] != "all"
    ]
    assert {row["row"].split(".")[1] for row in told} >= {"kent"}
    assert b"alarms.csv, row charged.kent." in files["feed.xml"]


def test_a_quarter_that_has_had_no_time_to_be_decided_is_not_charted(folder: Path) -> None:
    files = dict(build(folder, AS_AT).files)
    ends = {row["last"] for row in table(files, "charts") if row["measure"] == "charged"}
    # Each year came out sixteen months after its end: every quarter of it is final, and none is missing.
    assert len(ends) == 4 * len(YEARS)
    early = folder.parent / "early"
    raw = folder.parent / f"outcomes-mar{YEARS[-1] + 1}.csv"
    add_source(early, raw, FACTS | {"edition": "2021-07", "published": dt.date(2021, 7, 20)})
    (early / "right_of_reply.toml").write_text(READ)
    files = dict(build(early, AS_AT).files)
    left = {(row["measure"], row["last"]) for row in table(files, "charts") if row["force"] == "essex"}
    assert {last for measure, last in left if measure == "charged"} == {"2020-06-30"}
    assert len([1 for measure, _ in left if measure == "charged_assigned"]) == 4
    assert "had no time" not in words_of(files["forces/essex.html"])
    assert "Quarters are left out that ended less than 12 months" in words_of(
        files["forces/essex-over-time.html"]
    )
