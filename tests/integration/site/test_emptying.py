"""After a test that commits, its rows are gone and everything else is there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall.declared_tables import declared
from tests import emptying
from tests.integration.access import making

pytestmark = pytest.mark.django_db(transaction=True)


def wall() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies")
        return set(cursor.fetchall())


def filled() -> set[str]:
    """Tables with rows, those of the queue among them."""
    return {d.table for d in declared() if d.model._default_manager.exists()}


def test_only_rows_go_and_the_wall_stays() -> None:
    making.a_case(None, "helpline")
    app.configure_task("clocks.overdue").defer(timestamp=1)
    assert {
        "procrastinate_jobs",
        "cases_case",
        "cases_participation",
        "audit_event",
        "accounts_user",
    } <= filled()
    before = wall()
    assert len(before) > 100
    emptying.empty()
    assert filled() <= emptying.KEPT
    assert Permission.objects.exists()
    assert wall() == before
