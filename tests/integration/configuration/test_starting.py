"""With an error in a file neither the site nor the worker nor a command starts, and each names it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from tests.integration.configuration import files
from tests.integration.configuration.conftest import Start

FIRST_CLOCK = files.changed("cases").splitlines().index("[[clock]]") + 1
SAID = f"[[clock]] 1 “case.triage” (line {FIRST_CLOCK}), key working_days: must be 1 or more, and is 0."
COMMANDS = {
    "site": ["-c", "import lamplighter.hub.web.wsgi"],
    "worker": ["-m", "lamplighter.hub.operations.worker"],
    "check": ["-m", "lamplighter.hub.site", "check"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_starts_on_a_configuration_with_an_error(tmp_path: Path, name: str) -> None:
    files.write(
        tmp_path / "installation",
        cases=files.changed("cases", ("working_days = 2", "working_days = 0")),
        overdue=files.changed("overdue", ("then_within_hours = 8\n", "")),
    )
    (tmp_path / "installation" / "mappings").mkdir()
    (tmp_path / "installation" / "mappings" / "crown.2026-05-03.toml").write_text("broken")
    environment = os.environ | {
        "LAMPLIGHTER_HOME": str(tmp_path),
        # Nobody listens there: it is refused before the database is asked for anything.
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "lamplighter.hub.site.settings",
    }
    done = subprocess.run(
        [sys.executable, *COMMANDS[name]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1
    assert SAID in done.stderr
    assert "overdue.toml: the key then_within_hours is missing." in done.stderr
    assert "mappings/crown.2026-05-03.toml: not valid TOML" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_nothing_is_migrated_on_a_configuration_with_an_error(start: Start) -> None:
    start(cases=files.changed("cases", ("working_days = 2", "working_days = 0")))
    with pytest.raises(SystemCheckError, match=re.escape(SAID)):
        call_command("migrate", skip_checks=False, verbosity=0)
