"""Rows that somebody may not see, set aside; and answers with what differs for a reason taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import UUIDField
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lamplighter.hub.access import identity
from lamplighter.hub.access.declared import declared
from lamplighter.hub.accounts.models import User
from tests.integration.wall import walking

TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')
REASON = "A look that is needed for this test, with a reason."


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody can tell of an answer: all of it, and how many questions it took the database."""

    status: int
    headers: str
    text: str
    statements: int

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
def set_aside(hidden: dict[str, list[Any]]) -> Iterator[None]:
    """As if those rows had never been. All of it, and whatever happens meanwhile, is undone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in declared():
                if ids := hidden.get(table.table):
                    # What points at them is not asked: it is hidden too, or points at nothing for them.
                    table.model._default_manager.filter(pk__in=ids)._raw_delete("default")
            cursor.execute("SET LOCAL session_replication_role = origin")
        yield
        transaction.set_rollback(True)


def ask(client: Client, address: str, form: dict[str, str] | None = None) -> Answer:
    """One request, of which nothing stays behind: neither in the database nor in the browser."""
    cookies = client.cookies.output()
    connection.queries_log.clear()  # it holds so many and then forgets the first
    with transaction.atomic():
        with CaptureQueriesContext(connection) as asked:
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
    return Answer(answer.status_code, headers, text, len(asked.captured_queries))
