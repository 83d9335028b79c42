"""The demonstration's command: its users, its processes, and that both end together."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.demo import command, serving, world


@pytest.mark.django_db
def test_there_is_a_user_of_every_role_who_can_sign_in() -> None:
    made = world.make_users()
    again = world.make_users()
    assert made == again
    assert {u.role for u in User.objects.all()} == set(Role.values)
    assert all(
        u.check_password(world.PASSWORD) for u in User.objects.filter(username__in=["coordinator", "auditor"])
    )


def test_a_free_port_is_found_when_the_usual_one_is_taken() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        original, command.PORT = command.PORT, port
        try:
            assert command._free_port() not in {port, 0}
        finally:
            command.PORT = original


def test_when_one_process_ends_the_other_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    short = [sys.executable, "-c", "import time; time.sleep(1); raise SystemExit(3)"]
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(arguments: list[str]) -> subprocess.Popen[bytes]:
        started.append(real(arguments))
        return started[-1]

    monkeypatch.setattr(serving, "commands", lambda port: [sleeper, short])
    monkeypatch.setattr(serving, "_wait", lambda port, processes: None)
    monkeypatch.setattr(serving.subprocess, "Popen", popen)
    monkeypatch.setattr(serving.signal, "signal", lambda *args: None)
    told = threading.Event()
    assert serving.serve(1, told.set) == 3
    assert told.is_set()
    assert all(p.poll() is not None for p in started)
