"""Records about two people each: whose they are, and which are about the same two."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from benchmarks.foreign import incidents
from lamplighter.linkage_tables import PairsResult, link_pairs
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown
from lamplighter.linkage_tables.two_party.candidate_pairs import proposed
from lamplighter.linkage_tables.two_party.cell_model import CELLS
from lamplighter.linkage_tables.two_party.parties import two_parties
from lamplighter.linkage_tables.two_party.record_pairs import scene_of
from tests.unit.linkage.tables import grouped_right, pairs_table, person, with_rows


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return pairs_table()


@pytest.fixture(scope="module")
def linked(table: pl.DataFrame) -> PairsResult:
    return link_pairs(table.drop("truth"), columns={"record_id": "ref"})


class TestParties:
    @pytest.mark.filterwarnings("ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NothingRead")
    @pytest.mark.parametrize(
        ("columns", "first", "second", "shared"),
        [
            (["victim_surname", "victim_dob", "suspect_surname", "suspect_dob", "address"], 2, 2, 1),
            (["surname_1", "dob_1", "surname_2", "dob_2"], 2, 2, 0),
            (["last_name", "dob", "spouse_last_name", "spouse_dob", "city"], 2, 2, 1),
        ],
    )
    def test_are_told_by_the_words_in_the_names(
        self, columns: list[str], first: int, second: int, shared: int
    ) -> None:
        told = two_parties(pl.DataFrame({c: ["x", "y"] for c in columns}))
        found = [
            sum(f is not None and f != "record_id" for f in p.taken_for.values())
            for p in (told.first, told.second, told.shared)
        ]
        assert found == [first, second, shared]

    @pytest.mark.parametrize(
        "said",
        [
            {"victim": "v_", "suspect": "s_"},
            {"one": ["v_sn", "v_dob"], "two": ["s_sn", "s_dob"]},
            {"victim": {"surname": "v_sn", "dob": "v_dob"}, "suspect": {"s_sn": "surname", "s_dob": "dob"}},
            {
                "victim_surname": "v_sn",
                "victim_dob": "v_dob",
                "suspect_surname": "s_sn",
                "suspect_dob": "s_dob",
            },
        ],
    )
    def test_are_said_in_any_of_four_ways(self, said: dict[str, object]) -> None:
        frame = pl.DataFrame(
            {"v_sn": ["Quarle"], "s_sn": ["Dray"], "v_dob": ["1980-01-02"], "s_dob": ["1975-03-04"]}
        )
        told = two_parties(frame, said)
        if "victim" in said or "victim_surname" in said:
            assert told.first.people["surname"].to_list() == ["Quarle"]
            assert told.second.people["surname"].to_list() == ["Dray"]
        assert told.second.people["birth_date"].to_list() == ["1975-03-04"]

    def test_further_columns_of_both_parties_are_the_same_one(self) -> None:
        rows = {"v_sn": ["Quarle"] * 40, "s_sn": ["Dray"] * 40}
        numbers = {f"{p}_staff": [f"{n:08d}" for n in range(40)] for p in "vs"}
        told = two_parties(pl.DataFrame(rows | numbers), {"v": "v_", "s": "s_"})
        assert told.first.extras == told.second.extras
        assert [e.kind for e in told.first.extras] == ["identifier"]

    def test_no_two_parties_are_named_with_the_columns(self) -> None:
        with pytest.raises(ColumnUnknown, match=r"No two parties .* Columns are: surname, dob"):
            two_parties(pl.DataFrame({"surname": ["x"], "dob": ["y"]}))
        with pytest.raises(ColumnUnknown, match="no column 'gone'"):
            two_parties(
                pl.DataFrame({"a": ["x"], "b": ["y"]}), {"v": {"surname": "gone"}, "s": {"surname": "b"}}
            )


class TestLinking:
    def test_finds_who_are_the_same_two(self, table: pl.DataFrame, linked: PairsResult) -> None:
        precision, recall = grouped_right(linked.dyads, table.select("ref", "truth"))
        assert precision > 0.97
        assert recall > 0.85

    def test_the_four_cells_sum_to_one(self, linked: PairsResult) -> None:
        total = linked.pairs.select(pl.sum_horizontal(CELLS))[CELLS[0]]
        assert np.allclose(total, 1)

    def test_the_same_victim_with_another_suspect_is_its_own_answer(self, linked: PairsResult) -> None:
        counts = dict(linked.pairs["relation"].value_counts().iter_rows())
        assert counts["first_only"] > 5
        assert counts["second_only"] > 5
        persons = linked.persons.pivot("party", index="record_id", values="person_id")
        first_only = linked.pairs.filter(relation="first_only").select("left_record", "right_record")
        told = first_only.join(persons, left_on="left_record", right_on="record_id").join(
            persons, left_on="right_record", right_on="record_id", suffix="_2"
        )
        assert (told["first"] == told["first_2"]).mean() > 0.9  # type: ignore[operator]  # of booleans
        assert (told["second"] != told["second_2"]).mean() > 0.9  # type: ignore[operator]  # of booleans

    def test_roles_that_are_swapped_are_found(self, table: pl.DataFrame, linked: PairsResult) -> None:
        whole = table.drop("truth")
        row = whole.filter(
            ref=linked.dyads.group_by("dyad_id", maintain_order=True).agg("record_id").row(0)[1][0]
        )
        full = whole.drop_nulls().head(1) if row.null_count().sum_horizontal()[0] else row
        swapped = full.rename(
            {
                c: c.replace("victim", "tmp").replace("suspect", "victim").replace("tmp", "suspect")
                for c in full.columns
            }
        ).with_columns(ref=pl.lit("swapped"))
        again = link_pairs(pl.concat([whole, swapped.select(whole.columns)]), columns={"record_id": "ref"})
        pair = again.pairs.filter(
            (pl.col("left_record") == full["ref"][0]) & (pl.col("right_record") == "swapped")
        )
        assert pair["swapped"].to_list() == [True]
        assert pair["both"][0] > 0.9
        persons = dict(
            again.persons.select(pl.concat_str("record_id", "party", separator="/"), "person_id").iter_rows()
        )
        assert persons["swapped/first"] == persons[f"{full['ref'][0]}/second"]

    def test_the_order_of_rows_and_columns_changes_nothing(
        self, table: pl.DataFrame, linked: PairsResult
    ) -> None:
        turned = table.drop("truth").sample(fraction=1, shuffle=True, seed=4)
        again = link_pairs(turned.select(sorted(turned.columns)), columns={"record_id": "ref"})
        assert again.dyads.sort("record_id")["record_id"].equals(linked.dyads.sort("record_id")["record_id"])
        both = again.dyads.join(linked.dyads, on="record_id")
        assert both["dyad_id"].equals(both["dyad_id_right"])

    def test_the_bar_keeps_to_the_budget(self, linked: PairsResult) -> None:
        linked_ = linked.pairs.filter(pl.col("both") >= linked.link_at)
        assert (1 - linked_["both"]).mean() <= 0.05  # type: ignore[operator]  # of numbers


@pytest.mark.filterwarnings("ignore::lamplighter.linkage_tables.column_roles.no_identifiers.NothingRead")
def test_a_word_of_its_own_tells_the_party_of_every_column_that_bears_it() -> None:
    columns = ["vic_fname", "vic_sname", "vic_mob", "vic_shoe", "sus_fname", "sus_sname", "sus_age", "place"]
    told = two_parties(pl.DataFrame({c: [f"{c}{n}" for n in range(30)] for c in columns}))
    assert set(told.first.taken_for) >= {"fname", "sname", "mob", "shoe"}
    assert "age" in told.second.taken_for
    assert set(told.shared.taken_for) == {"place", "record_id"}


def test_roles_that_are_swapped_are_believed_as_often_as_they_are_right() -> None:
    """Who was a victim is seldom somebody else's suspect, so that one of the two tells nearly as much."""
    table = incidents(seed=404)
    truth = table["truth"].to_list()
    swapped = link_pairs(table.drop("truth")).pairs.filter("swapped", pl.col("both") >= 0.02)
    right = sum(
        truth[int(a)] == truth[int(b)] for a, b in swapped.select("left_record", "right_record").rows()
    )
    assert right > 150
    assert swapped["both"].sum() == pytest.approx(right, rel=0.05)


def _reports(victims: int = 300, seed: int = 8) -> pl.DataFrame:
    """Four reports of each victim about two suspects, whom half of them name; one victim in three has another
    home and telephone in half of the reports."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str | None]] = []
    for number in range(victims):
        victim, suspects = person(rng), [person(rng), person(rng)]
        homes = [victim, *([person(rng)] if number % 3 == 0 else [])]
        for which in (0, 0, 1, 1):
            home, named = homes[int(rng.integers(0, len(homes)))], rng.random() < 0.5
            told = {k: victim[k] for k in ("fname", "lname", "dob")}
            told |= {k: home[k] for k in ("street_address", "zip", "mobile")}
            row: dict[str, str | None] = {"truth": f"{number}/{which}"}
            row |= {f"victim_{k}": v for k, v in told.items()}
            row |= {f"suspect_{k}": suspects[which][k] if named else None for k in ("fname", "lname")}
            rows.append(row)
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


def test_that_a_victim_has_moved_does_not_tell_that_the_suspect_is_the_same() -> None:
    table = _reports()
    pairs = with_rows(link_pairs(table.drop("truth")).pairs, table)
    moved = pairs.filter(
        pl.col("victim_dob") == pl.col("victim_dob_2"),
        pl.col("victim_mobile") != pl.col("victim_mobile_2"),
        pl.col("suspect_lname").is_null() | pl.col("suspect_lname_2").is_null(),
    )
    bars = moved.select(pl.col("levels").list.explode()).unnest("levels")
    of_home = bars.filter(pl.col("comparison").is_in(["1:address", "1:telephone"]))["weight"].sum()
    assert len(moved) > 150
    assert abs(of_home / len(moved)) < 0.5


def _with_days(table: pl.DataFrame, seed: int, together: bool) -> pl.DataFrame:
    """``table`` with the day of each report in words: those of one course within weeks, or at any time."""
    rng = np.random.default_rng(seed)
    begins = {course: int(rng.integers(0, 1_400)) for course in sorted(set(table["truth"].to_list()))}
    days = [
        begins[course] + int(rng.integers(0, 30)) if together else int(rng.integers(0, 1_400))
        for course in table["truth"].to_list()
    ]
    first = dt.date(2021, 1, 1)
    told = [f"{first + dt.timedelta(days=d):%A %d %B %Y}" for d in days]
    return table.with_columns(pl.Series("reported on", told))


def test_reports_of_one_course_come_close_together_in_any_table() -> None:
    table = _reports(victims=120, seed=11).drop("victim_street_address", "victim_zip", "victim_mobile")
    found: dict[bool, tuple[int, float, float]] = {}
    for together in (False, True):
        dated = _with_days(table, 11, together)
        linked = link_pairs(dated.drop("truth"), explained=True)
        assert linked.taken_for["shared: reported on"] == "day"
        truth = dated["truth"].to_list()
        both = linked.pairs.filter(pl.col("relation") == "both")
        right = [truth[int(a)] == truth[int(b)] for a, b in both.select("left_record", "right_record").rows()]
        bars = both.select(pl.col("levels").list.explode()).unnest("levels")
        of_time = bars.filter(pl.col("comparison") == "b:n_reported_on")["weight"].to_numpy()
        found[together] = sum(right), sum(right) / len(right), float(of_time.mean())
    # Where they come at any time it says nothing; where they do not, more courses are found by it.
    assert abs(found[False][2]) < 0.3
    assert found[True][2] > 1.5
    assert found[True][0] > 1.2 * found[False][0]
    assert found[True][1] > 0.9


@pytest.mark.parametrize(
    ("heading", "written", "taken"),
    [
        ("logged", ["3 de enero de 2022", "14/02/2022", "Mar 2022", "2022-05-06"], "day"),
        ("loss date", ["20220103", "20220214", "20220301", "20220506"], "day"),
        ("reference", ["20220103", "20220214", "20220301", "20220506"], None),
        ("weapon", ["knife", "fist", "knife", "bottle"], None),
    ],
)
def test_a_column_of_days_is_told_by_what_it_holds(
    heading: str, written: list[str], taken: str | None
) -> None:
    names = {f"{p}_surname": ["Quarle", "Dray", "Fenn", "Moss"] * 20 for p in ("victim", "suspect")}
    told = two_parties(pl.DataFrame(names | {heading: written * 20}))
    assert (told.shared.taken_for[heading] == "day") == (taken == "day")
    assert [e.kind for e in told.shared.extras].count("day") == (taken == "day")


@pytest.mark.parametrize("goes_with_the_day", [True, False])
def test_ages_are_of_the_day_of_the_record_where_they_go_with_it(goes_with_the_day: bool) -> None:
    rng, rows = np.random.default_rng(4), []
    for _ in range(150):
        victim, born = person(rng), int(rng.integers(1950, 2000))
        for _ in range(2):
            year = int(rng.integers(2005, 2024))
            row = {f"victim_{k}": victim[k] for k in ("fname", "lname")} | {
                "suspect_lname": person(rng)["lname"]
            }
            told = {"victim_age": (year if goes_with_the_day else 2024) - born, "logged": f"{year}-07-01"}
            rows.append(row | told)
    told_of = two_parties(pl.DataFrame(rows)).first.people
    years = told_of["reported_at"].dt.year()
    assert (years.to_list() == [int(str(r["logged"])[:4]) for r in rows]) == goes_with_the_day


def test_what_is_called_a_name_beside_surnames_is_what_was_given() -> None:
    given, surnames = ["Jose Ramon", "Josefa", "Carmen", "Ana"], ["Gil Rubio", None, "Cano Moya", None]
    names = {
        f"{p}_{c}": v * 20
        for p in ("victim", "suspect")
        for c, v in (("name", given), ("surnames", surnames))
    }
    told = two_parties(pl.DataFrame(names)).second.people
    assert told["forenames"].to_list() == given * 20
    assert told["surname"].to_list() == surnames * 20


def test_a_table_may_have_any_number_of_columns(table: pl.DataFrame, linked: PairsResult) -> None:
    # Of a force's export with forty columns nothing was found, but an overflow.
    rng = np.random.default_rng(6)
    codes = {f"suspect_mark_{i}": rng.choice(["a", "b", "c"], table.height) for i in range(26)}
    wide = link_pairs(table.drop("truth").with_columns(**codes), columns={"record_id": "ref"})
    truth = table.select("ref", "truth")
    assert min(grouped_right(wide.dyads, truth)) > min(grouped_right(linked.dyads, truth)) - 0.03


@pytest.mark.parametrize("turned", [False, True])
def test_a_couple_is_looked_at_by_both_first_names_whichever_way_round_it_is_written(turned: bool) -> None:
    """Nothing else of either is alike: surnames, births and towns are all others."""
    one, two = ("Annelise", "Gosling", "1980-01-03"), ("Leopold", "Barlow", "1977-11-20")
    again, other = ("Annelise", "Quigley", "1964-06-09"), ("Leopold", "Marchbanks", "1991-02-14")
    rows = [
        (*one, *two, "Avonbridge"),
        (*other, *again, "Tynecastle") if turned else (*again, *other, "Wearside"),
    ]
    rows += [("Una", f"Quarrie{n}", "1970-05-05", "Ivor", f"Dench{n}", "1971-06-06", "Soke") for n in "abc"]
    names = [f"{party}_{c}" for party in ("applicant", "respondent") for c in ("forename", "surname", "dob")]
    told = two_parties(pl.DataFrame(rows, schema=[*names, "town"], orient="row"))
    found = proposed(scene_of(told, told.record_ids.arg_sort())).pairs
    assert (0, 1, turned) in set(
        zip(*(x.tolist() for x in (found.left, found.right, found.swapped)), strict=True)
    )
