"""On a server of the hub's own: who may sign in with which rights, and what the server's log repeats."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from lamplighter.hub.site.postgresql import administrator, rights
from tests import servers
from tests.servers import APP_PASSWORD, OWNER_PASSWORD, Cluster

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("server")]
PLANTED = "Emily Hayes of 12 Meadow Lane"


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with servers.cluster() as found:
        servers.make_hub(found)
        # Again, as somebody does who is not sure: nothing is there twice, and nothing is lost.
        servers.make_hub(found)
        yield found


def as_app(server: Cluster) -> psycopg.Connection:
    return psycopg.connect(server.url(rights.APP, APP_PASSWORD))


def as_owner(server: Cluster) -> psycopg.Connection:
    return psycopg.connect(server.url(rights.OWNER, OWNER_PASSWORD), autocommit=True)


def as_superuser(server: Cluster) -> psycopg.Connection:
    return psycopg.connect(f"host={server.data} port={server.port} user=postgres dbname=lamplighter")


def test_the_logins_that_are_made_are_the_right_ones(server: Cluster) -> None:
    with as_app(server) as site:
        assert rights.of_site(site) == []
        rights.check_site(site)
    with as_owner(server) as owner:
        assert rights.of_owner(owner) == []
        rights.check_owner(owner)


def test_a_superuser_is_no_login_for_the_site_or_the_owner(server: Cluster) -> None:
    with as_superuser(server) as superuser:
        for words in ("is a superuser", "goes round row security", "may make roles"):
            assert any(words in fault for fault in rights.of_site(superuser))
        with pytest.raises(rights.RightsError, match="postgres is a superuser"):
            rights.check_owner(superuser)
        with pytest.raises(rights.RightsError, match="Set DATABASE_URL to the login"):
            rights.check_site(superuser)
        assert superuser.closed


def test_the_owner_is_no_login_for_the_site_nor_the_site_for_the_owner(server: Cluster) -> None:
    with as_owner(server) as owner:
        faults = rights.of_site(owner)
        assert any("may make databases" in fault for fault in faults)
        assert any("owns the database" in fault for fault in faults)
        assert any("has the rights of lamplighter_app" in fault for fault in faults)
    server.as_superuser(
        "CREATE ROLE somebody LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE lamplighter TO somebody"
    )
    with psycopg.connect(server.url("somebody", "x")) as somebody:
        assert rights.of_site(somebody) == []
        assert f"cannot become {', '.join(sorted(rights.BECOMES))}" in rights.of_owner(somebody)[0]


def test_one_right_too_many_is_seen(server: Cluster) -> None:
    server.as_superuser("GRANT pg_read_all_data TO lamplighter_app WITH INHERIT TRUE")
    try:
        with as_app(server) as site:
            assert rights.of_site(site) == ["(lamplighter_app) has the rights of pg_read_all_data"]
    finally:
        server.as_superuser("REVOKE pg_read_all_data FROM lamplighter_app")


@pytest.mark.parametrize("login", [as_app, as_owner])
def test_the_servers_log_repeats_nobodys_words(server: Cluster, login: object) -> None:
    """Also where the server itself logs every statement."""
    server.as_superuser(
        "ALTER SYSTEM SET log_statement = 'all'; ALTER SYSTEM SET log_min_duration_statement = 0;"
    )
    server.as_superuser("SELECT pg_reload_conf()")
    try:
        with login(server) as connection:  # type: ignore[operator]
            for name, quiet in (administrator.QUIET | administrator.FAST).items():
                assert connection.execute(f"SHOW {name}").fetchone() == (quiet,)
            connection.execute("SELECT %s", [PLANTED])
            connection.execute(f"SELECT '{PLANTED}'")
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute(f'SELECT "{PLANTED}"')
            connection.rollback()
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute("SELECT %s::int", [PLANTED])
    finally:
        server.as_superuser("ALTER SYSTEM RESET ALL")
        server.as_superuser("SELECT pg_reload_conf()")
    log = (server.data / "server.log").read_text()
    assert "Meadow" not in log, [line for line in log.splitlines() if "Meadow" in line]


def test_a_verifier_opens_with_the_password_and_is_not_it(server: Cluster) -> None:
    script = administrator.script(administrator.scram_verifier("one"), administrator.scram_verifier("two"))
    assert APP_PASSWORD not in script
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url(rights.APP, "another"))


@pytest.mark.parametrize("name", ["Hub", "a b", "x;y", "", "hüb"])
def test_a_name_that_psql_would_read_otherwise_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not possible"):
        administrator.script("v", "v", name)
