"""A part of the configuration: one file, what it decides, and what it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lamplighter.rule_files.reading import at as toml_at
from lamplighter.rule_files.schema import UPKEEP, Document, Report, Schema

if TYPE_CHECKING:
    from lamplighter.hub.site.config_files.reading import Reading, State

Rules: TypeAlias = Callable[[Document, Report, "Reading"], None]
"""Add to the report what is wrong with a document whose keys and dates are right."""
Together: TypeAlias = Callable[[Mapping[str, Document], Callable[[str], Report]], None]


@dataclass(frozen=True, eq=False)
class Part:
    """One part. ``shipped`` is its file as it comes with the software, or a folder of folders of such files.

    A file of its name in the installation's folder replaces the shipped one as a
    whole. Files in a folder of its name are added to those of the shipped folder.
    ``decides`` says in one line, for everybody, what hangs on it. ``template``
    returns what is copied out for editing where that is not the shipped file.
    ``keeps_codes``: records carry its codes, so that a code which was in force
    once must stay in the file. ``also`` are names that somebody may give the file
    by mistake. ``keeps_up``: it holds rules, and says who wrote and checked them and when they
    are looked at again (``schema.UPKEEP``); a list of partners does not.
    """

    name: str
    title: str
    decides: str
    shipped: Path
    schema: Schema
    rules: Rules | None = None
    together: Together | None = None
    template: Callable[[], str] | None = None
    keeps_codes: bool = True
    also: tuple[str, ...] = ()
    keeps_up: bool = True

    def __post_init__(self) -> None:
        if self.keeps_up:
            object.__setattr__(self, "schema", (*self.schema, UPKEEP))

    @property
    def is_folder(self) -> bool:
        return not self.shipped.suffix

    @property
    def file(self) -> str:
        return self.name if self.is_folder else f"{self.name}.toml"

    def shipped_texts(self) -> dict[str, str]:
        """Return the shipped files by the names that they have in the installation's folder."""
        if self.is_folder:
            return {
                f"{self.name}/{p.relative_to(self.shipped).as_posix()}": p.read_text("utf-8")
                for p in sorted(self.shipped.glob("*/*.toml"))
            }
        return {self.file: self.shipped.read_text("utf-8")}

    def shipped_document(self) -> dict[str, Any] | None:
        """Return what the shipped file holds; ``None`` for a folder."""
        return None if self.is_folder else _shipped(self.shipped)

    def state(self) -> State:
        """Return what this process runs on, as ``reading`` knows it."""
        (state_of,) = _RUNNING
        return state_of(self)

    def document(self) -> dict[str, Any]:
        """Return what the file holds that this process runs on. Raises ``ConfigurationError``."""
        return self.state().document


_RUNNING: list[Callable[[Part], State]] = []


def runs_on(state_of: Callable[[Part], State]) -> None:
    """Say who knows what this process runs on. Called once, by ``reading``."""
    _RUNNING[:] = [state_of]


@lru_cache(maxsize=64)
def _shipped(path: Path) -> dict[str, Any]:
    return toml_at(path)


def parts() -> tuple[Part, ...]:
    """Return the parts of every installed context, by title.

    A context names the module that holds its ``PARTS`` in ``configuration`` of
    its ``AppConfig``.
    """
    from importlib import import_module

    from django.apps import apps

    modules = [config.configuration for config in apps.get_app_configs() if hasattr(config, "configuration")]
    return tuple(sorted((p for m in modules for p in import_module(m).PARTS), key=lambda p: p.title))
