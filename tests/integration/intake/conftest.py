"""The agencies whose files are imported are there before the files: an import adds none."""

from __future__ import annotations

import pytest

from tests.integration.access import making


@pytest.fixture(autouse=True)
def _agencies(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        for code in ("force-a", "helpline", "hub"):
            making.agency(code)
