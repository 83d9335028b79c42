from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lamplighter.hub.notices.carriers import chosen
from lamplighter.hub.site.config_files import reading
from tests.integration.configuration import files
from tests.integration.notices import servers

DOMAINS = """
[[domain]]
domain = "work.example"
from = 2025-01-01
mark = "I"
source = "Agreed"
"""
DIGEST = '[[digest]]\nat = "08:00"'


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> servers.Certificate:
    return servers.certificate(tmp_path_factory.mktemp("certificate"))


def sends_by(monkeypatch: pytest.MonkeyPatch, folder: Path, keys: str) -> None:
    """Let this process run on a file that sends email."""
    text = files.changed("email", ('how = "none"', keys), (DIGEST, DOMAINS + DIGEST))
    files.write(folder, email=text)
    assert files.faults(folder) == []
    monkeypatch.setattr(reading, "_running", reading.Reading(folder))


def smtp_keys(port: int, security: str = "starttls") -> str:
    return (
        f'how = "smtp"\nsite = "https://hub.example"\nhost = "localhost"\nport = {port}\n'
        f'security = "{security}"\nsender = "notices@hub.example"\nsender_name = "Work list"'
    )


@pytest.fixture
def post(
    certificate: servers.Certificate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[servers.Post]:
    """A hub that sends by a mail server on this machine, and what that server took."""
    with servers.mail_server(certificate) as server:
        sends_by(monkeypatch, tmp_path, smtp_keys(server.port))
        monkeypatch.setenv(chosen.USER, servers.USER)
        monkeypatch.setenv(chosen.PASSWORD, servers.PASSWORD)
        monkeypatch.setenv(chosen.AUTHORITY, str(certificate.authority))
        yield server
