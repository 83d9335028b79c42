from __future__ import annotations

import pytest

from lamplighter.national import run
from lamplighter.national.release import links
from lamplighter.national.release.links import Published
from lamplighter.national.run import Linked
from tests.unit.national.country import ALONE, RELEASE, Country, made, silent


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """A country that is delivered and not linked: to be copied, not to be changed."""
    return made(tmp_path_factory.mktemp("delivered"))


@pytest.fixture(scope="session")
def country(delivered: Country, tmp_path_factory: pytest.TempPathFactory) -> Country:
    """The same, linked: to be copied, not to be changed."""
    return delivered.copied(tmp_path_factory.mktemp("linked"))


@pytest.fixture(scope="session")
def linked(country: Country) -> Linked:
    return run.linked(country.linker, RELEASE, ALONE, silent)


@pytest.fixture(scope="session")
def published(country: Country, linked: Linked) -> Published:
    return links.publish(linked, country.linker, country.analyst, RELEASE, silent)
