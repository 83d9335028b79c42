"""The wall as data: each partition with one written rule for who reads and who writes.

``sync`` turns this table into PostgreSQL's row security; the property test
holds the database to it; ``docs/security/wall.md`` is printed from it.

Case partitions (``CASE_PARTITIONS``) need a ``case`` and an ``owner`` on every
row. A model whose ``wall`` is ``"by_row"`` says the partition in a column of
its own, ``partition``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lamplighter.hub.access.roles import AgencyKind as Kind
from lamplighter.hub.access.roles import Role

CASEWORK = frozenset(
    {Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.PROBATION, Role.CLINICIAN, Role.ADVOCATE}
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One way in: these roles, in an agency of this kind (``None``: any), to any row or their own."""

    roles: frozenset[str]
    kind: str | None = None
    own_rows_only: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of the wall. ``rule`` is what people are told; the rest is what the database does."""

    name: str
    rule: str
    readers: tuple[Reader, ...] = ()
    # These roles read it of every case, not only of the cases their agency works on.
    everywhere: frozenset[str] = frozenset()
    # Who may break the glass: open it for a limited time, with a reason and a review.
    break_glass: frozenset[str] = frozenset()
    # Nothing is shown until a reason for this look has been given.
    reason_needed: bool = False
    # What agencies of a kind wrote is an area of its own: emergency access to the rest does not open it, nor
    # the other way round. The name of that area, and the kind.
    held_apart: tuple[str, str] | None = None
    # Only services begin rows here: nobody chooses it for a note or a task, or shares from it.
    of_services: bool = False
    # Purposes of background services that may read and write it.
    purposes: frozenset[str] = field(default_factory=frozenset)


PURPOSES = {
    # purpose -> the database role it runs as
    "receive reports": "records",
    "match a new report": "records",
    "find who is who": "records",
    "find patterns": "records",
    "count what is held": "records",
    "erase a report": "records",
    "run clocks": "service",
    "watch access": "service",
    "review retention": "service",
    "erase a record": "service",
    "answer a subject": "service",
    "open a case": "service",
    "tell a case of a report": "service",
    "ask for a safety check": "service",
    "warn of danger": "service",
    "let people in": "service",
    "tell people": "service",
    "keep the service running": "service",
    "put configuration in force": "service",
    "clear what has expired": "service",
    "ask for a live matter": "service",
    "match an answer of the index": "records",
    "tell a case who else knows": "service",
    "look after evidence": "service",
    "export reports for a study": "records",
    "export cases for a study": "service",
    "review the response": "service",
}
SENIOR = frozenset({Role.COORDINATOR, Role.STALKING_LEAD})

SHARED = Partition(
    "shared",
    "Everybody who does casework in an agency that works on the case reads and writes it; hub "
    "coordinators do so for every case.",
    readers=(Reader(CASEWORK),),
    everywhere=frozenset({Role.COORDINATOR}),
    break_glass=CASEWORK,
    purposes=frozenset(
        {
            "run clocks",
            "look after evidence",
            "ask for a live matter",
            "review retention",
            "erase a record",
            "answer a subject",
            "ask for a safety check",
            "warn of danger",
            "open a case",
            "tell a case of a report",
            "tell a case who else knows",
            "export cases for a study",
        }
    ),
)
POLICE = Partition(
    "police",
    "Investigators, stalking leads and coordinators of a police force that works on the case.",
    readers=(Reader(frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD, Role.COORDINATOR}), Kind.POLICE),),
    break_glass=SENIOR,
    purposes=frozenset(
        {
            "run clocks",
            "look after evidence",
            "review retention",
            "erase a record",
            "answer a subject",
            "tell a case of a report",
            "tell a case who else knows",
            "export cases for a study",
        }
    ),
)
PROBATION_HOLDS = "probation"
HEALTH = Partition(
    "health",
    "Clinicians of a health service that works on the case; and probation officers, for what their own "
    "service wrote. What probation holds and what health holds are two areas: emergency access to the one "
    "does not open the other.",
    held_apart=(PROBATION_HOLDS, Kind.PROBATION),
    readers=(
        Reader(frozenset({Role.CLINICIAN}), Kind.HEALTH),
        Reader(frozenset({Role.PROBATION}), Kind.PROBATION, own_rows_only=True),
    ),
    break_glass=SENIOR,
    purposes=frozenset(
        {
            "run clocks",
            "look after evidence",
            "review retention",
            "erase a record",
            "answer a subject",
            "ask for a safety check",
            "tell a case of a report",
            "export cases for a study",
        }
    ),
)
ADVOCACY = Partition(
    "advocacy",
    "Advocates of an advocacy service that works on the case. What the victim told them in confidence.",
    readers=(Reader(frozenset({Role.ADVOCATE}), Kind.ADVOCACY),),
    break_glass=SENIOR,
    purposes=frozenset(
        {
            "run clocks",
            "look after evidence",
            "review retention",
            "erase a record",
            "answer a subject",
            "ask for a safety check",
            "tell a case of a report",
            "export cases for a study",
        }
    ),
)
WARNING = Partition(
    "warning",
    "What somebody who works with the suspect warned of, in a message to act on: investigators, stalking "
    "leads and advocates of the agencies that work on the case, and coordinators. Nobody who works with "
    "the suspect: who sent it has their own copy. Also lines of enquiry that nobody on the case does yet.",
    readers=(
        Reader(frozenset({Role.COORDINATOR})),
        Reader(frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD}), Kind.POLICE),
        Reader(frozenset({Role.ADVOCATE}), Kind.ADVOCACY),
    ),
    everywhere=frozenset({Role.COORDINATOR}),
    of_services=True,
    purposes=frozenset(
        {
            "run clocks",
            "look after evidence",
            "review retention",
            "erase a record",
            "answer a subject",
            "warn of danger",
            "export cases for a study",
        }
    ),
)
VAULT = Partition(
    "vault",
    "Where the victim lives, how to reach them safely and who must not be told: their advocate, and "
    "investigators and stalking leads of a force on the case, each time with a reason. Nobody who works "
    "with the person stalking, ever.",
    readers=(
        Reader(frozenset({Role.ADVOCATE}), Kind.ADVOCACY),
        Reader(frozenset({Role.INVESTIGATOR, Role.STALKING_LEAD}), Kind.POLICE),
    ),
    break_glass=SENIOR | {Role.INVESTIGATOR},
    reason_needed=True,
    purposes=frozenset({"erase a record"}),
)
CASE_PARTITIONS = {p.name: p for p in (SHARED, POLICE, HEALTH, ADVOCACY, WARNING, VAULT)}


def _areas() -> dict[str, Partition]:
    found: dict[str, Partition] = {}
    for partition in CASE_PARTITIONS.values():
        if partition.break_glass:
            found[partition.name] = partition
            if partition.held_apart:
                found[partition.held_apart[0]] = partition
    return found


# What emergency access opens, by name, each with the partition that its rows are in.
AREAS = _areas()


def owners_of(area: str) -> set[str]:
    """Return the kinds of agency whose rows an area is; none: everybody's who reads it."""
    partition = AREAS[area]
    kinds = {reader.kind for reader in partition.readers if reader.kind}
    if not partition.held_apart:
        return kinds
    apart = partition.held_apart[1]
    return {apart} if area == partition.held_apart[0] else kinds - {apart}


# Whose reports are told in confidence: their words are read by the sender alone until it says otherwise
# (``readers.sql``).
CONFIDING = frozenset({Kind.ADVOCACY, Kind.HEALTH})
RECORDS_READERS = frozenset({Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.ADVOCATE})
RECORDS = Partition(
    "records",
    "Reports as agencies sent them, who is who, and the patterns: coordinators, investigators, stalking "
    "leads and advocates. The words of a report from an advocacy or a health service: those whom it chose, "
    "and its own people alone where it chose nobody. Nobody who is kept off a case of its people. "
    "Those who work with the person stalking see what a case shows them instead.",
    readers=(Reader(RECORDS_READERS),),
)
DELIVERIES = Partition(
    "deliveries",
    "What came in, with counts: coordinators, administrators and auditors. No report is in it.",
    readers=(Reader(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR})),),
)
REJECTS = Partition(
    "rejects",
    "Rows that could not be used, which may hold what was received: administrators; and coordinators, except "
    "of another agency that is told things in confidence, or of several agencies at once.",
    readers=(Reader(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),),
)
OPERATIONS = Partition(
    "operations",
    "How the service runs: which background work failed, which copies of the hub there are, and which "
    "configuration is in force. Coordinators, administrators and auditors. Nobody's record is in it.",
    readers=(Reader(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR})),),
)
LAW = Partition(
    "law",
    "Which changes of law and guidance somebody of the hub has read and signed: everybody who works with "
    "the hub. Nobody's record is in it.",
    readers=(Reader(frozenset(Role)),),
)
MEETINGS = Partition(
    "meetings",
    "When and where the hub meets, who chairs, which agencies are asked and who came: everybody who does "
    "casework. Nothing of a case is in it.",
    readers=(Reader(CASEWORK),),
    purposes=frozenset({"export cases for a study"}),
)
INSTRUMENTS = Partition(
    "instruments",
    "Which licences the hub holds for copyrighted instruments, and the text of each version that was "
    "answered: everybody who works with the hub. Nobody's record is in it.",
    readers=(Reader(frozenset(Role)),),
)
INSIGHT = Partition(
    "insight",
    "Reviews of how reports were answered, with small numbers in them: coordinators, analysts and auditors; "
    "and analysts and auditors alone where the review counts what the hub did in its cases.",
    readers=(Reader(frozenset({Role.COORDINATOR, Role.ANALYST, Role.AUDITOR})),),
)
PUBLISHED = Partition(
    "published",
    "Reviews as they may leave the hub, protected and attacked: coordinators, stalking leads, analysts, "
    "auditors and administrators.",
    readers=(
        Reader(
            frozenset({Role.COORDINATOR, Role.STALKING_LEAD, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR})
        ),
    ),
)
OVERSIGHT = Partition(
    "oversight",
    "Who opened something with emergency access, who is blocked from a case and why: coordinators, stalking "
    "leads and auditors; and "
    "whoever did it sees their own.",
    readers=(Reader(SENIOR | {Role.AUDITOR}),),
)
AUDIT = Partition(
    "audit",
    "The audit log: auditors. It is written by a function of the database, and by nobody directly.",
    readers=(Reader(frozenset({Role.AUDITOR})),),
)
OWN = Partition("own", "Rows of the person who is signed in, and nobody else's.")
OPEN = Partition(
    "open", "The people and agencies of the hub, and what the software keeps about itself. Nobody's case."
)
CLOSED = Partition(
    "closed",
    "How to reach somebody safely, as told with a report: background services. Through functions of the "
    "database, whoever typed it until there is a case, and then those of the agency that was told it who "
    "read the vault of the case.",
)
RELEASE = Partition(
    "release",
    "What one side shared with another: those who may read where it came from, and, until it expires or is "
    "withdrawn, those who may read where it went.",
)
BY_ROW = "by_row"
PARTITIONS = CASE_PARTITIONS | {
    p.name: p
    for p in (
        *(RECORDS, DELIVERIES, REJECTS, OVERSIGHT, AUDIT),
        *(OWN, OPEN, CLOSED, RELEASE, INSIGHT, PUBLISHED, OPERATIONS, LAW, MEETINGS, INSTRUMENTS),
    )
}
