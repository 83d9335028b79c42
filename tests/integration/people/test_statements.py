"""What is written out for PostgreSQL comes back as it was."""

from __future__ import annotations

import pytest

from lamplighter.hub.people.matching.statements import numbers, texts
from lamplighter.hub.site.postgresql.prepared import cursor

WORDS = (
    [],
    [""],
    ["", ""],
    ["force_a:1", "a, b", "{c}", "NULL", " d "],
    ['"', "e"],
    ["f", "\\"],
    ['["g\\"h"]', "i\nj", 'k","l', "m"],
)


@pytest.mark.django_db
@pytest.mark.parametrize("words", WORDS)
def test_texts(words: list[str]) -> None:
    with cursor() as asked:
        assert asked.execute("SELECT %s::text[]", [texts(iter(words))]).fetchone() == (words,)


@pytest.mark.django_db
def test_numbers() -> None:
    told = [0.1, -2.5, 1e300, 3.0]
    with cursor() as asked:
        assert asked.execute("SELECT %s::float8[]", [numbers(iter(told))]).fetchone() == (told,)
        assert asked.execute("SELECT %s::bigint[]", [numbers([2**62, -1])]).fetchone() == ([2**62, -1],)
