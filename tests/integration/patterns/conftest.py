from __future__ import annotations

import pytest

from tests.integration.patterns import story


@pytest.fixture(scope="module")
def the_story(django_db_setup, django_db_blocker):
    with story.held(django_db_blocker):
        yield
