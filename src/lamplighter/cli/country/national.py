"""``lamplighter national``: split a force's records in two, link forces, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import polars as pl

    from lamplighter.linkage.engines.protocol import Engine
    from lamplighter.national.delivery.keys import Release
    from lamplighter.records.schema import Bundle

BundleFolder = Annotated[
    Path, typer.Argument(help="Folder of a force's bundle: people.parquet, reports.parquet and the rest.")
]
Force = Annotated[str, typer.Option("--force", help="The force: lowercase letters, digits, hyphens.")]
Linker = Annotated[Path, typer.Option("--linker", help="The linker's folder: who people are.")]
Analyst = Annotated[Path, typer.Option("--analyst", help="The analyst's folder: what was done, and links.")]
Purpose = Annotated[str, typer.Option("--purpose", help="What the release is for, such as reoffending.")]
ReleaseName = Annotated[str, typer.Option("--release", help="Which release, such as 2027-q1.")]
ForceKey = Annotated[
    Path, typer.Option("--force-key", help="The force's own key, made where there is none. It stays there.")
]
ReleaseKey = Annotated[
    Path | None,
    typer.Option(
        "--release-key",
        help="The key that the analyst handed over. Unless said, that in the analyst's folder.",
    ),
]
TokenKey = Annotated[
    Path | None,
    typer.Option("--token-key", help="The key that forces and agencies share, for exact tokens."),
]
TokensOnly = Annotated[
    bool, typer.Option("--tokens-only", help="Send no names: keyed tokens of strong identifiers alone.")
]
Events = Annotated[
    list[Path] | None,
    typer.Option(
        "--events",
        help="A further table for the analyst, by record_id or report_id, or of events (Parquet, CSV).",
    ),
]
Courses = Annotated[
    Path | None,
    typer.Option(
        "--courses",
        help="The force's courses of conduct, as course_reports.csv of lamplighter trace: they join the "
        "table of events by its crime.",
    ),
]
Codes = Annotated[
    list[str] | None,
    typer.Option("--codes", help="A column of such a table that holds codes and no words: TABLE.COLUMN."),
]
Expect = Annotated[
    Path | None,
    typer.Option("--expect", help="A file with the forces that are expected, each on a new line."),
]
Refit = Annotated[bool, typer.Option("--refit", help="Fit a new model of the country.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes that link forces side by side.")]
EngineName = Annotated[
    str,
    typer.Option("--engine", help="What compares forces: arrays, duckdb or spark. All answer alike."),
]
MostRecords = Annotated[
    int, typer.Option("--most-records", min=100, help="Person records that one job holds, at most.")
]


def add_to(app: typer.Typer) -> None:
    """Put this module's commands on the command line."""
    group = typer.Typer(
        help="Who is who across forces: names to the linker, content to the analyst.", no_args_is_help=True
    )
    group.command("deliver")(deliver)
    group.command("link")(link)
    group.command("status")(status)
    group.command("withdraw")(withdraw)
    group.command("page")(page)
    group.command("answer")(answer)
    group.command("why")(why)
    group.command("transcode")(transcode)
    app.add_typer(group, name="national")


def deliver(
    bundle: BundleFolder,
    force: Force,
    force_key: ForceKey,
    linker: Linker,
    analyst: Analyst,
    purpose: Purpose,
    release: ReleaseName,
    release_key: ReleaseKey = None,
    token_key: TokenKey = None,
    tokens_only: TokensOnly = False,
    events: Events = None,
    courses: Courses = None,
    codes: Codes = None,
) -> None:
    """Split a force's records: who people are to the linker, what was done to the analyst."""
    from lamplighter.national.delivery import deliveries, splitting
    from lamplighter.national.delivery.keys import Key

    told = _release(purpose, release)
    deliveries.check_force(force)
    console = Console(width=110)
    shared = None if token_key is None else Key.kept(token_key)
    tables = {p.stem: _table(p) for p in events or ()}
    if courses is not None:
        tables, several = _with_courses(tables, _table(courses))
        if several:
            console.print(f"{several:,} reports are in several courses: the first by name was taken.")
    with console.status("Splitting"):
        split = splitting.split(
            _bundle(bundle),
            force,
            Key.kept(force_key),
            Key.read(release_key or deliveries.analyst_key(analyst, told)),
            shared=shared,
            names=not tokens_only,
            events=tables,
            coded=frozenset(codes or ()),
        )
        deliveries.deliver(split, force, linker, analyst, told, names=not tokens_only)
    console.print(f"{force}: {split.people.height:,} people in {split.reports.height:,} reports.")
    console.print(f"To the linker: {'tokens alone' if tokens_only else 'the fields of each person'}.")
    content = ", ".join(f"{name} ({frame.height:,})" for name, frame in split.content.items())
    console.print(f"To the analyst: {content}.")
    for column, many in split.emptied.items():
        console.print(f"{column}: {many:,} values are no codes and were left out.")
    for column, many in split.unknown.items():
        left = "that is left out" if column.endswith("same_occasion_as") else "these events are left out"
        console.print(f"{column}: {many:,} name nothing and nobody of this delivery; {left}.")


def _with_courses(
    tables: dict[str, pl.DataFrame], courses: pl.DataFrame
) -> tuple[dict[str, pl.DataFrame], int]:
    """Return the tables, that of events with the force's courses, and how many reports are in several."""
    from lamplighter.national.delivery import event_tables

    found = [name for name, frame in tables.items() if event_tables.is_table_of_events(frame.columns)]
    if len(found) != 1:
        raise typer.BadParameter("Give one table of events with it.", param_hint="--courses")
    (name,) = found
    joined, several = event_tables.with_courses(tables[name], courses)
    return tables | {name: joined}, several


def link(
    linker: Linker,
    analyst: Analyst,
    purpose: Purpose,
    release: ReleaseName,
    expect: Expect = None,
    refit: Refit = False,
    workers: Workers = 2,
    engine: EngineName = "arrays",
    most_records: MostRecords = 500_000,
) -> None:
    """Link all deliveries of a release, and give the analyst pseudonyms with beliefs. Run again, it goes on
    where it was stopped."""
    from lamplighter.national import run
    from lamplighter.national.delivery import deliveries
    from lamplighter.national.release import links

    told = _release(purpose, release)
    console = Console(width=110)
    if expect is not None:
        names = [n.strip() for n in expect.read_text("utf-8").splitlines() if n.strip()]
        deliveries.expect(linker, names)
    settings = run.Settings(
        workers=workers, most_records_a_job=most_records, engine=_engine(engine, linker), refit=refit
    )  # fmt: skip
    with _Steps(console) as step:
        found = run.linked(linker, told, settings, step)
        published = links.publish(found, linker, analyst, told, step)
        _write_page(published.folder)
    said = published.told
    made = ", ".join(f"{found.made.count(s)} of {s}" for s in dict.fromkeys(found.made)) or "nothing"
    console.print(
        f"{said['records']:,} records of {len(said['forces']['present'])} forces are of {said['persons']:,} "
        f"persons; {said['persons_in_several_forces']:,} of these are known to several forces."
    )
    console.print(f"Made anew: {made}. Links are in {published.folder}")
    _name_the_missing(console, said["forces"]["late"], said["forces"]["withdrawn"])
    for giant in said["capped"]:
        console.print(
            f"Capped, and not joined as one person: {giant['persons']:,} persons of {len(giant['forces'])} "
            f"forces, held together by {', '.join(giant['held_by']).lower()}."
        )


def _engine(name: str, linker: Path) -> Engine:
    """Return an engine. What it writes on the way lies in the linker's folder, where names may be."""
    if name == "duckdb":
        from lamplighter.linkage.engines.on_duckdb import OnDuckDB

        return OnDuckDB(folder=linker)
    if name == "spark":
        from lamplighter.linkage.engines.on_spark import OnSpark, session

        return OnSpark(session(), linker)
    if name == "arrays":
        from lamplighter.linkage.engines.on_arrays import OnArrays

        return OnArrays()
    raise typer.BadParameter(f"{name} is no engine: arrays, duckdb or spark.", param_hint="--engine")


def status(linker: Linker, purpose: Purpose, release: ReleaseName) -> None:
    """Say which forces are there, which are late and which have withdrawn."""
    from lamplighter.national.delivery import deliveries

    console = Console(width=110)
    forces = deliveries.forces_of(linker, _release(purpose, release))
    table = Table("Force", title=f"Deliveries for {purpose} {release}", title_justify="left")
    for heading in ("Person records", "Reports"):
        table.add_column(heading, justify="right")
    table.add_column("Sent")
    for own in forces.present:
        sent = "names" if own.names else "tokens alone"
        table.add_row(own.force, f"{own.records:,}", f"{own.reports:,}", sent)
    console.print(table)
    _name_the_missing(console, forces.late, forces.withdrawn)


def withdraw(
    linker: Linker,
    force: Annotated[str, typer.Argument(help="The force that withdraws.")],
    analyst: Annotated[
        Path | None, typer.Option("--analyst", help="Remove its content from the analyst's folder as well.")
    ] = None,
) -> None:
    """Take a force out: its files are removed, and the next run links the others without it."""
    from lamplighter.national.delivery import deliveries

    gone = deliveries.withdraw(linker, force, analyst)
    folders = "1 folder was" if gone == 1 else f"{gone} folders were"
    typer.echo(f"{force} has withdrawn. {folders} removed. Run lamplighter national link to link the others.")


def why(
    linker: Linker,
    purpose: Purpose,
    release: ReleaseName,
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write. It holds names: keep it here.")],
    least_forces: Annotated[
        int, typer.Option("--least-forces", min=2, help="Only persons known to so many forces.")
    ] = 2,
    record: Annotated[
        list[str] | None, typer.Option("--record", help="Only whom this record is of, by its id here (w-…).")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="So many persons, at most.")] = 20,
    engine: EngineName = "arrays",
) -> None:
    """Say why records of several forces were taken for one person, for the linker's own eyes."""
    from lamplighter.cli.country.reasons_page import page as report
    from lamplighter.national import run
    from lamplighter.national.release.reasons import habits, reasons
    from lamplighter.reporting.html_page import html_page

    told = _release(purpose, release)
    console = Console(width=110)
    if out.exists():
        raise typer.BadParameter(f"{out} is there already.", param_hint="--out")
    with _Steps(console) as step:
        found = run.linked(linker, told, run.Settings(engine=_engine(engine, linker)), step)
    known = reasons(found, least_forces=least_forces, records=record or (), most=most)
    out.touch(mode=0o600)
    out.write_text(html_page(report(known, habits(found), purpose, told.release)), "utf-8")
    console.print(f"{len(known):,} persons are in {out}. Names are in it: it stays with the linker.")


def answer(
    suspects: Annotated[
        Path, typer.Argument(help="The hub's file of suspects, from its page National index.")
    ],
    hub: Annotated[str, typer.Option("--hub", help="The name under which the hub is known here.")],
    own: Annotated[list[str], typer.Option("--own", help="A force of the hub's own area; once for each.")],
    contacts: Annotated[
        Path,
        typer.Option(
            "--contacts",
            help="CSV of whom to ask: force, force_name, contact_name, contact_email, contact_phone.",
        ),
    ],
    linker: Linker,
    purpose: Purpose,
    release: ReleaseName,
    as_at: Annotated[
        str, typer.Option("--as-at", help="Last day of which forces' records were read, as 2026-11-30.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: known_elsewhere.csv.")],
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="What people of the hub decided, from the same page.")
    ] = None,
    engine: EngineName = "arrays",
) -> None:
    """Answer a hub: which of its suspects other forces know, how sure that is, and whom to ask there."""
    import datetime as dt

    import polars as pl

    from lamplighter.national import run
    from lamplighter.national.release import answers
    from lamplighter.national.release.answers import Question

    try:
        day = dt.date.fromisoformat(as_at)
    except ValueError:
        raise typer.BadParameter("Write the day as 2026-11-30.", param_hint="--as-at") from None
    if out.exists():
        raise typer.BadParameter(f"{out} is there already.", param_hint="--out")
    told = _release(purpose, release)
    console = Console(width=110)
    none = pl.DataFrame(schema=dict.fromkeys(answers.DECISIONS, pl.String()))
    question = Question(
        hub,
        answers.read_suspects(_texts(suspects)),
        tuple(own),
        _texts(contacts),
        none if decisions is None else _texts(decisions),
    )
    with _Steps(console) as step:
        chosen = _engine(engine, linker)
        found = run.linked(linker, told, run.Settings(engine=chosen), step)
        step("Suspects of the hub")
        given = answers.answered(found, question, told.release, day.isoformat(), chosen)
    console.print(f"{given.known:,} of {given.asked:,} suspects are known to other forces.")
    if given.rows.height:
        out.touch(mode=0o600)
        given.rows.write_csv(out)
        console.print(f"{out} has {given.rows.height:,} rows, and is for {hub} alone.")
    else:
        console.print("Nothing was written: a file without rows would not say that nobody is known.")
    if given.nobody_to_ask:
        console.print(
            f"Left out, since nobody is named whom to ask: {', '.join(given.nobody_to_ask)}. "
            "They are counted in forces_known."
        )


def _texts(path: Path) -> pl.DataFrame:
    import polars as pl

    from lamplighter.national.errors import NationalError

    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError):
        raise NationalError(f"{path} cannot be read as CSV in UTF-8.") from None


def page(analyst: Analyst, purpose: Purpose, release: ReleaseName) -> None:
    """Write the page that says what was linked and how well."""
    from lamplighter.national.delivery import deliveries

    typer.echo(f"The page is {_write_page(deliveries.links_folder(analyst, _release(purpose, release)))}")


def transcode(
    table: Annotated[Path, typer.Argument(help="A Parquet table with ids of one release.")],
    column: Annotated[str, typer.Option("--column", help="The column of ids: record, report or person.")],
    purpose: Purpose,
    release: Annotated[str, typer.Option("--release", help="The release that the ids are of.")],
    to: Annotated[str, typer.Option("--to", help="The release that they are turned into.")],
    out: Annotated[Path, typer.Option("--out", help="Where the table goes.")],
    linker: Annotated[
        Path | None, typer.Option("--linker", help="For persons: the linker's folder, which has their key.")
    ] = None,
    analyst: Annotated[
        Path | None, typer.Option("--analyst", help="For records and reports: the analyst's folder.")
    ] = None,
) -> None:
    """Turn the ids of one release into those of another. Only who holds the key of both can do it."""
    import polars as pl

    from lamplighter.national.delivery.keys import Key, transcoded
    from lamplighter.national.errors import NationalError

    folder = linker if column == "person" else analyst
    if folder is None or not (folder / "key").is_file():
        option = "--linker" if column == "person" else "--analyst"
        raise typer.BadParameter("Say the folder with the key of these ids.", param_hint=option)
    frame = pl.read_parquet(table)
    if column not in frame.columns:
        raise NationalError(f"{table} has no column {column}.")
    key = Key.read(folder / "key")
    turned = transcoded(
        frame[column],
        key.of_release(_release(purpose, release)),
        key.of_release(_release(purpose, to)),
    )
    frame.with_columns(turned.alias(column)).write_parquet(out)
    typer.echo(f"{frame.height:,} ids of {purpose} {release} are those of {to} in {out}")


def _write_page(links: Path) -> Path:
    import json

    import polars as pl

    from lamplighter.cli.country.national_page import page as report
    from lamplighter.national.errors import NationalError
    from lamplighter.reporting.html_page import html_page

    try:
        told = json.loads((links / "links.json").read_text("utf-8"))
        quality = pl.read_parquet(links / "quality.parquet")
    except (OSError, ValueError):
        raise NationalError(
            f"There are no links in {links}.", remedy="Run lamplighter national link."
        ) from None
    path = links / "page.html"
    path.write_text(html_page(report(told, quality)), "utf-8")
    return path


def _release(purpose: str, release: str) -> Release:
    from lamplighter.national.delivery.keys import Release
    from lamplighter.national.delivery.splitting import check_release

    told = Release(purpose, release)
    check_release(told)
    return told


def _bundle(folder: Path) -> Bundle:
    """Return the tables of a bundle in a folder, as the schema has them."""
    import polars as pl

    from lamplighter.national.errors import NationalError
    from lamplighter.records.schema import TABLES

    found: Bundle = {}
    for table in TABLES:
        if table.name == "safe_contacts":
            # How to reach somebody safely never leaves.
            continue
        path = folder / f"{table.name}.parquet"
        if path.is_file():
            frame = pl.read_parquet(path)
            found[table.name] = frame.select(c for c in table.columns if c in frame.columns)
    if not {"people", "reports"} <= set(found):
        raise NationalError(
            f"{folder} has no people.parquet and reports.parquet.",
            remedy="lamplighter read writes them from what a system exports.",
        )
    return found


def _table(path: Path) -> pl.DataFrame:
    import polars as pl

    from lamplighter.national.errors import NationalError

    if not path.is_file() or path.suffix not in (".parquet", ".csv"):
        raise NationalError(f"{path} is no table of events: a Parquet or CSV file.")
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, try_parse_dates=True)


def _name_the_missing(console: Console, late: object, withdrawn: object) -> None:
    if isinstance(late, list | tuple) and late:
        console.print(f"Late, and not in this release: {', '.join(late)}.")
    if isinstance(withdrawn, dict) and withdrawn:
        told = ", ".join(f"{force} (since {day})" for force, day in sorted(withdrawn.items()))
        console.print(f"Withdrawn: {told}.")


class _Steps:
    """The stages as they go, with the time that has passed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console,
            transient=True,
        )  # fmt: skip

    def __enter__(self) -> Callable[[str], None]:
        self._bar.start()
        task = self._bar.add_task("Starting", total=None)
        return lambda step: self._bar.update(task, description=step)

    def __exit__(self, *error: object) -> None:
        self._bar.stop()
