"""How well the spine finds people and courses of conduct, beside exact matching and stock Splink 5.

    python -m benchmarks.accuracy --person-records 20000 --seed 2026 --bank b

The made-up world's truth is read here and nowhere else. Settings are those that
ship; nothing is fitted to the truth. Figures are pairwise unless a line says
otherwise, and a pair lost by blocking is a miss.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks import baselines, linkage_dyads, metrics, urgency
from lamplighter.courses.assemble import courses as find_courses
from lamplighter.linkage import link
from lamplighter.linkage.results import LinkResult
from lamplighter.synthetic.worlds.world import World, generate

STRATA = ("cross_force", "unknown_suspect", "sparse_suspect", "swapped_roles", "by_proxy", "against_relative")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method says: persons, the reports of each course, and which it calls hidden stalking."""

    name: str
    seconds: float
    persons: pl.DataFrame
    report_pairs: pl.DataFrame
    courses: pl.DataFrame
    hidden: frozenset[str]
    linked: LinkResult | None = None


def ours(world: World, as_at: dt.datetime) -> Answer:
    """The spine as it ships: linkage, then courses."""
    started = time.perf_counter()
    linked = link(world.bundle, as_at=as_at)
    found = find_courses(world.bundle, linked, as_at=as_at)
    members = found.report_groups().select("report_id", "course_id")
    hidden = found.courses.filter(pl.col("flagged") & pl.col("hidden"))["course_id"]
    return Answer(
        "Lamplighter",
        time.perf_counter() - started,
        linked.persons.select("record_id", "person_id"),
        found.report_pairs(),
        members,
        frozenset(hidden),
        linked,
    )


def peer(name: str, world: World, persons: pl.DataFrame, seconds: float) -> Answer:
    """A peer's persons, with report pairs and hidden stalking by the obvious rules.

    Hidden stalking for a peer is any victim and suspect with two reports or more, none recorded as stalking.
    """
    people = world.bundle["people"]
    placed = people.select("record_id", "report_id", "role").join(persons, on="record_id")
    victims = placed.filter(pl.col("role") == "victim").select(
        "report_id", pl.col("person_id").alias("victim")
    )
    suspects = placed.filter(pl.col("role") == "suspect").select(
        "report_id", pl.col("person_id").alias("suspect")
    )
    dyads = victims.join(suspects, on="report_id").unique()
    members = dyads.select(
        "report_id", pl.concat_str(["victim", "suspect"], separator="|").alias("course_id")
    )
    stalking = said_stalking(world)
    sized = members.join(stalking, on="report_id").group_by("course_id").agg(pl.len(), pl.col("said").any())
    hidden = sized.filter((pl.col("len") > 1) & ~pl.col("said"))["course_id"]
    return Answer(name, seconds, persons, baselines.report_pairs(people, persons), members, frozenset(hidden))


def said_stalking(world: World) -> pl.DataFrame:
    """``report_id`` and whether the agency called it stalking, as the principal or an included class."""
    return (
        world.bundle["offences"]
        .group_by("report_id")
        .agg((pl.col("offence_group") == "stalking").any().alias("said"))
    )


def pairs_of(members: pl.DataFrame) -> pl.DataFrame:
    """Pairs of reports in one course: ``left`` < ``right``."""
    both = members.join(members, on="course_id", suffix="_right")
    both = both.filter(pl.col("report_id") < pl.col("report_id_right"))
    return both.select(pl.col("report_id").alias("left"), pl.col("report_id_right").alias("right")).unique()


def true_members(world: World, where: pl.Expr | None = None) -> pl.DataFrame:
    """``report_id`` and ``course_id`` of the true courses with two reports or more."""
    courses = world.truth.courses.filter(pl.col("n_reports") > 1)
    if where is not None:
        courses = courses.filter(where)
    return world.truth.reports.select("report_id", "course_id").join(
        courses.select("course_id"), on="course_id"
    )


def stratum_score(answer: Answer, world: World, where: pl.Expr | None) -> tuple[metrics.Score, str]:
    """Report pairs within the courses of a stratum: found pairs count when they touch one of its reports."""
    members = true_members(world, where)
    truth = pairs_of(members)
    ids = members["report_id"].implode()
    found = answer.report_pairs
    if where is not None:
        found = found.filter(pl.col("left").is_in(ids) | pl.col("right").is_in(ids))
    exact, all_ = metrics.wholly_found(answer.courses, members, "report_id", "course_id")
    return metrics.pairwise_sets(found, truth), f"{exact} of {all_}"


def hidden_score(answer: Answer, world: World, where: pl.Expr | None = None) -> metrics.Score:
    """Hidden stalking found and falsely flagged, course by course.

    A flagged course is right when most of its reports belong to one true hidden course; a true hidden
    course is found when a flagged course is right about it.
    """
    is_hidden = pl.col("hidden") if where is None else pl.col("hidden") & where
    wanted = set(world.truth.courses.filter(is_hidden)["course_id"])
    members = answer.courses.filter(pl.col("course_id").is_in(list(answer.hidden)))
    placed = members.join(
        world.truth.reports.select("report_id", pl.col("course_id").alias("true_id")),
        on="report_id",
        how="left",
    )
    counted = (
        placed.with_columns(pl.len().over("course_id").alias("size"))
        .group_by("course_id", "true_id")
        .agg(pl.len().alias("n"), pl.col("size").first())
        .filter((pl.col("n") * 2 > pl.col("size")) & pl.col("true_id").is_not_null())
    )
    all_hidden = set(world.truth.courses.filter(pl.col("hidden"))["course_id"])
    right = counted.filter(pl.col("true_id").is_in(list(all_hidden)))
    found = set(right["true_id"]) & wanted
    precision = right["course_id"].n_unique() / len(answer.hidden) if answer.hidden else 1.0
    return metrics.Score(precision, len(found) / len(wanted) if wanted else 1.0, len(wanted))


def strata(world: World) -> dict[str, pl.Expr | None]:
    """Each stratum's name and the condition on the true courses."""
    named: dict[str, pl.Expr | None] = {"all courses": None, "stalking": pl.col("is_stalking")}
    for relationship in sorted(world.truth.courses.filter("is_stalking")["relationship"].unique()):
        named[f"stalking by {relationship}"] = pl.col("is_stalking") & (
            pl.col("relationship") == relationship
        )
    for name in STRATA:
        named[f"stalking, {name.replace('_', ' ')}"] = pl.col("is_stalking") & pl.col(name)
    return named


def print_persons(answers: list[Answer], world: World, console: Console) -> None:
    known = world.truth.records.filter("identifiable").select("record_id", "person_id")
    table = Table(title="Persons: records of people who can be identified at all")
    for heading in ("", "precision", "recall", "F1", "B3 precision", "B3 recall", "B3 F1", "seconds"):
        table.add_column(heading)
    for answer in answers:
        pair = metrics.pairwise(answer.persons, known, "record_id", "person_id")
        cubed = metrics.b_cubed(answer.persons, known, "record_id", "person_id")
        table.add_row(answer.name, *pair.cells(), *cubed.cells(), f"{answer.seconds:.1f}")
    console.print(table)


def print_pairs(answers: list[Answer], world: World, console: Console) -> None:
    table = Table(title="Report pairs within courses, and courses wholly found (every report, no other)")
    for heading in ("stratum", "true pairs", "method", "precision", "recall", "F1", "wholly found"):
        table.add_column(heading)
    for name, where in strata(world).items():
        for i, answer in enumerate(answers):
            score, whole = stratum_score(answer, world, where)
            table.add_row(
                name if i == 0 else "",
                str(score.truth) if i == 0 else "",
                answer.name,
                *score.cells(),
                whole,
                end_section=i == len(answers) - 1,
            )
    console.print(table)


def print_hidden(answers: list[Answer], world: World, console: Console) -> None:
    table = Table(
        title="Hidden stalking: courses of two reports or more, none recorded as stalking by anyone"
    )
    for heading in ("stratum", "true", "method", "flags right", "found", "F1"):
        table.add_column(heading)
    for name, where in strata(world).items():
        if name == "stalking":
            continue
        for i, answer in enumerate(answers):
            score = hidden_score(answer, world, where)
            # Which stratum a false flag belongs to is not defined, so precision is printed for all only.
            cells = score.cells() if where is None else ["", score.cells()[1], ""]
            table.add_row(
                name if i == 0 else "",
                str(score.truth) if i == 0 else "",
                answer.name,
                *cells,
                end_section=i == len(answers) - 1,
            )
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--bank", choices=["a", "b"], default="b", help="which bank of phrases the made-up officers use"
    )
    arguments = parser.parse_args()

    console = Console(width=150)
    world = generate(arguments.seed, person_records=arguments.person_records, bank=arguments.bank)
    counts = ", ".join(
        f"{frame.height:,} {name}" for name, frame in world.bundle.items() if name != "safe_contacts"
    )
    console.print(f"Made-up world, seed {arguments.seed}, phrase bank {arguments.bank}: {counts}")

    answers = [ours(world, dt.datetime.combine(world.config.as_at, dt.time.max))]
    started = time.perf_counter()
    stock = baselines.splink_stock(world.bundle["people"])
    answers.append(peer("Splink 5, stock", world, stock, time.perf_counter() - started))
    started = time.perf_counter()
    wider = baselines.splink_wider(world.bundle["people"])
    answers.append(peer("Splink 5, wider", world, wider, time.perf_counter() - started))
    started = time.perf_counter()
    exact = baselines.exact(world.bundle["people"])
    answers.append(peer("Exact matching", world, exact, time.perf_counter() - started))

    print_persons(answers, world, console)
    assert answers[0].linked is not None
    for table in linkage_dyads.tables(world, answers[0].linked, f"Seed {arguments.seed}"):
        console.print(table)
    print_pairs(answers, world, console)
    print_hidden(answers, world, console)
    console.print(urgency.table(urgency.ranked(world)))


if __name__ == "__main__":
    main()
