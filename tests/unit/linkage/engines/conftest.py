"""Two made-up countries, and a model fitted to each."""

from __future__ import annotations

import pytest

from tools.verify import countries
from tools.verify.countries import Country


@pytest.fixture(scope="session")
def large() -> Country:
    return countries.made(50_000, 12, seed=11)


@pytest.fixture(scope="session")
def little() -> Country:
    return countries.made(1_500, 6, seed=3)
