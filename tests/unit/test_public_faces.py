"""Contexts of the hub import one another's public faces, and no exception to that is idle."""

from __future__ import annotations

from typing import Any

import grimp
import pytest
from importlinter.domain.contract import InvalidContractOptions

from tools.public_faces import PublicFaces

MODULES = (
    "a",
    "a.views",
    "b",
    "b.services",
    "b.inner",
    "b.inner.storage",
    "b.inner.selectors",
    "kit",
    "kit.x",
)


def check(*imports: tuple[str, str], **changed: Any) -> dict[str, list[Any]]:
    graph = grimp.ImportGraph()
    for module in ("hub", *(f"hub.{name}" for name in MODULES), "hub.top", "cli"):
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    options = {"container": "hub", "kit": ["kit"], "composed_by": ["top"], "faces": ["services", "selectors"]}
    found = PublicFaces("A test", {}, options | changed).check(graph, verbose=False)
    assert found.kept == (not any(found.metadata.values()))
    return found.metadata


@pytest.mark.parametrize(
    "imported", ["hub.b.services", "hub.b.inner.selectors", "hub.kit.x", "hub.b", "hub.a"]
)
def test_a_face_a_kit_and_ones_own_may_be_imported(imported: str) -> None:
    assert check(("hub.a.views", imported)) == {"links": [], "unneeded": []}


def test_what_is_behind_the_face_may_not_but_by_whoever_composes() -> None:
    assert check(("hub.a.views", "hub.b.inner.storage"))["links"] == [("hub.a.views", "hub.b.inner.storage")]
    assert check(("hub.top", "hub.b.inner.storage"))["links"] == []
    assert check(("cli", "hub.b.inner.storage"))["links"] == []


def test_an_exception_is_for_one_module_and_must_be_needed() -> None:
    told = {"also": ["b.inner.storage"]}
    assert check(("hub.a.views", "hub.b.inner.storage"), **told) == {"links": [], "unneeded": []}
    assert check(**told) == {"links": [], "unneeded": ["b.inner.storage"]}


def test_a_contract_without_its_options_is_refused() -> None:
    with pytest.raises(InvalidContractOptions):
        PublicFaces("A test", {}, {"container": "hub"})
