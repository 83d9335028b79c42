"""Find pairs, weigh them and tell what hangs together by Spark, for more profiles than one machine holds.

Needs the extra ``spark`` (``pyspark``), and Java 17 or newer. The string distances that Spark does not have
of its own are those of the arrays, so every machine of the session needs this package too.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.process import cpdist

from lamplighter.linkage.engines.on_sql import OnSql, Tables
from lamplighter.linkage.engines.sql_dialects import SPARK, Dialect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OF_ONE_MACHINE = {"spark_driver_bindAddress": "127.0.0.1", "spark_driver_host": "127.0.0.1"}


def session(master: str = "local[2]", memory: str = "2g", **settings: str) -> SparkSession:
    """Return a Spark session with what the engine needs: on this machine alone unless ``master`` says where,
    with so much ``memory`` for each of its processes, and any of Spark's own ``settings``, with "_" for "."

    Raises:
        ImportError: a package of the extra ``spark`` is not installed.
    """
    from pyspark.sql import SparkSession

    made = SparkSession.builder.master(master).appName("lamplighter")
    if master.startswith("local"):
        settings = _OF_ONE_MACHINE | settings
        # Or whichever python3 comes first would work out distances.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    own = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        # Without these it takes 200 tasks for a table of a few thousand rows.
        "spark.sql.shuffle.partitions": "4",
        **{name.replace("_", "."): value for name, value in settings.items()},
    }
    for name, value in own.items():
        made = made.config(name, value)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    # Spark puts a handler of its own in its place, which outlives the session.
    before = signal.getsignal(signal.SIGINT)
    found = made.getOrCreate()
    if before is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, before)
    found.sparkContext.setLogLevel("ERROR")
    return found


@dataclass(frozen=True)
class OnSpark(OnSql):
    """A Spark session (:func:`session`). Tables are Parquet files under ``folder`` until a verb ends: a place
    that every machine of the session reaches by that name; the system's own where there is one machine."""

    spark: SparkSession
    folder: Path | None = None

    @contextmanager
    def tables(self, rows: int) -> Iterator[Tables]:
        """See :meth:`OnSql.tables`."""
        from pyspark.sql.functions import arrow_udf

        # Names of tables are this verb's own.
        own = self.spark.newSession()
        own.udf.register("jaro_winkler", arrow_udf(_jaro_winkler, "double"))
        own.udf.register("damerau_levenshtein", arrow_udf(_damerau_levenshtein, "int"))
        with tempfile.TemporaryDirectory(prefix="lamplighter-pairs-", dir=self.folder) as folder:
            yield _Tables(own, Path(folder))


def _jaro_winkler(left: pa.Array, right: pa.Array) -> pa.Array:
    return _measured(JaroWinkler.normalized_similarity, left, right).cast(pa.float64())


def _damerau_levenshtein(left: pa.Array, right: pa.Array) -> pa.Array:
    return _measured(DamerauLevenshtein.distance, left, right).cast(pa.int32())


def _measured(scorer: Any, left: pa.Array, right: pa.Array) -> pa.Array:
    """Return a measure of two texts each, none where there are not two."""
    known = pc.and_(left.is_valid(), right.is_valid())
    one, two = (side.filter(known).to_pylist() for side in (left, right))
    found = np.full(len(left), np.nan)
    found[known.to_numpy(zero_copy_only=False)] = cpdist(one, two, scorer=scorer, dtype=np.float64)
    return pa.array(found, from_pandas=True)


@dataclass
class _Tables:
    spark: SparkSession
    folder: Path
    dialect: Dialect = SPARK
    parts: int = 1
    pairs_at_once: int = 100_000_000
    _made: dict[str, int] = field(default_factory=dict)

    def hold(self, name: str, frame: pl.DataFrame) -> None:
        path = self._path(name, new=True)
        path.mkdir()
        frame.write_parquet(path / "all.parquet")
        self._named(name)

    def make(self, name: str, sql: str) -> None:
        # As files, so that nothing is worked out twice.
        self.spark.sql(sql).write.parquet(str(self._path(name, new=True)))
        self._named(name)

    def add(self, name: str, sql: str) -> None:
        self.spark.sql(sql).write.mode("append").parquet(str(self._path(name)))
        self._named(name)

    def read(self, sql: str) -> pl.DataFrame:
        return pl.DataFrame(pl.from_arrow(self.spark.sql(sql).toArrow()))

    def _path(self, name: str, *, new: bool = False) -> Path:
        # A table is not written over while it is read to make it anew.
        self._made[name] = self._made.get(name, 0) + new
        return self.folder / f"{name}-{self._made[name]}"

    def _named(self, name: str) -> None:
        self.spark.read.parquet(str(self._path(name))).createOrReplaceTempView(name)
