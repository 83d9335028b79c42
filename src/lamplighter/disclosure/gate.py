"""The gate: protect, print, attack what was printed. Only what withstands the attack is a release.

The attack runs as a program of its own in a process of its own: it gets names of folders, not our memory.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lamplighter.disclosure import attack as attacker
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import ledger, printed_files, read_printed, write_printed
from lamplighter.disclosure.looks import ask
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.protect import Account, Exact, protect
from lamplighter.disclosure.tables import Release

ATTACK_SECONDS = 3_600
#: So often is a release protected anew when all that is found is that rounded figures say too much.
TRIES = 4
#: Draws the files that leave beside the tables (charts, pages), from what is printed and nothing else.
Draw = Callable[[Printed], Mapping[str, bytes]]


@dataclass(frozen=True)
class Released:
    """Hold what may leave, and the account of why it looks so, which may not."""

    printed: Printed
    attachments: Mapping[str, bytes]
    account: Account
    attack: attacker.Attack


@dataclass(frozen=True)
class Blocked:
    """Nothing leaves. ``tables`` name what the attack broke; ``words`` say how, one line a finding."""

    tables: tuple[str, ...]
    words: str
    account: Account | None
    attack: attacker.Attack


def release(
    tables: Release,
    profile: Profile,
    earlier: Sequence[Printed] = (),
    *,
    draw: Draw | None = None,
    own_process: bool = False,
) -> Released | Blocked:
    """Protect, print into a folder nobody else sees, attack that folder with everything printed before.

    ``draw`` is given what is printed and returns files that are to leave as well, by name: they are looked
    through for numbers that are not protected figures.

    Raises:
        TablesNotValid: the tables contradict themselves or an earlier release.
        NotAnswered: something in them looks like a part, a period or a sum that is not declared.
    """
    ask(tables, earlier, profile.threshold)
    hide: set[tuple[str, str]] = set()
    for tries_left in reversed(range(TRIES)):
        protected = protect(tables, profile, earlier, hide=hide)
        attachments = dict(draw(protected.printed)) if draw else {}
        outcome = check(
            protected.printed,
            earlier,
            attachments=attachments,
            exact=protected.exact,
            own_process=own_process,
        )
        if outcome.passed:
            return Released(protected.printed, attachments, protected.account, outcome)
        # How little a rounded figure says is known only when all are rounded: what says too much is hidden.
        close = {(found.table, found.cell) for found in outcome.findings if found.kind == "one exact"}
        if not tries_left or len(close) < len(outcome.findings) or close <= hide:
            break
        hide |= close
    return Blocked(outcome.tables, attacker.told(outcome), protected.account, outcome)


def check(
    printed: Printed,
    earlier: Sequence[Printed] = (),
    *,
    attachments: Mapping[str, bytes] | None = None,
    exact: Sequence[Exact] = (),
    own_process: bool = False,
) -> attacker.Attack:
    """Attack something printed, whoever printed it; ``exact`` are true counts that may be had elsewhere."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-gate-") as work:
        folder, past = Path(work) / "release", Path(work) / "ledger"
        write_printed(printed, folder)
        for number, before in enumerate(earlier):
            write_printed(before, past / f"{number:04}")
        for name, data in (attachments or {}).items():
            place = (folder / name).resolve()
            if not place.is_relative_to(folder.resolve()) or place.exists():
                raise DisclosureError("An attachment has the name of a table or lies outside.", where=name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        elsewhere = Path(work) / "elsewhere.json" if exact else None
        if elsewhere is not None:
            elsewhere.write_text(json.dumps([asdict(one) for one in exact]), "utf-8")
        if own_process:
            return _separately(folder, past, elsewhere)
        return attacker.attack(folder, past, elsewhere=elsewhere)


def publish(
    tables: Release,
    profile: Profile,
    out: Path,
    earlier: Path | None = None,
    *,
    draw: Draw | None = None,
) -> Released | Blocked:
    """Release into the folder ``out`` and enter it in the ledger ``earlier``; nothing is written if blocked.

    Raises:
        DisclosureError: ``out`` has something in it, or the ledger has this edition already.
    """
    if out.exists() and any(out.iterdir()):
        raise DisclosureError(
            "The folder for the release is not empty.", where=out.name, remedy="Name a new one."
        )
    entry = None if earlier is None else earlier / f"{tables.edition}-{tables.name}"
    if entry is not None and (entry.exists() or "/" in tables.edition or tables.edition.startswith(".")):
        raise DisclosureError(
            "The ledger has this edition already, or its name cannot be a folder's.",
            where=tables.edition,
            remedy="Give the release an edition of its own.",
        )
    outcome = release(tables, profile, ledger(earlier), draw=draw, own_process=True)
    if isinstance(outcome, Released):
        write_printed(outcome.printed, out)
        for name, data in outcome.attachments.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(data)
        if entry is not None:
            write_printed(outcome.printed, entry)
            if printed_files(read_printed(entry)) != printed_files(outcome.printed):
                shutil.rmtree(entry)
                raise DisclosureError("The ledger does not read back as written.", where=entry.name)
    return outcome


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a release: whether it left, and words for the person who asked."""

    passed: bool
    words: str


def outcome_of(answer: Released | Blocked, out: Path) -> Outcome:
    """Say what :func:`publish` came to: how much is hidden and what the attack found, or why nothing left."""
    if isinstance(answer, Blocked):
        return Outcome(passed=False, words=f"Blocked: nothing was released.\n{answer.words}")
    primary = sum(cell.primary for cell in answer.account.hidden)
    return Outcome(
        passed=True,
        words=(
            f"{answer.account.cells:,} cells: {primary:,} hidden for themselves, "
            f"{len(answer.account.hidden) - primary:,} so that those cannot be worked out.\n"
            f"{attacker.told(answer.attack)}\nReleased into {out}"
        ),
    )


def _separately(folder: Path, past: Path, elsewhere: Path | None) -> attacker.Attack:
    words = [sys.executable, "-m", "lamplighter.disclosure.attack", str(folder), "--json"]
    words += ["--earlier", str(past)] if past.exists() else []
    words += ["--elsewhere", str(elsewhere)] if elsewhere is not None else []
    # Our own program and folders that we made; no shell.
    done = subprocess.run(  # noqa: S603
        words, capture_output=True, text=True, timeout=ATTACK_SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        raise DisclosureError(
            "The attack did not run to its end, so nothing may leave.", remedy=done.stderr[-200:]
        )
    said: dict[str, Any] = json.loads(done.stdout)
    findings = tuple(attacker.Finding(**finding) for finding in said["findings"])
    outcome = attacker.Attack(
        findings, *(said[key] for key in ("hidden", "figures", "files", "narrowest", "promise", "exact"))
    )
    if outcome.passed != said["passed"] or outcome.passed != (done.returncode == 0):
        raise DisclosureError("The attack contradicts itself, so nothing may leave.")
    return outcome
