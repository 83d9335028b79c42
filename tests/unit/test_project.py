"""The project keeps its own promises about dependencies, hosts and commands."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("base.txt", "dev.txt", "bootstrap.txt")


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0].lower()


def _direct() -> set[str]:
    project = PYPROJECT["project"]
    return {_name(r) for r in project["dependencies"] + project["optional-dependencies"]["dev"]}


def test_every_direct_dependency_has_a_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    reasons = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", page, flags=re.M))
    assert _direct() == set(reasons)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.findall(r"^([a-z0-9][^\s=]*)==(.+?)(?=^[a-z0-9]|\Z)", text, flags=re.M | re.S)
    assert blocks
    assert [name for name, body in blocks if "--hash=sha256:" not in body] == []


def test_every_direct_dependency_is_locked() -> None:
    locked = set(
        re.findall(
            r"^([a-z0-9][a-z0-9.-]*)(?:\[[^\]]*\])?==",
            (ROOT / "requirements" / "dev.txt").read_text(),
            flags=re.M,
        )
    )
    assert _direct() <= locked


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_brings_a_model_of_language_or_what_runs_one(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    names = re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[^\]]*\])?==", text, flags=re.M)
    runs = re.compile(
        r"torch|tensorflow|onnx|transformers|tokenizers|minilm|model2vec|gensim|spacy|llama|gguf"
    )
    assert names
    assert [n for n in names if runs.search(n)] == []


def test_make_lists_every_public_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, flags=re.M))
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert phony
    assert {target for target in phony if target not in listed} == set()


def test_ci_ends_in_the_readmes_test_command() -> None:
    last = (ROOT / ".ci" / "run").read_text().strip().splitlines()[-1]
    assert last == "exec make test"
    assert "make test" in (ROOT / "README.md").read_text()


def test_what_is_run_on_a_server_of_its_own_lies_where_it_is_looked_for() -> None:
    """``make test-server`` reads one folder, so that it need not load every test of the others."""
    (looked_in,) = re.findall(r"-m own_server (\S+?)\)", (ROOT / "Makefile").read_text())
    marked = [p for p in (ROOT / "tests").rglob("test_*.py") if "mark.own_server" in p.read_text()]
    marked.remove(Path(__file__))
    assert len(marked) > 20
    assert [p for p in marked if not p.is_relative_to(ROOT / looked_in)] == []


def test_no_tracked_file_names_a_registry() -> None:
    # Assembled here so that this test does not name them itself.
    hosts = ["pypi" + ".org", "python" + "hosted", "npm" + "js.org", "deb." + "debian"]
    found = subprocess.run(
        ["git", "grep", "-lIiE", "|".join(re.escape(h) for h in hosts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_decisions_are_numbered_once_listed_and_testable() -> None:
    folder = ROOT / "docs" / "adr"
    records = sorted(p for p in folder.glob("*.md") if p.name != "README.md")
    numbers = [p.name[:4] for p in records]
    assert len(numbers) == len(set(numbers))
    index = (folder / "README.md").read_text()
    assert [p.name for p in records if f"({p.name})" not in index] == []
    assert [p.name for p in records if "*Compliance:*" not in p.read_text()] == []


def test_tests_that_share_a_machine_run_one_after_the_other(request: pytest.FixtureRequest) -> None:
    """A runner that no longer knows the groups would split a test of several steps between two workers."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only where tests are shared out by group (make test)")
    marked = [item for item in request.session.items if item.get_closest_marker("xdist_group")]
    assert [item.nodeid for item in marked if "@" not in item.nodeid] == []


def test_tests_that_share_something_dear_share_a_worker(request: pytest.FixtureRequest) -> None:
    """What a module or a folder makes for its tests, one worker makes for all of them (ADR 192)."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only where tests are shared out by group (make test)")
    sharing = [
        item
        for item in request.session.items
        if any(
            used[-1].scope == "module" and used[-1].baseid.startswith("tests/")
            for used in item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]  # pytest's own
        )
    ]
    assert [item.nodeid for item in sharing if "@" not in item.nodeid] == []
