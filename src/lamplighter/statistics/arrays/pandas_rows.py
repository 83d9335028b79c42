"""Are the rows of what is given the same rows? Asked of pandas, which names its rows.

Arrays and Polars columns have an order and nothing else, and are read by it. A pandas series or frame has an
index: two of them with other indexes, read by their order, would give one person's outcome to another. They
are refused, and nothing is guessed.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar

from lamplighter.statistics.arrays.errors import NotAnArray

P = ParamSpec("P")
R = TypeVar("R")
_FEW = 8  # of a list: a list of labels has no frames in it


def rows_alike(estimator: Callable[P, R]) -> Callable[P, R]:
    """Make an estimator refuse pandas objects whose indexes are not equal, before it reads any."""
    order = tuple(inspect.signature(estimator).parameters)

    @functools.wraps(estimator)
    def asking(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {**dict(zip(order, args, strict=False)), **kwargs}
        refuse_other_rows(given)
        return estimator(*args, **kwargs)

    return asking


def refuse_other_rows(given: Mapping[str, Any]) -> None:
    """Refuse arguments, by name, of which two name their rows differently.

    Raises:
        NotAnArray: their indexes are not equal.
    """
    first: tuple[str, Any] | None = None
    for name, index in _indexes(given):
        if first is None:
            first = name, index
        elif not index.equals(first[1]):
            alike = len(index) == len(first[1]) and index.sort_values().equals(first[1].sort_values())
            raise NotAnArray(
                f"its rows are not those of {first[0]}: "
                + ("the same index in another order" if alike else "another index"),
                array=name,
                remedy=f"Put them in one order first ({name}.loc[{first[0]}.index]), or give to_numpy() of "
                "both where the order of their rows is what counts.",
            )


def _indexes(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _indexes({f"{name}[{column!r}]": of for column, of in value.items()})
        elif isinstance(value, tuple | list):
            if any(_named(one) for one in value[:_FEW]):
                yield from _indexes({f"{name}[{place}]": one for place, one in enumerate(value[:_FEW])})
        elif _named(value):
            yield name, value.index


def _named(value: Any) -> bool:
    index = getattr(value, "index", None)
    return hasattr(index, "equals") and hasattr(index, "sort_values")
