"""One engine, started once, whoever comes first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from django.db import connection

from lamplighter.hub.site import database, places
from lamplighter.hub.site.embedded_server import embedded
from lamplighter.hub.site.postgresql import tuning

ROOT = Path(__file__).resolve().parents[3]


def test_postgresql_is_the_only_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.vendor == "postgresql"
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
    with pytest.raises(RuntimeError, match="PostgreSQL only"):
        database.django_settings()
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db.example/hub")
    assert database.django_settings()["HOST"] == "db.example"


def test_a_hub_of_an_earlier_version_has_the_configuration_of_today(tmp_path: Path) -> None:
    main = tmp_path / "postgresql.conf"
    main.write_text("# PostgreSQL's own\nwal_compression = on\n")
    (tmp_path / embedded.CONFIGURATION).write_text("shared_buffers = 1MB\n")
    for _ in range(2):
        embedded.configure(tmp_path)
    assert main.read_text().splitlines()[-1] == f"include_if_exists = '{embedded.CONFIGURATION}'"
    assert main.read_text().count("include_if_exists") == 1
    assert (tmp_path / embedded.CONFIGURATION).read_text() == tuning.configuration()
    assert {p.name for p in tmp_path.iterdir()} == {main.name, embedded.CONFIGURATION}


def test_several_processes_share_one_server_whichever_of_them_was_killed(tmp_path: Path) -> None:
    environment = os.environ | {"LAMPLIGHTER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment.pop(name, None)

    def command(word: str) -> list[str]:
        return [sys.executable, "-m", "lamplighter.hub.site.database", word]

    processes = [
        subprocess.Popen(command("start"), env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    try:
        answers = {p.communicate(timeout=150)[0] for p in processes}
        assert [p.returncode for p in processes] == [0, 0, 0]
        assert len(answers) == 1
        address = answers.pop().strip()
        with psycopg.connect(address) as one:
            assert one.execute("SELECT current_database()").fetchone() == (database.NAME,)
            assert one.execute("SHOW listen_addresses").fetchone() == ("",)
            assert one.execute("SHOW log_min_error_statement").fetchone() == ("panic",)
            assert one.execute("SHOW shared_preload_libraries").fetchone() == ("pg_prewarm",)
            assert one.execute("SHOW wal_compression").fetchone() == ("off",)
            assert one.execute("SHOW min_wal_size").fetchone() == ("1GB",)
        # What a process leaves of the wheel's own list if it is killed while it writes: nothing.
        (tmp_path / "postgres" / ".handle_pids.json").write_text("")
        again = subprocess.run(command("start"), env=environment, capture_output=True, text=True, timeout=150)
        assert (again.returncode, again.stdout.strip(), again.stderr) == (0, address, "")
    finally:
        stopped = subprocess.run(
            command("stop"), env=environment, capture_output=True, text=True, timeout=60, check=True
        )
    assert stopped.stdout == "Stopped.\n"
    assert not embedded.is_running(tmp_path / "postgres")


def test_a_left_over_pid_file_of_another_program_is_no_server(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert not embedded.is_running(tmp_path)


def test_the_secret_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path))
    first = places.secret("one")
    assert places.secret("one") == first
    assert places.secret("two") != first
    assert (tmp_path / "secrets" / "one").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_migrations_and_models_agree() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_folder_on_which_a_server_has_yet_to_leave_its_trace_is_not_emptied(tmp_path: Path) -> None:
    """The first start takes long, and the next process comes before the server has written anything."""
    for name in ("PG_VERSION", embedded.MADE, "postgresql.conf"):
        (tmp_path / name).touch()
    server = object.__new__(embedded.Server)
    server.pgdata = tmp_path
    with mock.patch.object(embedded.PostgresServer, "ensure_pgdata_inited"):
        server.ensure_pgdata_inited()
        assert (tmp_path / "PG_VERSION").exists()
        (tmp_path / embedded.MADE).unlink()
        (tmp_path / embedded.CONFIGURATION).unlink()
        with pytest.raises(FileNotFoundError, match=r"postgresql\.conf"):
            server.ensure_pgdata_inited()
    assert not (tmp_path / "PG_VERSION").exists()


class Standing:
    """A server that heeds none of the signals before a certain one, or none at all."""

    def __init__(self, heeds: signal.Signals | None) -> None:
        self.heeds = heeds
        self.told: list[int] = []

    def send_signal(self, number: int) -> None:
        self.told.append(number)

    def still(self, folder: Path) -> Standing | None:
        return None if self.heeds in self.told else self


@pytest.mark.parametrize(
    ("heeds", "told"),
    [
        (signal.SIGINT, [signal.SIGINT]),
        (signal.SIGQUIT, [signal.SIGINT, signal.SIGQUIT]),
        (None, [signal.SIGINT, signal.SIGQUIT]),
    ],
)
def test_a_server_is_asked_to_end_then_told_to(
    tmp_path: Path, heeds: signal.Signals | None, told: list[signal.Signals]
) -> None:
    server = Standing(heeds)
    with (
        mock.patch.object(embedded, "WAYS_TO_END", [(n, 0.2) for n, _ in embedded.WAYS_TO_END]),
        mock.patch.object(embedded, "postmaster", side_effect=server.still),
        nullcontext() if heeds else pytest.raises(embedded.StillRuns, match="log"),
    ):
        embedded.stop(tmp_path)
    assert server.told == told


def test_a_server_that_is_not_there_is_not_asked(tmp_path: Path) -> None:
    embedded.stop(tmp_path)
