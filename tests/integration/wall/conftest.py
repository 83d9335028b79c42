"""The scene of a module of tests: made once, and undone with everything that was done to it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.integration.wall.scene import Scene


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Make the scene in a transaction of the module's; each test undoes its own part of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(_made: Scene, db: None) -> Scene:
    """Return the scene as it was made, for one test to add to."""
    return copy.deepcopy(_made)
