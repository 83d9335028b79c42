"""Worlds made once for all tests of the room."""

from __future__ import annotations

import pytest

from lamplighter.synthetic.worlds.world import World, generate


@pytest.fixture(scope="session")
def small() -> World:
    return generate(31, person_records=3_000)


@pytest.fixture(scope="session")
def large() -> World:
    """Large enough for shares to be told from their targets."""
    return generate(32, person_records=60_000)


@pytest.fixture(scope="session")
def two_forces() -> World:
    return generate(33, person_records=6_000, forces=2)
