"""Write SQL for reading, adding and changing a release, from the written rules of the partitions."""

from __future__ import annotations

from dataclasses import replace

from lamplighter.hub.access.roles import AgencyKind as Kind
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS, Partition

NAMED = "(SELECT access.agency()) = ANY(to_agencies::text[])"


def _reads(column: str, *, reason: bool) -> str:
    def condition(partition: Partition) -> str:
        rule = partition if reason else replace(partition, reason_needed=False)
        return f"({column} = '{partition.name}' AND {row_security.case_reads(rule)})"

    return "(" + " OR ".join(condition(p) for p in CASE_PARTITIONS.values()) + ")"


def goal() -> str:
    """Readers of the goal, where agencies are named only theirs. Probation reads what names it.

    Probation officers read of the health partition what their own service
    wrote, so for them being named is the only way to receive.
    """
    probation = (
        "(to_partition = 'health' AND (SELECT access.role()) = 'probation'"
        f" AND (SELECT access.kind()) = '{Kind.PROBATION}' AND {NAMED} AND access.on_case(case_id))"
    )
    named = f"(to_agencies = '{{}}' OR {NAMED})"
    return f"(({_reads('to_partition', reason=True)} AND {named}) OR {probation})"


def reads() -> str:
    """The released version: the origin always, the goal until it expires or is withdrawn."""
    return (
        f"({_reads('from_partition', reason=True)}"
        f" OR (withdrawn_at IS NULL AND expires_at > now() AND {goal()}))"
    )


def register_reads() -> str:
    """The register, which holds no content: both sides for good, and the releasing agency's own people
    when it works on the case no more."""
    own = " OR ".join(
        f"(from_partition = '{p.name}' AND {row_security.readers(p)})" for p in CASE_PARTITIONS.values()
    )
    own = f"(owner_id = (SELECT access.agency()) AND NOT access.excluded(case_id) AND ({own}))"
    return f"({_reads('from_partition', reason=False)} OR {goal()} OR {own})"


def changes() -> str:
    """Only the agency that released it withdraws it."""
    return f"({row_security.changes('release')} AND owner_id = (SELECT access.agency()))"
