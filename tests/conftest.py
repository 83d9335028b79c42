"""What every test shares: the database server, and a world of our own to keep files in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis_settings

from lamplighter.hub.site import database
from lamplighter.hub.site.config_files import reading
from tests import emptying

# How long one example takes depends on what else the machine does, and says nothing about the code.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: an archive holds the minute, and two workers must find the same names."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)  # before groups are read
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Give the tests that share something dear to one worker: two workers would each make it (ADR 192).

    Shared is what a fixture of a module, a package or the session makes for a folder or a module of tests;
    what it makes for the whole suite every worker needs.
    """
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        if not item.get_closest_marker("xdist_group") and (shared := _shares(item)):
            item.add_marker(pytest.mark.xdist_group(shared))


def _shares(item: Any) -> str:
    """Return the path of those a test shares something with: its module, a folder, or ""."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    rooms = [
        item.nodeid.partition("::")[0] if used[-1].scope == "module" else used[-1].baseid
        for used in fixtures
        if used[-1].scope in {"module", "package", "session"} and used[-1].baseid.startswith("tests/")
    ]
    return min(rooms, key=len, default="")


def pytest_collection_finish() -> None:
    """Leave what was loaded and collected to itself, as the site does (``hub.site.ready``).

    It stays as long as the process does, and Python's collector would walk through all of it again and again.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Start the embedded server, and stop it afterwards if this run started it and nobody else uses it."""
    if database.own_server():
        yield
        return
    from django.db import connections

    started_here = not database.running()
    database.place()
    # Nothing of a test need outlive a power cut, and most of the time of a commit is the disk's. Of this
    # process alone: the tests of crashes have processes and a server of their own, which wait for the disk.
    connections["default"].settings_dict["OPTIONS"]["options"] = "-c synchronous_commit=off"
    yield
    if started_here:
        connections.close_all()
        database.stop(only_if_idle=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The database, emptied after each test that commits by deleting what is in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptying.empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def _configured_as_shipped() -> None:
    """Whatever lies in the installation of whoever runs the tests."""
    reading.run_on(reading.Reading(None))


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_at_once() -> Iterator[None]:
    """A slow hash makes a slow test and nothing safer. Sites that tests start hash as they are shipped."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _a_password_is_enough(settings: Any) -> None:
    """Most tests are about what lies behind the door. Those of the door itself say ``required`` again."""
    settings.SECOND_FACTOR = "optional"


@pytest.fixture(autouse=True)
def _pages_need_not_wait(settings: Any) -> None:
    """Thousands of pages are asked for here. The tests of the pace itself set it again."""
    settings.ANSWERS_TAKE_AT_LEAST = 0
