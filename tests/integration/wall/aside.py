"""Rows that somebody may not see, set aside; and answers with what differs for a reason taken out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, CharField, DateTimeField, TextField, UUIDField
from django.test import Client

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import User
from lamplighter.hub.intake.models import ReportVersion
from tests.integration.wall import walking

TOKENS = re.compile(r'(name="(?:csrfmiddlewaretoken|token)" value=")[^"]*')
REASON = "A look that is needed for this test, with a reason."
# Of a report whose words are for others: what those who read reports are told all the same (ADR 0124).
TOLD = {"id", "key", "report_id", "agency", "reported_at", "superseded_at", "version"}
OTHER_TIME = dt.datetime(2001, 2, 3, 4, 5, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody can tell of an answer: all of it, and how many questions it took the database."""

    status: int
    headers: str
    text: str
    statements: int
    # Whether a form may be answered otherwise; known of a client that is ``watched``.
    saw_how: bool = True

    def differs(self, other: Answer) -> str:
        """In words: what of it is different; "" for nothing."""
        if self.status != other.status:
            return f"status {self.status}, and {other.status}"
        for name, one, two in (("text", self.text, other.text), ("headers", self.headers, other.headers)):
            if one != two:
                pairs = zip(one.splitlines(), two.splitlines(), strict=False)
                first = next((f"{a.strip()!r}, and {b.strip()!r}" for a, b in pairs if a != b), "length")
                return f"{name}: {first[:300]}"
        if self.statements != other.statements:
            return f"{self.statements} statements, and {other.statements}"
        return ""


def hidden_from(user: User) -> dict[str, list[Any]]:
    """Keys of the rows that the wall hides from this person, by table. What a reason opens is not hidden."""
    found: dict[str, list[Any]] = {}
    for table in declared():
        if table.partition == "open":
            continue
        rows = table.model._default_manager
        there = set(rows.values_list("pk", flat=True))
        seen: set[Any] = set()
        with transaction.atomic():
            try:
                with identity.as_person(user), identity.for_reason(REASON):
                    seen = set(rows.values_list("pk", flat=True))
            except DatabaseError:
                pass  # they may not even ask
        if there - seen:
            found[table.table] = sorted(there - seen)
    return found


def told_of(user: User) -> list[str]:
    """The reports of which this person is told that they are held, by whom and of which day, and no more."""
    every = list(ReportVersion._default_manager.values_list("report_id", flat=True).distinct())
    with transaction.atomic(), identity.as_person(user), connection.cursor() as cursor:
        cursor.execute("SELECT report_id FROM access.held_elsewhere(%s)", [every])
        return [row[0] for row in cursor.fetchall()]


def addresses_of(told: Sequence[str]) -> set[str]:
    """What addresses carry of such reports."""
    keys = ReportVersion._default_manager.filter(report_id__in=told).values_list("key", flat=True)
    return {str(key) for key in keys}


def keys_of(hidden: dict[str, list[Any]]) -> set[str]:
    """What addresses carry of these rows."""
    found: set[str] = set()
    for table in declared():
        ids = hidden.get(table.table, [])
        fields = table.model._meta.concrete_fields
        names = {f.name for f in fields if isinstance(f, UUIDField) or (f.name == "key" and f.unique)}
        for name in names | ({"course_id", "person_id"} & {f.name for f in fields}):
            rows = table.model._default_manager.filter(pk__in=ids)
            found |= {str(value) for value in rows.values_list(name, flat=True) if value}
        if isinstance(getattr(table.model, "address", None), property):
            found |= {row.address for row in table.model._default_manager.filter(pk__in=ids)}
    return found


@contextmanager
def set_aside(hidden: dict[str, list[Any]], told: Sequence[str] = ()) -> Iterator[None]:
    """As if those rows had never been. All of it, and whatever happens meanwhile, is undone afterwards.

    A report of ``told`` stays, and says something else in everything that nobody is told of.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in declared():
                if ids := hidden.get(table.table):
                    # What points at them is not asked: it is hidden too, or points at nothing for them.
                    rows = table.model._default_manager.filter(pk__in=ids)
                    if table.model is ReportVersion:
                        rows.filter(report_id__in=told).update(**another_report())
                        rows = rows.exclude(report_id__in=told)
                    rows._raw_delete("default")
            cursor.execute("SET LOCAL session_replication_role = origin")
        yield
        transaction.set_rollback(True)


def another_report() -> dict[str, Any]:
    """A value that nobody wrote for every column of a report of which nobody else is told."""
    found: dict[str, Any] = {}
    for field in ReportVersion._meta.concrete_fields:
        if field.name in TOLD or field.is_relation:
            continue
        if isinstance(field, BooleanField):
            found[field.name] = True
        elif isinstance(field, DateTimeField):
            found[field.name] = OTHER_TIME if field.get_internal_type() == "DateTimeField" else None
        elif isinstance(field, CharField | TextField):
            found[field.name] = "other"[: getattr(field, "max_length", None)]
        else:
            found[field.name] = field.get_default()
    return found


def ask(client: Client, address: str, form: dict[str, str] | None = None) -> Answer:
    """One request, of which nothing stays behind: neither in the database nor in the browser."""
    cookies = client.cookies.output()
    statements = 0

    def counted(execute: Any, *given: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*given)

    with transaction.atomic():
        # Only their number is told: Django's own log would write out each of them once more.
        with connection.execute_wrapper(counted):
            if form is None:
                answer = client.get(address, secure=True)
            else:
                answer = client.post(address, form, secure=True)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    # Every answer has a time and a number of its own.
    told = [(k, v) for k, v in sorted(answer.headers.items()) if k not in {"Expires", "X-Request-ID"}]
    headers = "\n".join(f"{k}: {v}" for k, v in told)
    text = TOKENS.sub(r"\1", walking.readable(answer))
    saw_how = getattr(answer.wsgi_request, "saw_how", True)
    return Answer(answer.status_code, headers, text, statements, saw_how)
