"""A copy of a hub at work comes back equal, and one that was changed says what differs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Case
from lamplighter.hub.site.backups import copying, sealing
from tests.integration.access import making

# Of this process: another worker may be in the middle of a drill of its own.
OURS = f"lamplighter_drill_{os.getpid()}"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    making.a_case(making.somebody(Role.INVESTIGATOR), "helpline", "health")
    folder = tmp_path / "copy"
    copying.backup(folder)
    return folder


def test_the_drill_proves_the_copy_equal(copy: Path) -> None:
    found = copying.restore(copy)
    assert found.differences == []
    assert found.audit_sound, found.audit
    assert found.held.tables["public.cases_case"][0] == 1
    assert found.held.tables["public.audit_chainlink"][0] >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [OURS])
        assert cursor.fetchone() == (0,)
    assert Case.objects.count() == 1


def test_a_difference_is_named(copy: Path) -> None:
    manifest = copy / copying.MANIFEST
    values = json.loads(manifest.read_text())
    values["tables"]["public.cases_case"] = [2, "7"]
    manifest.write_text(json.dumps(values))
    assert copying.restore(copy).differences == ["public.cases_case: 2 rows, and 1"]


def test_nothing_readable_lies_in_the_copy(copy: Path) -> None:
    content = b"".join(path.read_bytes() for path in copy.iterdir())
    assert b"Priya" not in content
    assert {oct(path.stat().st_mode & 0o777) for path in copy.iterdir()} == {"0o600"}


def test_a_damaged_copy_leaves_nothing_behind(copy: Path) -> None:
    path = copy / copying.DUMP
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(sealing.NotOpenedError):
        copying.restore(copy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [OURS])
        assert cursor.fetchone() == (0,)


def test_a_folder_that_is_full_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(copying.BackupError, match="not empty"):
        copying.backup(tmp_path)
