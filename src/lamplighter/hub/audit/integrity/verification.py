"""Is the audit trail what was written? Read once, in the order of the chain, some thousand rows at a time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from lamplighter.hub.audit.integrity import faults, signing, visibility
from lamplighter.hub.audit.integrity.chain import COLUMNS, START, digest
from lamplighter.hub.audit.integrity.faults import Fault, Kind, Link
from lamplighter.hub.audit.integrity.signing import WIDTH, Statement
from lamplighter.hub.site import signatures

CHAIN = (
    f"SELECT l.position, l.event_id, l.previous, l.hash, {COLUMNS}"  # noqa: S608  our own columns
    " FROM ONLY public.audit_chainlink l LEFT JOIN ONLY public.audit_event e ON e.id = l.event_id"
    " ORDER BY l.position"
)
UNSEALED = (
    "SELECT e.id, (e.at AT TIME ZONE 'UTC') FROM ONLY public.audit_event e"
    " WHERE NOT EXISTS (SELECT 1 FROM ONLY public.audit_chainlink l WHERE l.event_id = e.id) ORDER BY e.id"
)
AT_ONCE = 5_000
TOLD = 20  # faults that are kept in words; the rest are counted

Progress = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """Rows read and faults found. ``faults`` holds the first few, the first of all at the front."""

    links: int = 0
    unsealed: int = 0
    statements: int = 0
    aside: int = 0  # signed before the hub was brought back from a copy, about rows that it did not have
    fault_count: int = 0
    seconds: float = 0.0
    last_hash: str = START
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was not compared, and why

    def add(self, found: Iterable[Fault]) -> None:
        """Count them, and keep the words of the first few."""
        kept = 0
        for fault in found:
            self.fault_count += 1
            if kept < TOLD:
                self.faults.append(fault)
                kept += 1

    @property
    def first(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    @property
    def speed(self) -> float:
        """Events a second."""
        return (self.links + self.unsealed) / self.seconds if self.seconds else 0.0


def verify(
    statements: Sequence[Statement] = (),
    key: Ed25519PublicKey | Sequence[Ed25519PublicKey] | None = None,
    progress: Progress = lambda count: None,
) -> Report:
    """Work out every hash again and compare; hold the chain against the signed statements.

    ``key`` is the public key of the statements, or several that may have signed
    them; this installation's own if none is given. The trail can be written to
    meanwhile: all is read as it was at one moment.
    """
    began = time.perf_counter()
    report = Report(statements=len(statements))
    keys = [key] if isinstance(key, Ed25519PublicKey) else list(key or [signatures.public_key()])
    good = [s for s in statements if any(signing.is_ours(s, one) for one in keys)]
    against = sorted(signing.standing(good), key=lambda s: s.position)
    report.aside = len(good) - len(against)
    with _one_moment():
        report.add(visibility.tables())
        for found, why in (visibility.against_the_list(), visibility.as_an_auditor()):
            report.add(found)
            report.notes += [why] if why else []
        report.add(_walk(report, against, progress))
        report.add(_unsealed(report))
    report.faults.sort(key=lambda fault: fault.near)
    report.add(_forged(statements, good))
    report.seconds = time.perf_counter() - began
    return report


@contextmanager
def _one_moment() -> Iterator[None]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('search_path')")
            (before,) = cursor.fetchone()
            visibility.by_its_own_names(cursor)
            yield
            cursor.execute("SELECT pg_catalog.set_config('search_path', %s, true)", [before])


def _streamed(sql: str) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE  # type: ignore[attr-defined]  # psycopg’s, which Django passes on
        cursor.execute(sql)
        yield from cursor


def _forged(statements: Sequence[Statement], good: Sequence[Statement]) -> Iterator[Fault]:
    for statement in statements:
        if statement not in good:
            which = statement.source or f"of position {statement.position}"
            words = f"The checkpoint {which} is not signed with this key, or was altered."
            yield Fault(Kind.FORGED, words, position=statement.position)


def _walk(report: Report, statements: Sequence[Statement], progress: Progress) -> Iterator[Fault]:
    expected, place, highest, named = START, 0, 0, 0
    against = _Against(statements)
    for row in _streamed(CHAIN):
        link = faults.link_of(row)
        highest = max(highest, link.event_id)
        fault = None
        if link.position != place + 1:
            fault = faults.missing_places(place + 1, link)
        elif link.event is None:
            fault = faults.gone(link)
        elif link.previous != expected or digest(link.position, expected, link.event) != link.hash:
            # Telling the kinds apart asks the database; for the first few that is worth it.
            fault = faults.classify(link, expected) if named < TOLD else faults.unnamed(link)
        if fault := fault or against.fault_at(link):
            named += 1
            yield dataclasses.replace(fault, near=highest)
        report.links += 1
        # From what stands there, so that one altered row is one fault and not all that follow it.
        expected, place = link.hash, link.position
        if report.links % AT_ONCE == 0:
            progress(report.links)
    report.last_hash = expected
    for statement in statements:
        if statement.position > place:
            words = (
                f"The chain ends at position {place}. The checkpoint of {statement.at:%Y-%m-%d %H:%M:%S} UTC"
                f" was signed when it had {statement.position}."
            )
            yield Fault(Kind.CUT_OFF, words, position=place + 1, near=highest)


def _unsealed(report: Report) -> Iterator[Fault]:
    for number, at in _streamed(UNSEALED):
        report.unsealed += 1
        words = "It has no place in the chain: it was put in past the seal, or its place was taken out."
        yield Fault(Kind.INSERTED, words, number, None, at, near=number)


class _Against:
    """The signed statements, asked row by row in the order of the chain."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.ends: dict[int, list[Statement]] = {}
        for statement in statements:
            self.ends.setdefault(statement.position, []).append(statement)
        self.printed = [s for s in statements if s.fingerprints]
        self.turns = {t for s in self.printed for t in (s.after + 1, s.position + 1)}
        self.covering: list[Statement] = []
        self.agreed = 0
        self.told = False

    def fault_at(self, link: Link) -> Fault | None:
        """A fault where the chain agrees with itself and not with what was signed; the first one only."""
        position = link.position
        if position in self.turns:
            self.covering = [s for s in self.printed if s.after < position <= s.position]
        if self.told:
            return None
        for statement in self.covering:
            if statement.print_at(position) != link.hash[:WIDTH]:
                return self._anew(link, statement, "This row is not the one that stood here")
        for statement in self.ends.get(position, ()):
            if statement.hash != link.hash:
                first = self.agreed + 1
                return self._anew(
                    link,
                    statement,
                    f"A row between positions {first} and {position} is not the one that stood here",
                )
            self.agreed = position
        return None

    def _anew(self, link: Link, statement: Statement, what: str) -> Fault:
        self.told = True
        words = (
            f"{what} when the checkpoint of {statement.at:%Y-%m-%d %H:%M:%S} UTC was signed: it was changed,"
            " removed or put in, and the chain was made anew from there."
        )
        at = link.event.at if link.event else None
        return Fault(Kind.MADE_ANEW, words, link.event_id, link.position, at)
