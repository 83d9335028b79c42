"""Two made-up countries, with a model fitted to each, and a session of Spark for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lamplighter.linkage.engines.on_spark import OnSpark, session
from tools import ensure_spark
from tools.verify import countries
from tools.verify.countries import Country


@pytest.fixture(scope="session")
def large() -> Country:
    return countries.made(50_000, 12, seed=11)


@pytest.fixture(scope="session")
def little() -> Country:
    return countries.made(1_500, 6, seed=3)


@pytest.fixture(scope="session")
def on_spark() -> Iterator[OnSpark]:
    why = ensure_spark.lacking()
    if why and ensure_spark.in_ci():
        pytest.fail(f"CI must not skip the tests of the engine on Spark: {why}")
    if why:
        pytest.skip(why)
    # What runs for seconds is not worth compiling well.
    spark = session(
        spark_driver_extraJavaOptions="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        spark_sql_shuffle_partitions="2",
    )
    yield OnSpark(spark)
    spark.stop()
