"""Reading the arrays given to an estimator: to float64 or codes, or refused with the element and a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.statistics.arrays.errors import NotAnArray, NotEnoughData, OptionRefused, ValueRefused

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_WHOLE_ABOVE = 2.0**53  # above this a float64 cannot tell one day from the next


def _first(fault: Bools) -> int:
    return int(np.argmax(fault))


def numbers(values: Any, name: str, *, length: int | None = None) -> Floats:
    """Return a one-dimensional float64 array, finite throughout. ``None`` and NaN are refused by position."""
    try:
        raw = np.asarray(values)
    except ValueError as ragged:  # rows of unequal length
        raise NotAnArray("rows differ in length", array=name, remedy="Give one number a person.") from ragged
    if raw.ndim != 1:
        raise NotAnArray(f"expected one dimension, found {raw.ndim}", array=name, remedy="Give one column.")
    if raw.dtype == object or raw.dtype.kind in "USOmMc":
        raw = _from_objects(raw, name)
    out = raw.astype(np.float64, copy=False)
    if length is not None and out.size != length:
        raise NotAnArray(
            f"has {out.size} elements where {length} are needed",
            array=name,
            remedy="Every array needs one element a row, in the same order.",
        )
    finite = np.isfinite(out)
    if not finite.all():
        raise ValueRefused(
            "missing or not finite",
            array=name,
            index=_first(~finite),
            remedy="Leave the row out and count it, or impute it first.",
        )
    return out


def _from_objects(raw: npt.NDArray[Any], name: str) -> Floats:
    if raw.dtype.kind in "USmMc":
        raise NotAnArray(
            f"holds {raw.dtype.name}, not numbers",
            array=name,
            remedy="Turn it into numbers (days, 0/1) first.",
        )
    out = np.empty(raw.size)
    for i, value in enumerate(raw.tolist()):
        if value is None:
            raise ValueRefused("missing", array=name, index=i, remedy="Leave the row out and count it.")
        if isinstance(value, str | bytes):
            raise NotAnArray("text, not a number", array=name, index=i, remedy="Turn it into a number first.")
        try:
            out[i] = float(value)
        except (TypeError, ValueError) as bad:
            raise NotAnArray("not a number", array=name, index=i, remedy="Give numbers.") from bad
    return out


def times(values: Any, name: str = "time", *, length: int | None = None) -> Floats:
    """Follow-up times: finite, zero or more, small enough that whole days stay distinct."""
    out = numbers(values, name, length=length)
    if out.size and (out < 0).any():
        raise ValueRefused(
            "negative",
            array=name,
            index=_first(out < 0),
            remedy="The end is before the start: check the dates.",
        )
    if out.size and (out > _WHOLE_ABOVE).any():
        raise ValueRefused(
            "too large to tell one day from the next",
            array=name,
            index=_first(out > _WHOLE_ABOVE),
            remedy="Count days from a nearer origin.",
        )
    return out


def entries(values: Any, time: Floats, name: str = "entry") -> Floats:
    """Entry times (left truncation), each strictly before its own end."""
    if values is None:
        return np.full(time.size, -np.inf)
    out = numbers(values, name, length=time.size)
    wrong = out >= time
    if wrong.any():
        raise ValueRefused(
            "entry is not before the end, so the row was never at risk",
            array=name,
            index=_first(wrong),
            remedy="Leave the row out and count it, or move entry back by half a day as a stated rule.",
        )
    return out


def binary(values: Any, name: str, *, length: int | None = None) -> Bools:
    """0 or 1 (or booleans)."""
    out = numbers(values, name, length=length)
    wrong = (out != 0) & (out != 1)
    if wrong.any():
        raise ValueRefused(
            "neither 0 nor 1", array=name, index=_first(wrong), remedy="Give 1 for the event and 0 for none."
        )
    return np.asarray(out == 1)


def causes(values: Any, name: str = "cause", *, length: int | None = None) -> Ints:
    """Whole numbers: 0 for censored, 1, 2, ... for the outcome that ended follow-up."""
    out = numbers(values, name, length=length)
    wrong = (out < 0) | (out != np.floor(out)) | (out > 1_000)
    if wrong.any():
        raise ValueRefused(
            "not a whole number from 0 to 1,000",
            array=name,
            index=_first(wrong),
            remedy="Give 0 for censored and 1, 2, ... for the outcomes.",
        )
    return out.astype(np.int64)


def weights(values: Any, length: int, name: str = "weights") -> Floats:
    """Case weights above zero; ``None`` gives ones."""
    if values is None:
        return np.ones(length)
    out = numbers(values, name, length=length)
    if (out <= 0).any():
        raise ValueRefused(
            "not above zero",
            array=name,
            index=_first(out <= 0),
            remedy="Leave out the rows in which it is zero; below zero it has no meaning.",
        )
    if (out > _WHOLE_ABOVE).any():
        raise ValueRefused(
            "too large to be added up",
            array=name,
            index=_first(out > _WHOLE_ABOVE),
            remedy="Give how many people a row stands for.",
        )
    return out


def distinct(values: Floats) -> tuple[Floats, Ints]:
    """Sorted distinct values and each element's position among them. Whole days take a short way."""
    top = values.max() if values.size else 0.0
    if values.size and values.min() >= 0 and top <= 4 * values.size + 65_536:
        whole = values.astype(np.int64)
        if np.array_equal(whole, values):
            seen = np.bincount(whole, minlength=int(top) + 1) > 0
            position = np.cumsum(seen) - 1
            return np.flatnonzero(seen).astype(np.float64), position[whole]
    found, inverse = np.unique(values, return_inverse=True)
    return found, inverse.reshape(-1).astype(np.int64)


def labels(values: Any, name: str, *, length: int) -> tuple[Ints, tuple[Any, ...]]:
    """Codes 0..k-1 in sorted order of the labels, and the labels. Missing labels are refused."""
    raw = np.asarray(values)
    if raw.ndim != 1 or raw.size != length:
        raise NotAnArray(
            f"has shape {raw.shape} where ({length},) is needed", array=name, remedy="Give one label a row."
        )
    if raw.dtype == object:
        for i, value in enumerate(raw.tolist()):
            if value is None or value != value:
                raise ValueRefused("missing", array=name, index=i, remedy="Give the missing ones a label.")
        try:
            found, codes = np.unique(raw, return_inverse=True)
        except TypeError as mixed:
            raise NotAnArray("mixes kinds of label", array=name, remedy="Give text or numbers.") from mixed
    elif raw.dtype.kind in "biuf" and raw.size and np.abs(raw.astype(np.float64)).max() < _WHOLE_ABOVE:
        found, codes = distinct(numbers(raw, name))
        found = found.astype(raw.dtype)
    else:
        if raw.dtype.kind == "f":
            numbers(raw, name)
        found, codes = np.unique(raw, return_inverse=True)
    return codes.astype(np.int64).reshape(-1), tuple(found.tolist())


def columns(values: Any, length: int | None, name: str = "covariates") -> Floats:
    """Return a float64 matrix (rows, columns), finite throughout. One column may be given as a vector,
    several as a mapping of names or a data frame. Without ``length`` the values say themselves how many
    rows there are.
    """
    if (by_name := _by_name(values)) is not None:
        parts: list[Floats] = []
        for called, column in by_name.items():
            rows = parts[0].size if length is None and parts else length
            parts.append(numbers(column, f"{name}[{called!r}]", length=rows))
        if not parts:
            raise NotAnArray("no column", array=name, remedy="Give at least one.")
        return np.column_stack(parts)
    try:
        raw = np.asarray(values)
    except ValueError as ragged:
        raise NotAnArray("rows differ in length", array=name, remedy="Give a rectangle.") from ragged
    if raw.ndim == 1:
        raw = raw[:, None]
    if raw.ndim != 2 or raw.shape[1] == 0 or (length is not None and raw.shape[0] != length):
        needed = "rows" if length is None else length
        raise NotAnArray(
            f"has shape {raw.shape} where ({needed}, columns) is needed",
            array=name,
            remedy="Give one row a person and at least one column.",
        )
    if raw.dtype.kind not in "biuf":
        parts = [numbers(raw[:, j], f"{name}[:, {j}]") for j in range(raw.shape[1])]
        return np.column_stack(parts)
    out = np.ascontiguousarray(raw, dtype=np.float64)
    if not np.isfinite(out.sum()):  # one pass; the place of the fault is looked for only when there is one
        bad = ~np.isfinite(out)
        if bad.any():
            j = int(np.argmax(bad.any(axis=0)))
            raise ValueRefused(
                "missing or not finite",
                array=f"{name}[:, {j}]",
                index=_first(bad[:, j]),
                remedy="Leave the row out and count it, or add a 'not recorded' level.",
            )
    return out


def _by_name(values: Any) -> Mapping[str, Any] | None:
    """Columns by name of a mapping or a data frame (Polars, pandas); ``None`` for anything else."""
    if isinstance(values, Mapping):
        return {str(called): column for called, column in values.items()}
    if hasattr(values, "columns") and hasattr(values, "__getitem__"):
        return {str(called): values[called] for called in values.columns}
    return None


def names_for(count: int, names: Any, values: Any = None, array: str = "names") -> tuple[str, ...]:
    """Column names: those given, or those that ``values`` has of itself, or ``x1``, ``x2``, ..."""
    if names is None:
        by_name = _by_name(values)
        return tuple(by_name) if by_name is not None else tuple(f"x{j + 1}" for j in range(count))
    out = tuple(str(n) for n in names)
    if len(out) != count:
        raise NotAnArray(f"{len(out)} names for {count} columns", array=array, remedy="Give a name a column.")
    return out


def level(confidence: Any, name: str = "confidence") -> float:
    """Return a confidence level, or another share, strictly between 0 and 1."""
    example = "Give 0.95 for 95%." if name == "confidence" else "Give 0.5 for one half."
    try:
        value = float(confidence)
    except (TypeError, ValueError) as several:
        raise OptionRefused("one number is needed", array=name, remedy=f"{example} Ask one at a time.") from (
            several
        )
    if not 0 < value < 1:
        raise OptionRefused("must lie between 0 and 1", array=name, remedy=example)
    return value


def choice(value: str, offered: tuple[str, ...], name: str) -> str:
    """One of the options offered."""
    if value not in offered:
        raise OptionRefused("not offered", array=name, remedy=f"Offered: {', '.join(offered)}.")
    return value


def some(n: int, name: str, at_least: int = 1) -> None:
    """Refuse fewer rows than a method needs."""
    if n < at_least:
        raise NotEnoughData(
            f"{n} rows where at least {at_least} are needed", array=name, remedy="Widen the cohort."
        )
