"""A hub that goes back to the version before: what it held stays, and it comes forward again."""

from __future__ import annotations

import hashlib
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Link, Membership
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
TOLD = """
SELECT l.left_record, l.right_record, ARRAY(
    SELECT r.words FROM unnest(l.reasons) WITH ORDINALITY AS e(number, place)
    JOIN people_reason r ON r.number = e.number ORDER BY e.place
) FROM people_link l ORDER BY l.left_record, l.right_record
"""
KEYS = """
SELECT e.key, e.record FROM people_keypage, unnest(keys, records) AS e(key, record) ORDER BY e.key, e.record
"""
PAGES = "SELECT first, keys, records FROM people_keypage ORDER BY first"
AGAIN = """
WITH second AS (
    INSERT INTO people_reason (comparison, title, level, words)
    SELECT comparison, title, level, words FROM people_reason WHERE number = %(number)s RETURNING number
)
UPDATE people_link SET reasons = array_replace(reasons, %(number)s::smallint, (SELECT number FROM second))
WHERE (left_record, right_record) = (%(left)s, %(right)s)
"""


def run(statement: str, values: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_a_reason_that_is_there_twice_is_one_again_and_every_link_says_what_it_said() -> None:
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    who = sorted(Membership.objects.values_list("record_id", "person_id"))
    # Two who wrote at the same moment wrote one reason twice.
    link = Link.objects.order_by("pk").first()
    assert link is not None
    run(AGAIN, {"number": link.reasons[0], "left": link.left_record, "right": link.right_record})
    before, reasons = run(TOLD), run("SELECT count(*) FROM people_reason")[0][0]
    keys, pages = run(KEYS), run(PAGES)
    assert len(keys) > 100
    told = StringIO()
    try:
        call_command("migrate", "people", "0005", verbosity=0, stdout=told)
        assert run("SELECT count(*) FROM people_reason") == [(reasons - 1,)]
        assert run(TOLD) == before
        # The address that a link had then.
        pair = f"{link.left_record}\x1f{link.right_record}"
        then = "SELECT left_record, right_record FROM people_link WHERE key = %s"
        assert run(then, [hashlib.sha256(pair.encode()).hexdigest()[:16]]) == [link.pk]
        assert run("SELECT key, record FROM people_candidatekey ORDER BY key, record") == keys
    finally:
        call_command("migrate", verbosity=0)
    # Nothing of the wall could be built for a table that is gone; the one of before stands.
    assert "The wall in the database stays as it was: of the migrations of this version 4" in told.getvalue()
    assert run(TOLD) == before
    assert (run(KEYS), run(PAGES)) == (keys, pages)
    assert sorted(Membership.objects.values_list("record_id", "person_id")) == who
    relinking.relink_all(fit=False)
    assert sorted(Membership.objects.values_list("record_id", "person_id")) == who
