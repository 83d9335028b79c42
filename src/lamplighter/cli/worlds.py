"""Made-up worlds on disk: bundles, exports in agencies' own formats, and the truth kept aside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress

Out = Annotated[Path, typer.Option("--out", help="Folder for the world; made if it is not there.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same world.")]
Size = Annotated[
    int, typer.Option("--person-records", min=1_000, max=20_000_000, help="How many person records.")
]
Bank = Annotated[
    Literal["a", "b"],
    typer.Option("--bank", help="Phrase bank of the free text: two ways of saying everything, 'a' or 'b'."),
]
MOST_EXPORTED = 2


def _with_a_format(forces: int) -> int:
    if forces > MOST_EXPORTED:
        raise typer.BadParameter(
            f"{forces}: only two forces have an export format of their own. Ask for 1 or 2 here, "
            "or use 'synth world' for up to 30."
        )
    return forces


Forces = Annotated[int, typer.Option("--forces", min=1, max=30, help="How many police forces, 1 to 30.")]
Exported = Annotated[
    int,
    typer.Option(
        "--forces",
        min=1,
        callback=_with_a_format,
        help="How many police forces, 1 or 2; the helpline comes on top.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    group = typer.Typer(help="A made-up world whose truth we know.", no_args_is_help=True)
    group.command("world")(world)
    group.command("exports")(exports)
    group.command("country")(country)
    group.command("bundle")(bundle)
    app.add_typer(group, name="synth")


def world(
    out: Out, seed: Seed = 2026, person_records: Size = 10_000, forces: Forces = 4, bank: Bank = "a"
) -> None:
    """Stream a world to Parquet, with its truth in a folder of its own. Stopped half-way, run it again."""
    from lamplighter.synthetic.sampling.config import Config
    from lamplighter.synthetic.worlds import stream

    console = Console()
    with Progress(console=console) as progress:
        task = progress.add_task("Making the world", total=None)
        try:
            made = stream.write(
                out,
                Config(seed=seed, person_records=person_records, forces=forces, bank=bank),
                progress=lambda done, parts: progress.update(task, completed=done, total=parts),
            )
        except stream.OtherWorldError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
    console.print(f"{made.person_records:,} person records are in {out}, their truth in {out / 'truth'}")


def exports(
    out: Out, seed: Seed = 2026, person_records: Size = 10_000, forces: Exported = 2, bank: Bank = "a"
) -> None:
    """Write a world as its agencies would export it, quirks and damage included, with the truth aside."""
    from lamplighter.synthetic import exports as writers
    from lamplighter.synthetic.worlds.world import generate

    writers.write(generate(seed, person_records=person_records, forces=forces, bank=bank), out)
    told = "Three agencies'" if forces == 2 else "Force A's and the helpline's"
    Console().print(f"{told} exports are in {out}")


def country(
    out: Out,
    seed: Seed = 2026,
    person_records: Annotated[
        int,
        typer.Option("--person-records", min=1_000, max=20_000_000, help="How many person records, about."),
    ] = 250_000,
    forces: Annotated[
        int, typer.Option("--forces", min=1, max=97, help="How many police forces, 1 to 97.")
    ] = 43,
    crossing: Annotated[
        float,
        typer.Option(
            "--crossing", min=0, max=0.9, help="Of the repeat suspects of stalking, the share in two forces."
        ),
    ] = 0.25,
    with_words: Annotated[
        bool, typer.Option("--with-words", help="Write what was told as well; twice the time.")
    ] = False,
    bank: Bank = "a",
) -> None:
    """Write a country: a folder a force, of unequal size, with some people known in several. Truth apart."""
    from lamplighter.synthetic.countries import country as countries
    from lamplighter.synthetic.countries.settings import CountrySettings

    console = Console()
    try:
        settings = CountrySettings(
            seed=seed,
            person_records=person_records,
            forces=forces,
            crossing=crossing,
            with_words=with_words,
            bank=bank,
        )
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--person-records") from None
    with Progress(console=console) as progress:
        task = progress.add_task("Making the country", total=None)
        try:
            made = countries.write(
                out, settings, progress=lambda done, steps: progress.update(task, completed=done, total=steps)
            )
        except countries.OtherCountryError as problem:
            raise typer.BadParameter(str(problem), param_hint="--out") from None
    console.print(
        f"{made['person_records'].sum():,} person records of {forces} forces are in {out}, "
        f"one folder a force; their truth is in {out / 'truth'}"
    )


def bundle(
    out: Out,
    scenario: Annotated[
        str, typer.Option("--scenario", help="london, null, shared-suspects, rare-factors, immature ...")
    ] = "london",
    reports: Annotated[
        int | None,
        typer.Option("--reports", min=1, max=20_000_000, help="How many reports; by default the scenario's."),
    ] = None,
    seed: Seed = 2026,
    form: Annotated[
        Literal["parquet", "csv"], typer.Option("--form", help="Files of the bundle.")
    ] = "parquet",
    forces: Annotated[
        int, typer.Option("--forces", min=1, max=100, help="How many forces recorded the reports.")
    ] = 1,
) -> None:
    """Write a made-up study bundle, with what is true of it in the folder 'truth' beside it."""
    from lamplighter.synthetic.study_bundles.bundle import make
    from lamplighter.synthetic.study_bundles.scenarios import SCENARIOS

    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"There are {', '.join(SCENARIOS)}.", param_hint="--scenario")
    if SCENARIOS[scenario].flat and forces > 1:
        raise typer.BadParameter("A spreadsheet is of one force.", param_hint="--forces")
    made = make(scenario, out, reports=reports, seed=seed, form=form, forces=forces)
    console = Console()
    console.print(f"{made.reports:,} reports with {made.events:,} events: {made.bundle}")
    console.print(f"What is true of them: {made.truth}")
