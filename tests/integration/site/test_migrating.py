"""What migrations make is what the models say, and a step makes anew only the models that it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.state import ModelState, ProjectState

from lamplighter.hub.site.postgresql.drawing import only_what_changes


@pytest.mark.django_db
def test_the_database_that_migrations_made_is_the_one_that_the_models_say() -> None:
    """Columns, their types and whether they may be empty, what refers to what, indexes and constraints."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), NOT attnotnull"
            " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0"
            " AND NOT attisdropped"
        )
        there: dict[str, dict[str, tuple[str, bool]]] = {}
        for table, column, kind, empty in cursor.fetchall():
            there.setdefault(table, {})[column] = (kind, empty)
        wanted = [m for m in apps.get_models() if m._meta.managed and not m._meta.proxy]
        for model in wanted:
            table = model._meta.db_table
            columns = {f.column: (_kind(f), f.null) for f in model._meta.local_concrete_fields}
            if there.get(table) != columns:
                found.append(f"{table}: {there.get(table)}, and {columns}")
            constraints = connection.introspection.get_constraints(cursor, table)
            named = {c.name for c in (*model._meta.indexes, *model._meta.constraints)}
            found += [f"{table}: {name} is missing" for name in named - constraints.keys()]
            refers = {tuple(c["foreign_key"]) for c in constraints.values() if c["foreign_key"]}
            for f in model._meta.local_concrete_fields:
                to = (
                    f.remote_field
                    and f.db_constraint
                    and (f.target_field.model._meta.db_table, f.target_field.column)
                )
                if to and to not in refers:
                    found.append(f"{table}.{f.column} refers to nothing")
    assert len(wanted) > 150
    assert found == []


def _kind(f: Any) -> str:
    """The type of a column, in the words of the database."""
    kind = str(f.db_type(connection)).replace("varchar", "character varying", 1)
    return {"time": "time without time zone", "double": "double precision"}.get(kind, kind)


def test_the_command_is_ours() -> None:
    assert get_commands()["migrate"] == "lamplighter.hub.site"


def three_models() -> ProjectState:
    """A model, one that refers to it, and one that refers to that."""
    state = ProjectState()
    to = {"on_delete": models.CASCADE}
    for name, fields in (
        ("one", []),
        ("two", [("one", models.ForeignKey("t.One", **to))]),
        ("three", [("two", models.ForeignKey("t.Two", **to)), ("word", models.CharField(max_length=9))]),
    ):
        state.add_model(
            ModelState("t", name.capitalize(), [("id", models.BigAutoField(primary_key=True)), *fields])
        )
    return state


def drawn(state: ProjectState) -> dict[str, Any]:
    return {name: state.apps.get_model("t", name) for name in ("One", "Two", "Three")}


def test_a_step_that_adds_makes_one_model_anew_and_leaves_the_others_for_later() -> None:
    state = three_models()
    before = drawn(state)
    with only_what_changes():
        for step in (
            operations.AddField("one", "word", models.CharField(max_length=9)),
            operations.AddIndex("one", models.Index(fields=["word"], name="one_word")),
            operations.AlterField("one", "word", models.CharField(max_length=8)),
        ):
            step.state_forwards("t", state)
            after = drawn(state)
            assert {name for name in after if after[name] is not before[name]} == {"One"}
            assert after["One"]._meta.get_field("word")
            before = after
    # Whoever asks for all of them, as a step that runs Python does, has all of them made.
    state.clear_delayed_apps_cache()
    after = drawn(state)
    assert after["Two"]._meta.get_field("one").related_model is after["One"]
    assert after["Three"]._meta.get_field("two").related_model is after["Two"]


def test_a_field_that_others_refer_to_is_changed_with_all_of_them_before_it() -> None:
    """Added to before, so that the others refer to a class that is no more; the change must find them."""
    state = three_models()
    drawn(state)
    asked: list[tuple[str, ...]] = []

    class Editor:
        """Says of which models the columns refer to the one that is changed."""

        connection = connection

        @staticmethod
        def alter_field(model: Any, *fields: Any) -> None:
            asked.extend(
                tuple(r.related_model.__name__ for r in f.model._meta.related_objects) for f in fields
            )

    step = operations.AlterField("one", "id", models.CharField(max_length=9, primary_key=True))
    with only_what_changes():
        operations.AddField("one", "word", models.CharField(max_length=9)).state_forwards("t", state)
        old = state.clone()
        step.state_forwards("t", state)
        step.database_forwards("t", Editor, old, state)
    assert asked == [("Two",), ("Two",)]


def as_it_is() -> list[Any]:
    kinds = (operations.AlterField, operations.RemoveField, operations.RenameField, operations.RenameModel)
    return [ProjectState.reload_model, ProjectState.add_model, *(kind.database_forwards for kind in kinds)]


def fails() -> None:
    with only_what_changes():
        assert as_it_is() != BEFORE
        raise RuntimeError


BEFORE = as_it_is()


def test_django_is_as_it_was_afterwards() -> None:
    with pytest.raises(RuntimeError):
        fails()
    assert as_it_is() == BEFORE
