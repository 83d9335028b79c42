"""Share what benchmarks have in common: options, printing, times, figures for documents, a hub, Splink."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import http.client
import importlib
import io
import json
import logging
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import getdoc
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
FIGURES = Path(__file__).with_name("figures")
KEEP = "--write-figures"
Row = Mapping[str, Any]


def run_part(module: str, parts: Mapping[str, Callable[[], object]]) -> int:
    """Run the part of a module that the first word of the command line names, else the first of ``parts``.

    With ``--write-figures`` what it measures is kept for the documents, see :func:`keep`.

    Returns:
        What the process is to exit with: what the part returns, or 0 where it returns nothing.
    """
    words = sys.argv[1:]
    named = bool(words) and words[0] in parts
    name = words[0] if named else next(iter(parts))
    if words[:1] in (["-h"], ["--help"]):
        say(f"Parts of benchmarks.{module}: {', '.join(parts)}. Without a word: {name}. {KEEP}: for docs.")
    _kept.clear()
    if KEEP in words:
        words.remove(KEEP)
        commit = _commit()
        _kept.update(command=" ".join([f"python -m benchmarks.{module}", *words]), commit=commit)
    sys.argv = [f"python -m benchmarks.{module} {name}", *words[named:]]
    done = parts[name]()
    return done if isinstance(done, int) else 0


_kept: dict[str, str] = {}
_said: list[str] = []
"""The command and the commit of this run where its figures are to be written, else nothing; what was said."""


def _commit() -> str:
    """Return the commit that is measured.

    Raises:
        SystemExit: something differs from it, so that it would not say what was measured.
    """
    git = ["git", "-C", str(ROOT)]
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "src", "benchmarks/*.py", "benchmarks/*.toml"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if changed:
        raise SystemExit(f"{KEEP}: commit these first, a figure names the commit that it is of:\n{changed}")
    done = subprocess.run(
        [*git, "rev-parse", "--short=8", "HEAD"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def keep(file: str, name: str, rows: Sequence[Row] = ()) -> None:
    """Write what was measured to ``benchmarks/figures/FILE.json`` in the place of what stood there: rows, or
    what was said since the last was kept.

    Only where ``--write-figures`` was asked for. ``make generate`` then writes the documents anew.
    """
    printed = "".join(_said).strip("\n").splitlines()
    _said.clear()
    if not _kept:
        return
    path = FIGURES / f"{file}.json"
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    day = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    short = [{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    told = {**_kept, "date": day, **({"rows": short} if rows else {"printed": printed})}
    path.write_text(as_json(held | {name: told}), "utf-8")


def as_json(held: Mapping[str, Any]) -> str:
    """Return figures as text, a row a line, so that a changed one is seen in a comparison of versions."""
    tables = []
    for name, told in sorted(held.items()):
        lines = []
        for key, value in told.items():
            said = json.dumps(value, ensure_ascii=False)
            if key in ("rows", "printed"):
                said = "[\n   " + ",\n   ".join(json.dumps(v, ensure_ascii=False) for v in value) + "\n  ]"
            lines.append(f"  {json.dumps(key)}: {said}")
        tables.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(tables) + "\n}\n"


# Options and printing.


def say(text: str = "", end: str = "\n") -> None:
    """Print at once, also where nobody watches."""
    _said.append(text + end)
    sys.stdout.write(text + end)
    sys.stdout.flush()


def options(part: Callable[..., object]) -> argparse.ArgumentParser:
    """Return a parser that tells what a part is for, in the words of its docstring."""
    return argparse.ArgumentParser(
        description=getdoc(part), formatter_class=argparse.RawDescriptionHelpFormatter
    )


def show(title: str, rows: Sequence[Row], wide: int = 170) -> None:
    """Print rows as a table; the keys of the first are its headings, and shares have three places."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    for heading in rows[0] if rows else ():
        table.add_column(heading, justify="left" if isinstance(rows[0][heading], str) else "right")
    for row in rows:
        table.add_row(*map(cell, row.values()))
    Console(width=wide).print(table)


def cell(value: Any) -> str:
    """Return a value as a table prints it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 2 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def timed(function: Callable[[Any], object], items: Iterable[Any]) -> list[float]:
    """Return the seconds that a function takes for each item."""
    found = []
    for item in items:
        began = time.perf_counter()
        function(item)
        found.append(time.perf_counter() - began)
    return found


def at(times: Sequence[float], share: float) -> float:
    """Return the time that a share of all stays under; not a number where there is none."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def milliseconds(rows: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """Return p50, p95, p99 and the most of times in seconds, in milliseconds, by what was timed."""
    marks = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return [
        {"what": name, "n": len(times)} | {mark: round(1e3 * at(times, q), 1) for mark, q in marks.items()}
        for name, times in rows.items()
    ]


def peak() -> float:
    """Return the most megabytes that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# A hub that is measured.

HOST = "localhost"
SECRET = "b" * 32  # of the form's cookie; every person here is one browser


@contextlib.contextmanager
def hub(home: Path, *, idle: bool = False, **environment: str) -> Iterator[None]:
    """Bring the hub of a folder up, made if need be, and stop its server afterwards (``idle``: if unused)."""
    os.environ["LAMPLIGHTER_HOME"] = str(home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    os.environ |= {"LAMPLIGHTER_LOG_LEVEL": "ERROR", "LAMPLIGHTER_HTTPS": "0"} | environment
    import django

    django.setup()
    # Pages that are not there are asked for on purpose.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from django.core.management import call_command

    from lamplighter.hub.site import database

    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        database.stop(only_if_idle=idle)


def session_of(user: Any) -> str:
    """Return the key of a session like the one that signing in with a second factor leaves behind."""
    from lamplighter.hub.accounts.sign_in.sessions import SessionStore

    session = SessionStore()
    now = int(time.time())
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["began_at"] = session["seen_at"] = now
    session["factor"] = "app"
    session.create()
    return str(session.session_key)


def client_of(user: Any, **kept: Any) -> Any:
    """Return a client in this process that is signed in; ``kept``: what its session holds besides."""
    from django.test import Client

    client = Client(headers={"host": HOST})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    for name, value in kept.items():
        session[name] = value
    session.save()
    return client


class Browser:
    """Somebody's browser, over one connection that stays open."""

    def __init__(self, session: str, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Host": f"{HOST}:{port}", "Cookie": f"session={session}; csrf={SECRET}"}

    def ask(self, address: str, form: Mapping[str, Any] | None = None) -> tuple[int, bytes, str]:
        """Return the status, the page and where it leads; a form is sent where there is one."""
        body, headers = None, dict(self._headers)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrfmiddlewaretoken": SECRET}, doseq=True)
        self._connection.request("GET" if body is None else "POST", address, body=body, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Location") or ""

    def close(self) -> None:
        """Part the connection; the next question opens another."""
        self._connection.close()


@contextlib.contextmanager
def served(port: int, **different: str) -> Iterator[int]:
    """Serve the site as it is served; gives the number of its process."""
    from lamplighter.hub.site import places, processes

    environment = os.environ | {"LAMPLIGHTER_DATABASE_LOGIN": "app"} | different
    # What the site says of pages that are not there is kept for whoever looks.
    with (places.home() / "hub_load_site.log").open("wb") as log:
        process = subprocess.Popen(processes.site("127.0.0.1", port), env=environment, stderr=log)
        try:
            # On a busy machine; how long it takes to start is not measured.
            processes.wait_until_live(port, [process], 240.0)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def processor(site: int) -> tuple[float, float]:
    """Return the seconds of processor that the site and the database have used, with their children."""
    import psutil

    from lamplighter.hub.site import database
    from lamplighter.hub.site.embedded_server.embedded import postmaster as postmaster_of

    postmaster = postmaster_of(database.data_folder())
    if postmaster is None:
        raise SystemExit("This benchmark needs the embedded server: unset DATABASE_URL.")

    def used(root: psutil.Process) -> float:
        ended = root.cpu_times()
        total = ended.children_user + ended.children_system
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return float(total)

    return used(psutil.Process(site)), used(postmaster)


def backend() -> Callable[[], float]:
    """Return what tells the seconds of processor of the database's process that works for this one.

    It does not grow when others compute on the machine, so a tenth of a millisecond is seen. Linux only.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        used = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: int(used.read_text().split()[0]) / 1e9


# Splink 5, the peer of the linkage. It sees what the linkage sees, and not the truth.


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let Splink work without its chatter."""
    importlib.import_module("splink.backends.duckdb")  # its loggers are there from then on

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        yield


class Splink:
    """Splink 5, trained on a table of people as its own examples do.

    ``frame`` has ``unique_id`` and some of the columns that ``comparisons`` name; ``rules`` are its blocking
    rules, each some columns or conditions; ``sure`` those under which two records are of one person;
    ``trained`` those of expectation maximisation, which sees ``most_pairs`` at most.
    """

    def __init__(
        self,
        frame: Any,
        comparisons: Sequence[Any],
        rules: Iterable[Sequence[str]],
        sure: Iterable[Sequence[str]],
        trained: Iterable[Sequence[str]] = (("first_name", "surname"), ("dob",)),
        most_pairs: float | None = 5e5,
    ) -> None:
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI

        settings = SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
            comparisons=list(comparisons),
        )
        self.database = DuckDBAPI()
        self.whole = self.database.register(frame.to_arrow(), dataset_display_name="people")
        self.linker = Linker(self.whole, settings)
        train = self.linker.training
        train.estimate_probability_two_random_records_match([block_on(*r) for r in sure], recall=0.7)
        train.estimate_u_using_random_sampling(max_pairs=1e6)
        capped = {} if most_pairs is None else {"max_pairs": most_pairs}
        for rule in trained:
            train.estimate_parameters_using_expectation_maximisation(block_on(*rule), **capped)

    def pairs(self, over: float) -> Any:
        """Return the pairs over a probability, as Splink keeps them."""
        return self.linker.inference.predict(threshold_match_probability=over)

    def groups(self, pairs: Any, over: float) -> Any:
        """Return ``unique_id`` and ``cluster_id``: connected components at a probability."""
        import polars as pl

        found = self.linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=over
        )
        return pl.DataFrame(found.as_pyarrow_table())


def by_name(*more: Any) -> list[Any]:
    """Return the comparisons of Splink's example of people: names, date of birth, postcode, telephone."""
    import splink.comparison_library as cl

    return [
        cl.ForenameSurnameComparison("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode"),
        *more,
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
    ]
