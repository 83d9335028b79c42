"""Files of one sending keep apart, whatever they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lamplighter.hub.intake.imports import services as file_uploads


@pytest.mark.parametrize(
    "names",
    [
        ["2-a", "a", "a"],
        ["a", "a", "a", "1-a"],
        [file_uploads.WAITING, f"0-{file_uploads.WAITING}"],
        ["a", "2-a", "a"],
    ],
)
def test_no_file_of_a_sending_is_written_over(names: list[str], tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS = tmp_path
    found = file_uploads.receive(
        SimpleUploadedFile(name, f"body {n}".encode()) for n, name in enumerate(names)
    )
    assert [path.read_text() for path in found.paths] == [f"body {n}" for n in range(len(names))]
    assert len({path.name for path in found.paths} - {file_uploads.WAITING}) == len(names)
    assert {path.stat().st_mode & 0o777 for path in found.paths} == {0o600}
    assert found.folder.stat().st_mode & 0o777 == 0o700
