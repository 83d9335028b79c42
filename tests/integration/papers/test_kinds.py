"""The table of kinds is what papers are held to: what each asks of the database is in a partition of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.access.wall.partitions import BY_ROW, CASE_PARTITIONS
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.papers import services
from lamplighter.hub.papers.files import bundles
from lamplighter.hub.papers.kinds import KINDS
from tests.integration.access import making
from tests.integration.papers import telling
from tests.integration.papers.test_papers import SAYS, verified

pytestmark = pytest.mark.django_db
# Of nobody's case: agencies, who is who by number, and rows of any partition, which the wall cuts by row.
OF_NO_CASE = {"open", "own", BY_ROW}
GIVEN: dict[str, dict[str, Any]] = SAYS | {
    "restraining": verified(verified_on="1 May 2026"),
    "take_along": {"parts": [{"field": "part_home", "heading": "1", "words": "Blue bag."}]},
    "spo": {"prohibitions": ["contact"], "requirements": ["assessment"]},
}


def test_every_kind_is_written_and_is_kept_where_its_makers_write() -> None:
    assert {*services.WRITE} | {bundles.KIND} == {*KINDS}
    for kind in KINDS.values():
        assert kind.draws <= {*CASE_PARTITIONS, "records"}
        assert kind.keeps in {*CASE_PARTITIONS, "own"} - {"vault"}


@pytest.mark.parametrize("code", [k for k in KINDS if k != bundles.KIND])
def test_a_paper_asks_for_nothing_outside_its_partitions(code: str) -> None:
    officer = telling.officer()
    case = telling.a_case(officer, 2)
    role = next(r for r in (Role.INVESTIGATOR, Role.ADVOCATE) if r in KINDS[code].makers)
    by = officer if role == Role.INVESTIGATOR else making.somebody(role, "helpline")
    asked: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with identity.as_person(by), connection.execute_wrapper(listen):
        services.WRITE[code](by, case, GIVEN.get(code, {}), timezone.now())
    partition_of = {table.model._meta.db_table: table.partition for table in declared()}
    found = {t for sql in asked for t in re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)}
    # Letters that say what was typed ask for nothing.
    assert found or code in ("letter_victim", "take_along")
    outside = {t: partition_of[t] for t in found if t in partition_of}
    outside = {t: p for t, p in outside.items() if p not in KINDS[code].draws | OF_NO_CASE}
    assert outside == {}
