"""Reasons are remembered by the process, and never longer than the database that holds them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from lamplighter.hub.people.links import reason_words
from lamplighter.hub.people.models import Reason as Row
from lamplighter.linkage.comparisons.reasons import Reason

WORDS = [Reason("forename", "Forename", level, f"the forenames are {level}") for level in ("exact", "near")]


def _kept() -> dict[int, Reason]:
    return {row.number: Reason(row.comparison, row.title, row.level, row.words) for row in Row.objects.all()}


@pytest.mark.django_db(transaction=True)
def test_another_database_is_asked_anew() -> None:
    with transaction.atomic():
        first = reason_words.numbers(WORDS)
    assert reason_words.reasons([first[r] for r in WORDS]) == WORDS
    # What a copy put in the place of the hub's does: other numbers, behind a connection that is new.
    Row.objects.all().delete()
    with transaction.atomic():
        Row.objects.create(number=first[WORDS[0]], comparison="x", title="x", level="x", words="other words")
    connection.close()
    with transaction.atomic():
        second = reason_words.numbers(WORDS)
    assert {second[r]: r for r in WORDS}.items() <= _kept().items()
    assert reason_words.reasons([first[WORDS[0]]])[0].words == "other words"


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_is_not_given_again() -> None:
    with transaction.atomic():
        reason_words.numbers(WORDS)
        transaction.set_rollback(True)
    assert _kept() == {}
    with transaction.atomic():
        numbers = reason_words.numbers(WORDS)
    assert {numbers[r]: r for r in WORDS} == _kept()


@pytest.mark.django_db(transaction=True)
def test_asking_again_uses_up_no_numbers() -> None:
    """Numbers are small, and every process that starts asks for all that it needs."""
    for _ in range(20):
        reason_words.forget()
        with transaction.atomic():
            reason_words.numbers(WORDS)
    with transaction.atomic():
        further = [r._replace(words="and more") for r in WORDS]
        numbers = reason_words.numbers([*WORDS, *further])
    assert max(numbers.values()) - min(numbers.values()) == len(WORDS) + len(further) - 1
