"""The demonstration's command: its users and its port."""

from __future__ import annotations

import pytest

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.demo import command, world


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
