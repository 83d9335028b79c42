from __future__ import annotations

import pytest

from lamplighter.linkage import LinkResult, link
from tests.unit.linkage.made_up import Made, made


@pytest.fixture(scope="session")
def small() -> Made:
    return made()


@pytest.fixture(scope="session")
def linked(small: Made) -> LinkResult:
    return link(small.bundle)
