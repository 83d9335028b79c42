"""What is linked does not depend on how many threads there are, nor on which of them is first."""

from __future__ import annotations

import importlib
import pkgutil
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

import lamplighter.linkage
import lamplighter.linkage_tables
from lamplighter.linkage import LinkResult
from lamplighter.linkage.arrays import row_order
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.clustering import agglomeration
from lamplighter.linkage.comparisons import comparison_vectors
from lamplighter.linkage.frequencies import term_frequencies
from lamplighter.linkage.model import agreement_patterns, expectation_maximisation, fellegi_sunter
from lamplighter.linkage_tables import link
from lamplighter.synthetic.worlds.world import generate
from tests.unit.linkage.tables import persons_table

_BEFORE = random.Random(20261126)


class _Threads(ThreadPoolExecutor):
    """Some other number of threads than was asked for, each of which begins late now and then."""

    many = 1

    def __init__(self, max_workers: int | None = None) -> None:
        super().__init__(self.many)

    def submit(self, function: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        late = _BEFORE.choice((0.0, 0.0, 0.004))

        def begin() -> Any:
            time.sleep(late)
            return function(*given, **named)

        return super().submit(begin)


FEW_AT_ONCE: tuple[tuple[ModuleType, dict[str, int]], ...] = (
    (comparison_vectors, {"AT_ONCE": 3_000, "FEW": 500}),
    (agreement_patterns, {"_AT_ONCE": 2_000}),
    (expectation_maximisation, {"_AT_ONCE": 200}),
    (fellegi_sunter, {"_PATTERNS_AT_ONCE": 2_000}),
    (term_frequencies, {"_ALONE": 500}),
    (agglomeration, {"_CELLS_AT_ONCE": 2_000}),
    (row_order, {"_MANY": 1_000, "_LOOKED_AT": 100}),
)


def _modules() -> Iterator[ModuleType]:
    """Every module of the linkage of reports and of tables, in packages of packages too."""
    for room in (lamplighter.linkage, lamplighter.linkage_tables):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(module.name)


@contextmanager
def threads(many: int) -> Iterator[None]:
    """Every room of the linkage with so many threads, and with few pairs at once, so that all have work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Threads, "many", many)
        for found in _modules():
            if hasattr(found, "ThreadPoolExecutor"):
                patch.setattr(found, "ThreadPoolExecutor", _Threads)
        for room, limits in FEW_AT_ONCE:
            for name, few in limits.items():
                patch.setattr(room, name, few)
        yield


def table_of_people() -> LinkResult:
    return link(persons_table(1_500).drop("truth"))


def people_in_reports() -> LinkResult:
    return link(generate(7, person_records=900).bundle)


@pytest.mark.parametrize("linked", [table_of_people, people_in_reports])
def test_as_many_threads_as_there_are_give_the_same_persons_and_weights(
    linked: Callable[[], LinkResult],
) -> None:
    with threads(1):
        one = linked()
    assert one.pairs.height > 1_000
    for many in (2, 7):
        with threads(many):
            other = linked()
        assert other.persons.equals(one.persons)
        assert other.pairs.equals(one.pairs), "weights to the last bit, and the model's own name"
        assert other.report_pairs.equals(one.report_pairs)


def test_threads_are_really_another_number() -> None:
    with threads(7):
        assert vars(candidate_pairs)["ThreadPoolExecutor"](2)._max_workers == 7
    assert vars(candidate_pairs)["ThreadPoolExecutor"] is ThreadPoolExecutor
