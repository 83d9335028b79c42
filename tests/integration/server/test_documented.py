"""The page ``docs/server.md``, followed block by block: from an empty server to people who sign in, and
back."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from lamplighter.synthetic import exports
from lamplighter.synthetic.worlds.world import generate
from tests.integration.intake import making
from tests.integration.server import machine as machines
from tests.integration.server.machine import HOST, Machine, machine, steps
from tests.integration.server.people import Browser, code_of

PASSWORD = "a lamp in every street"
REPORTS = 3_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="nginx is not installed"
    ),
    pytest.mark.xdist_group("server"),
]
# What the test has already, or what needs a machine of its own.
NOT_RUN = {"packages", "program"}
RUN = (
    *("folders", "settings", "roles", "init", "files", "start", "people", "import", "check"),
    *("backup", "drill", "again", "upgrade"),
)


def test_every_block_of_the_page_is_run_here() -> None:
    assert set(steps()) == {*RUN, *NOT_RUN}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> object:
    with machine(tmp_path_factory.mktemp("first"), "log_line_prefix = '%m [%p] '") as found:
        yield found


def prepared(found: Machine) -> None:
    """Everything up to the three commands."""
    blocks = steps()
    folders = "\n".join(line for line in blocks["folders"].splitlines() if not line.startswith("useradd"))
    found.run(folders)
    # The browser of these tests makes no passkeys.
    settings = blocks["settings"].rsplit("END\n", 1)[0] + "LAMPLIGHTER_ADMINISTRATOR_STEP=any\nEND\n"
    found.run(settings)


def signed_in(browser: Browser, link: str) -> tuple[str, str]:
    """Come in by a link: a password, an app. Returns the app's key, and the code that is used up."""
    browser.open(link)
    assert browser.heading == "Is this you?"
    browser.send()
    assert browser.heading == "Welcome"
    browser.send(password=PASSWORD, again=PASSWORD)
    assert browser.heading == "Set up a second step"
    browser.open(_address(browser.page, "Set up an app"))
    (key,) = re.findall(r"Key: <strong[^>]*>([^<]+)<", browser.page)
    code = code_of(key)
    browser.send(code=code)
    assert browser.status == 200, browser.page
    return str(key), code


def _address(page: str, words: str) -> str:
    (found,) = re.findall(rf'href="([^"]+)">{words}<', page)
    return str(found)


def test_three_commands_and_somebody_is_signed_in(first: Machine) -> None:
    blocks = steps()
    prepared(first)
    first.run(blocks["roles"])
    told = first.run(blocks["init"])
    (link,) = re.findall(rf"https://{HOST}(\S+)", told)
    first.run(blocks["files"])
    first.run(blocks["start"])
    first.wait_until_ready()
    kim = Browser(first)
    first.known["key"], first.known["code"] = signed_in(kim, link)
    assert kim.open("/service/").heading == "Service"
    assert Browser(first).open(link).status == 410

    # Nobody's secrets where others read: not in nginx's log, not in PostgreSQL's, not in ours.
    secret = link.rsplit("/", 1)[1]
    assert secret not in first.logs()
    assert "Kim Doyle" not in first.logs() + (first.cluster.data / "server.log").read_text()
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d INFO ", first.logs(), re.M)

    # Whoever guesses from one place keeps nobody out who comes from another.
    for _ in range(6):
        thief = (
            Browser(first, "127.0.0.2").open("/account/sign-in").send(username="kim", password="wrong wrong")
        )
    assert thief.status == 429
    owner = Browser(first, "127.0.0.3").open("/account/sign-in").send(username="kim", password=PASSWORD)
    assert owner.status == 200

    # Sizes: a form is refused beyond four megabytes, a file of an agency is not.
    assert first.ask("/intake/new", method="POST", body=b"x" * 5_000_000)[0] == 413
    assert first.ask("/intake/imports/send", method="POST", body=b"x" * 5_000_000)[0] == 403

    first.run(blocks["people"])
    assert "no agency with the code" in first.run(
        'lamplighter hub add-user lee --name "Lee" --role advocate --agency nowhere', status=2
    )
    assert "Running" in wait_for(first, "Worker", "ok")


def test_a_scheduler_brings_in_what_lies_in_a_folder(first: Machine, tmp_path: Path) -> None:
    """Two agencies' files and one that is nobody's; the next night one more."""
    folder = first.root / "srv/exports"
    folder.mkdir(parents=True)
    making.force_a(folder / "export_1.csv", 20, first=100_000)
    exports.write(generate(11, person_records=300, forces=2), tmp_path)
    shutil.copy(tmp_path / "helpline_contacts.jsonl", folder)
    (folder / "readme.csv").write_text("Read,me\nfirst,please\n")
    told = first.run(steps()["import"], status=1)
    assert "40 rows = 40 accepted + 0 rejected + 0 repeated." in told, told
    assert "20 new reports" in told
    assert "readme.csv: no mapping" in told
    (folder / "readme.csv").unlink()
    making.force_a(folder / "export_2.csv", 3, first=200_000)
    told = first.run(steps()["import"])
    assert "3 new reports" in told, told
    assert told.count("These same files were received before. Nothing was changed.") == 2


def test_files_are_read_whoever_dies_meanwhile(first: Machine, tmp_path: Path) -> None:
    """The worker is killed while it reads, then the database restarted: nothing is lost, and nothing lies
    about."""
    path = of_different_people(making.force_a(tmp_path / "force_a_rms_extract.csv", REPORTS))
    sam = Browser(first)
    sam.cookies["__Host-session"] = first.run(
        "python -m tests.integration.server.somebody coordinator force-a"
    ).strip()
    sam.open("/intake/imports/send")
    sam.upload(mapping="force_a_rms", files=path)
    address = sam.path
    worker = first.pid("lamplighter-worker@long")
    while "Being read" not in sam.open(address).page:
        assert "Done" not in sam.page
    os.kill(worker, signal.SIGKILL)
    first.run("systemctl stop lamplighter-worker@long")
    first.cluster.stop()
    assert sam.open(address).status == 503
    assert sam.heading == "The hub cannot answer just now"
    assert first.ask("/health/ready")[2] == b"database\n"
    first.cluster.start()
    first.run("systemctl start lamplighter-worker@long")
    until = time.monotonic() + machines.PATIENCE
    while "were worked out again" not in sam.open(address).page:
        assert time.monotonic() < until, sam.page
        time.sleep(0.5)
    read = re.search(r"Rows read.*?>([\d\u202f]+)<", sam.page, re.S)
    assert read is not None, sam.page
    assert int(read[1].replace("\u202f", "")) == 2 * REPORTS
    # The short jobs went on in a worker that outlived the database.
    assert first.pid("lamplighter-worker@short") > 0
    assert [p for p in (first.home / "uploads").rglob("*") if p.is_file()] == []
    assert "Nothing has failed" in wait_for(first, "Failed work", "ok")


def test_a_copy_a_key_and_a_new_machine(first: Machine, tmp_path: Path) -> None:
    blocks = steps()
    first.run(blocks["backup"])
    assert "Equal" in first.run(blocks["drill"])
    found = first.run(blocks["check"])
    assert "NOW" not in found, found

    # A new version; here it is the same, and nothing changes.
    assert "nothing to change" in first.run(blocks["upgrade"])
    first.wait_until_ready()

    # The machine burns down. What is left is a copy, and a key on a piece of paper.
    (copy,) = (first.root / "var/backups/lamplighter").iterdir()
    shutil.copytree(copy, tmp_path / "copy")
    (tmp_path / "key").write_text(first.run("lamplighter backup-key"))
    first.stop()
    with machine(tmp_path / "second") as second:
        prepared(second)
        told = second.run(blocks["again"], cwd=tmp_path)
        assert "came back equal" in told, told
        second.run(blocks["files"])
        second.run(blocks["start"])
        second.wait_until_ready()
        again = Browser(second).open("/account/sign-in").send(username="kim", password=PASSWORD)
        assert again.path == "/account/second-step", again.page
        while code_of(first.known["key"]) == first.known["code"]:  # it was used
            time.sleep(0.5)
        again.send(code=code_of(first.known["key"]))
        assert again.open("/service/").heading == "Service"
        assert "Nothing was changed" in second.run("lamplighter audit verify")


def of_different_people(path: Path) -> Path:
    """The same file with a victim of its own in each report."""
    lines = path.read_text().splitlines(keepends=True)
    digits = str.maketrans("0123456789", "abdelmnorv")
    for n, line in enumerate(lines):
        lines[n] = line.replace("NAIR", f"N{str((n + 1) // 2).translate(digits)}air")
    path.write_text("".join(lines))
    return path


def wait_for(found: Machine, name: str, state: str) -> str:
    """Wait until ``hub check`` says so of one thing; returns its line."""
    until = time.monotonic() + machines.PATIENCE
    while True:
        done = subprocess.run(
            ["lamplighter", "hub", "check"],
            env=found.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        line = next((x for x in done.stdout.splitlines() if re.match(rf"\S+( it)?\s+{name} ", x)), "")
        if line.startswith(state):
            return line
        assert time.monotonic() < until, done.stdout + done.stderr
        time.sleep(1)


def test_unit_files_say_who_restarts_what_dies() -> None:
    files = Path(machines.ROOT / "src/lamplighter/hub/operations/files")
    for name in ("lamplighter-web.service", "lamplighter-worker@.service"):
        unit = (files / name).read_text()
        assert "Restart=always" in unit
        assert "NoNewPrivileges=yes" in unit
        assert "EnvironmentFile=@SETTINGS@/web.env" in unit
        assert "owner" not in unit
    assert os.sep not in (files / "nginx.conf").read_text().split("log_format lamplighter")[1].split(";")[0]
