"""Rows of whole numbers as ``COPY`` takes them in its own format."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from django.db import connection, transaction

from lamplighter.hub.access.bulk_copy import copy_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
ROWS = 1_000
COLUMNS = "n bigint, keys bigint[], records integer[]"


def rows() -> pl.DataFrame:
    rng = np.random.default_rng(5)
    longest = np.iinfo(np.int64)
    sizes = rng.integers(0, 5, ROWS)
    return pl.DataFrame(
        {
            "n": rng.integers(longest.min, longest.max, ROWS, endpoint=True),
            "keys": [rng.integers(longest.min, longest.max, n).tolist() for n in sizes],
            "records": [rng.integers(-(2**31), 2**31, n).tolist() for n in sizes],
        },
        schema={"n": pl.Int64(), "keys": pl.List(pl.Int64()), "records": pl.List(pl.Int32())},
    )


@pytest.mark.parametrize("fresh", [False, True])
def test_what_is_copied_is_what_was_there(fresh: bool) -> None:
    frame = rows()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE numbers (n bigint, keys bigint[], records integer[]) ON COMMIT DROP"
        )
        copy_in("numbers", frame.head(0), cursor, fresh=fresh)
        copy_in("numbers", frame, cursor, fresh=fresh)
        cursor.execute("SELECT * FROM numbers")
        assert cursor.fetchall() == frame.rows()


def test_where_something_is_missing_it_is_missing() -> None:
    frame = pl.DataFrame({"n": [1, None, 3]}, schema={"n": pl.Int64()})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE numbers (n bigint) ON COMMIT DROP")
        copy_in("numbers", frame, cursor)
        cursor.execute("SELECT * FROM numbers")
        assert cursor.fetchall() == frame.rows()
