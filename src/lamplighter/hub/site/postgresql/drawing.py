"""Migrations without most of the models that Django makes on the way.

After every step Django makes anew the class of the model that changed, and of every model that is related to
it, however far: with a hundred and fifty models about cases and people these are nearly all. Twenty-four
thousand classes were nine tenths of the time of a new database. A step that adds a model, a field, an index
or a constraint asks only about the one model. So only that is made anew, and the others are marked as Django
itself marks those that it leaves for later: they are made when a step asks for them, which are those that run
Python, and those that change or remove a field that others refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations import operations
from django.db.migrations.state import ProjectState

ADDS = ("add_model", "add_field")
# What finds the tables that refer to a field by the classes of their models.
ASKS_FOR_ALL = (operations.AlterField, operations.RemoveField, operations.RenameField, operations.RenameModel)


@contextmanager
def only_what_changes() -> Iterator[None]:
    """Make only the class of the model that a step changes, as long as nothing asks for the others."""
    adding = False

    def adds(original: Callable[..., None]) -> Callable[..., None]:
        def add(self: ProjectState, *args: Any, **kwargs: Any) -> None:
            nonlocal adding
            adding = True
            try:
                original(self, *args, **kwargs)
            finally:
                adding = False

        return add

    def reload_model(self: Any, app_label: str, model_name: str, delay: bool = False) -> None:
        if "apps" not in self.__dict__:
            return
        if delay or adding:
            self.is_delayed = True
            self._reload({(app_label, model_name)})
        else:
            # All of them, when they are asked for next.
            del self.__dict__["apps"]
            self.is_delayed = False

    def asks_for_all(original: Callable[..., None]) -> Callable[..., None]:
        def run(self: Any, app_label: str, schema_editor: Any, *states: Any) -> None:
            # One of the two was left to be made anew: others may refer to what changes.
            if any("apps" not in state.__dict__ for state in states):
                for state in states:
                    state.clear_delayed_apps_cache()
            original(self, app_label, schema_editor, *states)

        return run

    patched: list[tuple[Any, str, Any]] = [(ProjectState, "reload_model", reload_model)]
    patched += [(ProjectState, name, adds(getattr(ProjectState, name))) for name in ADDS]
    patched += [(kind, "database_forwards", asks_for_all(kind.database_forwards)) for kind in ASKS_FOR_ALL]
    before = [(of, name, getattr(of, name)) for of, name, _ in patched]
    for of, name, made in patched:
        setattr(of, name, made)
    try:
        yield
    finally:
        for of, name, was in before:
            setattr(of, name, was)
