"""The written rules as SQL conditions. Nothing here talks to a database."""

from __future__ import annotations

from lamplighter.hub.access.wall.partitions import (
    AREAS,
    AUDIT,
    BY_ROW,
    CASE_PARTITIONS,
    DELIVERIES,
    INSIGHT,
    INSTRUMENTS,
    LAW,
    MEETINGS,
    OPERATIONS,
    OVERSIGHT,
    PUBLISHED,
    PURPOSES,
    RECORDS,
    REJECTS,
    VAULT,
    Partition,
    Reader,
)

LONGEST_GLASS = "4 hours"
LEAST_REASON = 20  # characters
HUB_WIDE = {
    p.name: p
    for p in (
        *(RECORDS, DELIVERIES, REJECTS, AUDIT, INSIGHT, PUBLISHED, OPERATIONS, LAW),
        *(MEETINGS, INSTRUMENTS),
    )
}


def texts(values: frozenset[str] | set[str]) -> str:
    """An SQL array of our own words; they hold no quote."""
    return "ARRAY[" + ", ".join(f"'{v}'" for v in sorted(str(v) for v in values)) + "]::text[]"


def _is_reader(reader: Reader) -> str:
    # Asked once a statement, as one yes or no: the planner takes even chances, and reads lists in order.
    person = f"access.role() = ANY({texts(reader.roles)})"
    if reader.kind:
        person += f" AND access.kind() = '{reader.kind}'"
    own = " AND owner_id = (SELECT access.agency())" if reader.own_rows_only else ""
    return f"((SELECT {person}){own})"


def readers(partition: Partition) -> str:
    return "(" + (" OR ".join(_is_reader(r) for r in partition.readers) or "false") + ")"


def _with_reason(partition: Partition, condition: str) -> str:
    return f"((SELECT access.reason() <> '') AND {condition})" if partition.reason_needed else condition


def _works_on_it(partition: Partition) -> str:
    ways = [f"({readers(partition)} AND access.on_case(case_id))"]
    if partition.everywhere:
        ways.append(
            f"((SELECT access.role() = ANY({texts(partition.everywhere)})) AND NOT access.excluded(case_id))"
        )
    return "(" + " OR ".join(ways) + ")"


def case_reads(partition: Partition) -> str:
    """Write the condition for reading a row of a case partition."""
    glass = f"((SELECT access.any_glass()) AND {_glass(partition)})"
    return _with_reason(partition, _not_of_their_own(partition, f"({_works_on_it(partition)} OR {glass})"))


def _glass(partition: Partition) -> str:
    """Return the condition that emergency access opens a row: to the area that its owner's kind makes."""
    opened = f"access.glass(case_id, '{partition.name}')"
    if not partition.held_apart:
        return opened
    name, kind = partition.held_apart
    of_kind = f"access.is_of_kind(owner_id, '{kind}')"
    return f"(({opened} AND NOT {of_kind}) OR (access.glass(case_id, '{name}') AND {of_kind}))"


def _not_of_their_own(partition: Partition, condition: str) -> str:
    """Nobody of an agency that the suspect works for reads where the victim is, admitted or not."""
    return f"({condition} AND NOT access.off_vault(case_id))" if partition is VAULT else condition


def case_writes(partition: Partition) -> str:
    """Write the condition for changing a row that stands. Emergency access lets nobody write."""
    return _with_reason(partition, _not_of_their_own(partition, _works_on_it(partition)))


def case_adds(partition: Partition) -> str:
    """Write the condition for adding a row: for their own agency only."""
    return f"({case_writes(partition)} AND owner_id = (SELECT access.agency()))"


def _by(column: str, condition_of: dict[str, str]) -> str:
    return "(" + " OR ".join(f"({column} = '{name}' AND {c})" for name, c in condition_of.items()) + ")"


def reads(name: str) -> str:
    if name == BY_ROW:
        return _by("partition", {p.name: case_reads(p) for p in CASE_PARTITIONS.values()})
    if name == "release":
        origin = _by("from_partition", {p.name: case_reads(p) for p in CASE_PARTITIONS.values()})
        goal = _by("to_partition", {p.name: case_reads(p) for p in CASE_PARTITIONS.values()})
        return f"({origin} OR (withdrawn_at IS NULL AND expires_at > now() AND {goal}))"
    if name == "own":
        return "user_id = (SELECT access.actor())"
    if name == OVERSIGHT.name:
        return f"(user_id = (SELECT access.actor()) OR {readers(OVERSIGHT)})"
    if name in HUB_WIDE:
        return readers(HUB_WIDE[name])
    return case_reads(CASE_PARTITIONS[name])


_OPEN = "(SELECT access.open_senders())::text[]"
_OFF_REPORTS = "(SELECT access.kept_off_reports())::text[]"
_OFF_COURSES = "(SELECT access.kept_off_courses())::text[]"
_OFF_PERSONS = "(SELECT access.kept_off_persons())::text[]"


def words_of_sender(column: str) -> str:
    """Write the condition for reading words of a report of the agency in ``column``: see ``readers.sql``."""
    reads = f"({column} = ANY ({_OPEN}) OR access.reads_report(report_id, {column}))"
    return f"({readers(RECORDS)} AND {reads} AND NOT report_id = ANY ({_OFF_REPORTS}))"


def words_of_report(report: str = "report_id", *, writer: str = "") -> str:
    """The same of a row that names only the report; ``writer`` is a column of whoever wrote the row."""
    reads = f"(access.reads_words({report}) AND NOT {report} = ANY ({_OFF_REPORTS}))"
    own = f"{writer} = (SELECT access.actor()) OR " if writer else ""
    return f"({readers(RECORDS)} AND ({own}{reads}))"


def words_of_version() -> str:
    """The same of a part of a version: whoever reads the version reads it."""
    whole = "SELECT 1 FROM public.intake_reportversion v WHERE v.id = version_id"
    return f"({readers(RECORDS)} AND EXISTS ({whole}))"


def words_of_delivery() -> str:
    """Write the condition for reading what could not be used of a delivery: administrators, who put mappings
    right; and coordinators, where its sender is told nothing in confidence or is their own agency. One of
    several agencies may hold both."""
    of = "SELECT 1 FROM public.intake_batch b JOIN public.intake_delivery d ON d.id = b.delivery_id"
    sent = f"{of} WHERE b.id = batch_id AND d.agency_id = ANY ({_OPEN})"
    return f"((SELECT access.role() = 'administrator') OR ({readers(REJECTS)} AND EXISTS ({sent})))"


def words_of_pair(*, writer: str = "") -> str:
    """Write the condition for reading statements about two records: read by those who read both."""

    def read(column: str) -> str:
        # The name of a column of ours.
        return f"EXISTS (SELECT 1 FROM public.intake_personrecord r WHERE r.record_id = {column})"  # noqa: S608

    own = f"{writer} = (SELECT access.actor()) OR " if writer else ""
    return f"({readers(RECORDS)} AND ({own}({read('left_record')} AND {read('right_record')})))"


def words_of_evidence() -> str:
    """Write the condition for reading a rule's finding: read by those who read every report that shows it."""
    whole = "SELECT 1 FROM public.patterns_course c WHERE c.id = patterns_finding.course_id"
    # Nothing need be asked of a pattern whose reports are all open.
    sources = f"{whole} AND c.agencies <@ {_OPEN}"
    unread = (
        "SELECT 1 FROM unnest(patterns_finding.evidence) AS shown(by_occasion)"
        " WHERE NOT access.reads_words(regexp_replace(by_occasion, '#[0-9]+$', ''))"
    )
    return f"({readers(RECORDS)} AND (EXISTS ({sources}) OR (EXISTS ({whole}) AND NOT EXISTS ({unread}))))"


def not_kept_off(column: str, what: str = "course") -> str:
    """Write the condition for rows about a pattern or person: readers of its reports who are not blocked."""
    off = {"course": _OFF_COURSES, "person": _OFF_PERSONS}[what]
    return f"({readers(RECORDS)} AND NOT {column} = ANY ({off}))"


def end_of_step() -> str:
    """Write the condition for reading the outcome of a step: read by those who read the step."""
    whole = "SELECT 1 FROM public.patterns_nextstep s WHERE s.id = step_id"
    return f"({readers(RECORDS)} AND EXISTS ({whole}))"


def words_of_lesson() -> str:
    """Write the condition for reading what a correction teaches: read by those who read the report's words.
    What another hub taught is of no report here."""
    return f"({readers(RECORDS)} AND (report_id = '' OR {words_of_report(writer='by_id')}))"


def of_lesson(off: str = "") -> str:
    """The same of a row beside a lesson; ``off``: ``report`` or ``course``, whom the row is also about."""
    whole = "SELECT 1 FROM public.patterns_lesson l WHERE l.id = lesson_id"
    kept = {
        "": "",
        "report": f" AND NOT report_id = ANY ({_OFF_REPORTS})",
        "course": f" AND NOT course_id = ANY ({_OFF_COURSES})",
    }[off]
    return f"({readers(RECORDS)} AND EXISTS ({whole}){kept})"


def pattern_reads() -> str:
    """Write the condition for reading a version of a pattern."""
    return (
        f"({readers(RECORDS)} AND NOT victim_person = ANY ({_OFF_PERSONS})"
        f" AND NOT coalesce(suspect_person, '') = ANY ({_OFF_PERSONS}))"
    )


def adds(name: str) -> str:
    if name == BY_ROW:
        return _by("partition", {p.name: case_adds(p) for p in CASE_PARTITIONS.values()})
    if name == "release":
        return _by("from_partition", {p.name: case_adds(p) for p in CASE_PARTITIONS.values()})
    if name in {"own", *HUB_WIDE}:
        return reads(name)
    return case_adds(CASE_PARTITIONS[name])


def changes(name: str) -> str:
    if name == BY_ROW:
        return _by("partition", {p.name: case_writes(p) for p in CASE_PARTITIONS.values()})
    if name == "release":
        return _by("from_partition", {p.name: case_writes(p) for p in CASE_PARTITIONS.values()})
    if name in {"own", *HUB_WIDE}:
        return reads(name)
    return case_writes(CASE_PARTITIONS[name])


def breaks_glass() -> str:
    """Write the condition for opening a partition: for themselves, if the rule allows it, for a while."""
    allowed = " OR ".join(
        f"(partition = '{name}' AND (SELECT access.role()) = ANY({texts(p.break_glass)}))"
        for name, p in AREAS.items()
    )
    return (
        f"(user_id = (SELECT access.actor()) AND ({allowed}) AND NOT access.excluded(case_id)"
        f" AND expires_at <= now() + interval '{LONGEST_GLASS}' AND char_length(reason) >= {LEAST_REASON})"
    )


def service(name: str) -> str:
    """Write the condition on the purposes of a background service that reach a row."""
    if name == BY_ROW:
        return _by("partition", {p.name: _purpose(p) for p in CASE_PARTITIONS.values()})
    if name == "release":
        return _by("from_partition", {p.name: _purpose(p) for p in CASE_PARTITIONS.values()})
    if name in CASE_PARTITIONS:
        return _purpose(CASE_PARTITIONS[name])
    return "(SELECT access.purpose() <> '')"


def of_records() -> str:
    """Write the condition that proves a transaction to be of importing or of matching."""
    purposes = {purpose for purpose, role in PURPOSES.items() if role == "records"}
    return f"(SELECT access.purpose() = ANY({texts(purposes)}))"


def _purpose(partition: Partition) -> str:
    return f"(SELECT access.purpose() = ANY({texts(partition.purposes)}))"
