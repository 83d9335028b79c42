"""Every column of words of a case can be redacted, or is listed with the reason why not."""

from __future__ import annotations

from django.db import models

from lamplighter.hub.access.wall import redaction
from lamplighter.hub.access.wall.declared_tables import Declared, declared

OF_CASE = list(redaction.of_case(declared()))


def undeclared(table: Declared) -> set[str]:
    """Columns of words that the registry does not know, or knows twice."""
    label = table.model._meta.label
    can = set(getattr(table.model, "redacts", {}))
    out = {name for name in redaction.written(table) if f"{label}.{name}" in redaction.LEFT_OUT}
    return set(redaction.written(table)) ^ (can ^ out)


def test_every_column_of_words_is_declared() -> None:
    assert {t.table: undeclared(t) for t in OF_CASE if undeclared(t)} == {}
    assert len(redaction.tables(OF_CASE)) > 30


def test_a_new_column_of_words_fails() -> None:
    class Unsaid(models.Model):
        case_id = models.BigIntegerField()
        words = models.TextField()

        class Meta:
            app_label = "unsaid"
            managed = False

    assert undeclared(Declared(Unsaid, "unsaid", "shared", append_only=True)) == {"words"}


def test_what_is_left_out_is_there_and_says_why() -> None:
    there = {f"{t.model._meta.label}.{name}" for t in OF_CASE for name in redaction.written(t)}
    assert set(redaction.LEFT_OUT) - there == set()
    assert all(len(reason) > 10 for reason in redaction.LEFT_OUT.values())
    labels = {t.model._meta.label for t in OF_CASE}
    assert set(redaction.NAMES) - labels == set()


def test_nothing_of_the_vault_is_in_it() -> None:
    assert [t.table for t in redaction.tables(OF_CASE) if t.partition == "vault"] == []
