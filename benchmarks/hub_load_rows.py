"""How the rows of one side of a case are made: sets of rows, from the numbers of the cases."""

from __future__ import annotations

COLUMNS = "key, case_id, owner_id, by_id, at"
CASES = (
    # Who does what on a case, once: the agency and the person of each kind.
    "CREATE TEMP TABLE bench_case ON COMMIT DROP AS"
    " SELECT c.id, c.opened_at, c.owner_id AS police, c.by_id AS police_by,"
    " a.code AS advocacy, a.who AS advocacy_by, h.code AS health, h.who AS health_by,"
    " p.code AS probation, p.who AS probation_by FROM cases_case c"
    + "".join(
        f" LEFT JOIN (SELECT o.case_id, o.code, u.id AS who FROM bench_on o JOIN bench_user u"
        f" ON u.code = o.code AND u.n = (o.case_id / 4) %% u.many WHERE o.slot = {slot}) AS {short}"
        f" ON {short}.case_id = c.id"
        for slot, short in ((1, "a"), (2, "h"), (3, "p"))
    )
)


def after(days: str) -> str:
    """The moment so many days after the case was opened: at ten, or at once on the first day."""
    day = f"date_trunc('day', c.opened_at) + ({days}) * interval '1 day' + interval '10 hours'"
    return f"greatest(c.opened_at, {day})"


def _title(table: str) -> str:
    return table.split("_side_")[-1].removeprefix("sharing_")


def add(
    table: str, names: str, values: str, *, side: str, at: str, of: str = "", when: str = ""
) -> tuple[str, str]:
    """One statement that adds rows of one side, for each case that has this side and where it is past.

    ``of`` is joined to the cases and may use ``c``; ``names`` and ``values`` are the table's own columns.
    """
    return (
        _title(table),
        f"INSERT INTO {table} ({COLUMNS}, {names}) SELECT gen_random_uuid(), c.id, c.{side}, c.{side}_by,"
        f" {at}, {values} FROM bench_case c {of} WHERE c.{side} IS NOT NULL AND {at} <= now()"
        + (f" AND {when}" if when else ""),
    )


def follow(table: str, names: str, values: str, *, of: str, at: str, when: str = "true") -> tuple[str, str]:
    """One statement that adds a row to rows ``r`` of the table ``of``, by the same person."""
    return (
        _title(table),
        f"INSERT INTO {table} ({COLUMNS}, {names}) SELECT gen_random_uuid(), r.case_id, r.owner_id, r.by_id,"
        f" {at}, {values} FROM {of} r WHERE {when}",
    )
