"""What the log would print."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from lamplighter.hub.site.logs import Discreet, Line


class Lines(logging.Handler):
    """Every record of every logger, as the console handler would print it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.printed: list[str] = []
        self.addFilter(Discreet())
        self.setFormatter(Line())

    def emit(self, record: logging.LogRecord) -> None:
        self.printed.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line that is logged while the test runs."""
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)
