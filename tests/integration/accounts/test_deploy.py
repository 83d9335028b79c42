"""Django's own list of what an installation must have."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command


def test_the_deployment_check_is_clean(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    # Only whoever owns the domain can promise HTTPS for every name under it.
    settings.SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    # The browser tests set it for this process; an installation does not have it.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    said = StringIO()
    call_command("check", deploy=True, fail_level="INFO", stdout=said, stderr=said)
    assert "no issues" in said.getvalue()
