"""The client against a real clamd: what is found, and what must never read as clean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lamplighter.hub.evidence.files.clamd import Clamd, NoScannerError, Outcome
from tests.integration.evidence import making
from tests.unit.hub.evidence import hostile

MEGABYTE = 1024**2


@pytest.fixture(scope="module")
def alerting() -> Iterator[str]:
    with making.a_clamd() as address:
        yield address


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """clamd as it comes: it says OK of what it did not read."""
    with making.a_clamd(alert=False) as address:
        yield address


def scan(address: str, content: bytes, reads: int = MEGABYTE) -> tuple[Outcome, str]:
    chunks = (content[i : i + 65_536] for i in range(0, len(content), 65_536))
    found = Clamd(address, reads).scan(chunks, len(content))
    return found.outcome, found.found


def test_nothing_is_found_in_what_is_clean(alerting: str) -> None:
    found = Clamd(alerting, MEGABYTE).scan([b"He was there again."], 19)
    assert found.outcome == Outcome.CLEAN
    assert found.engine.startswith("ClamAV 1.")


@pytest.mark.parametrize("inside", [False, True])
def test_what_is_known_is_found_also_inside_an_archive(alerting: str, inside: bool) -> None:
    content = hostile.archive(("a/b.txt", making.EICAR)) if inside else making.EICAR
    assert scan(alerting, content) == (Outcome.INFECTED, "Eicar-Test.UNOFFICIAL")


def test_what_is_larger_than_the_scanner_reads_is_never_clean(alerting: str, silent: str) -> None:
    hidden = b"\0" * (2 * MEGABYTE) + making.EICAR
    for address in (alerting, silent):
        assert scan(address, hidden)[0] == Outcome.PARTLY
    # Where the hub was told of another limit than the scanner has, its alarm says so; without it, nothing.
    assert scan(alerting, hidden, reads=100 * MEGABYTE)[0] == Outcome.PARTLY
    assert scan(silent, hidden, reads=100 * MEGABYTE)[0] == Outcome.CLEAN, (
        "why the documents ask for the alarm"
    )


def test_what_is_larger_than_a_stream_may_be_is_not_fully_scanned(alerting: str) -> None:
    assert scan(alerting, b"\0" * (6 * MEGABYTE), reads=100 * MEGABYTE)[0] in {Outcome.PARTLY, Outcome.ERROR}


def test_nobody_there_is_said(tmp_path: object) -> None:
    with pytest.raises(NoScannerError):
        Clamd(f"{tmp_path}/none", MEGABYTE).scan([b"a"], 1)
    with pytest.raises(NoScannerError):
        Clamd("127.0.0.1:1", MEGABYTE).version()
