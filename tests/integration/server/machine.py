"""A server in a folder: a PostgreSQL cluster, and stand-ins for the few programs that only a whole machine
has.

``systemctl`` reads the unit files that were installed and runs what they say; ``runuser`` hands on to the
cluster's ``psql``. Everything else that the documentation runs is run.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.sys.executable).parent
HOST = "hub.example.police.uk"
PATIENCE = 120.0
_STEP = re.compile(r"<!-- step: (\w+) -->\n```sh\n(.*?)```", re.S)
SYSTEMCTL = """#!/bin/sh
exec {python} -m tests.integration.server.machine {root} "$@"
"""
RUNUSER = """#!/bin/sh
# runuser -u postgres -- psql ...
shift 3
exec {bin}/"$@" -X -h {data} -p {port} -U postgres -d postgres
"""


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def steps() -> dict[str, str]:
    """Return the blocks of ``docs/server.md`` that a reader runs, by name, in order."""
    return dict(_STEP.findall((ROOT / "docs" / "server.md").read_text("utf-8")))


@dataclass
class Machine:
    """Where things are in place of their usual places."""

    root: Path
    cluster: servers.Cluster
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    known: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / "var/lib/lamplighter"

    @property
    def environment(self) -> dict[str, str]:
        """Of a shell on this machine, with nothing of ours."""
        kept = ("HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
        return {k: os.environ[k] for k in kept if k in os.environ} | {
            "PATH": f"{self.root / 'bin'}:{BIN}:{self.cluster.bin}:/usr/sbin:/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "LAMPLIGHTER_SETTINGS": str(self.root / "etc/lamplighter"),
        }

    def here(self, text: str) -> str:
        """Return a block of the documentation with this machine's places and ports."""
        for place in (
            "/etc/lamplighter",
            "/var/lib/lamplighter",
            "/var/backups",
            "/srv",
            "/etc/systemd",
            "/etc/nginx",
        ):
            text = re.sub(rf"(?<![\w.]){place}", f"{self.root}{place}", text)
        return (
            text.replace("/opt/lamplighter/bin", str(BIN))
            .replace("127.0.0.1:5432", f"127.0.0.1:{self.cluster.port}")
            .replace("-o lamplighter -g lamplighter ", "")
            .replace("service-files ", f"service-files --port {self.port} --tls-port {self.tls_port} "
                     f"--certificate {self.root}/etc/lamplighter/tls.crt "
                     f"--certificate-key {self.root}/etc/lamplighter/tls.key ")
        )  # fmt: skip

    def run(self, text: str, *, cwd: Path | None = None, status: int = 0) -> str:
        """Run a block in a shell; returns what it printed. Fails where its status is another."""
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", self.here(text)],
            env=self.environment,
            cwd=cwd or ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == status, f"{text}\n{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def prepare(self) -> None:
        """What the reader of the page has before the first block: programs, folders and a certificate."""
        for folder in (
            "bin",
            "etc/systemd/system",
            "etc/nginx/conf.d",
            "etc/lamplighter",
            "run",
            "var/log/nginx",
        ):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        shim = self.root / "bin/systemctl"
        shim.write_text(SYSTEMCTL.format(python=os.sys.executable, root=self.root))
        shim.chmod(0o755)
        shim = self.root / "bin/runuser"
        c = self.cluster
        shim.write_text(RUNUSER.format(bin=c.bin, data=c.data, port=c.port))
        shim.chmod(0o755)
        certificate, key = (self.root / f"etc/lamplighter/tls.{x}" for x in ("crt", "key"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
             "-out", str(certificate), "-keyout", str(key)],
            check=True, capture_output=True,
        )  # fmt: skip

    def ask(self, path: str, *, source: str = "127.0.0.1", method: str = "GET", body: bytes = b"",
            headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        """Ask over TLS as a browser would; returns status, headers and body."""
        context = ssl.create_default_context(cafile=str(self.root / "etc/lamplighter/tls.crt"))
        raw = socket.create_connection(("127.0.0.1", self.tls_port), timeout=60, source_address=(source, 0))
        connection = http.client.HTTPSConnection(HOST, self.tls_port, timeout=60)
        connection.sock = context.wrap_socket(raw, server_hostname=HOST)
        host = {"Host": f"{HOST}:{self.tls_port}"}
        connection.request(method, path, body or None, host | (headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content

    def wait_until_ready(self) -> None:
        """Wait until the site answers pages."""
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                if self.ask("/health/ready")[0] == 200:
                    return
            assert time.monotonic() < until, self.logs()
            time.sleep(0.3)

    def logs(self) -> str:
        """Return everything that the services and nginx wrote."""
        paths = [*(self.root / "run").glob("*.log"), *(self.root / "var/log/nginx").glob("*")]
        return "\n".join(f"== {p.name}\n{p.read_text(errors='replace')}" for p in sorted(paths))

    def pid(self, name: str) -> int:
        """Return the number of a service's process, which runs."""
        number = int((self.root / "run" / f"{name}.pid").read_text())
        os.kill(number, 0)
        return number

    def stop(self) -> None:
        """End every service, as a machine that is shut down."""
        for name in running(self.root):
            stop(self.root, name)


@contextlib.contextmanager
def machine(root: Path, *options: str) -> Iterator[Machine]:
    """A machine of its own for as long as the block lasts."""
    with servers.cluster(*options) as cluster:
        found = Machine(root, cluster)
        found.prepare()
        try:
            yield found
        finally:
            found.stop()


# What ``systemctl`` does here. ----------------------------------------------------------------------------


def running(root: Path) -> list[str]:
    """Return the names of the services that were started and not stopped."""
    return sorted(p.stem for p in (root / "run").glob("*.pid"))


def start(root: Path, name: str) -> None:
    """Start a service by its unit file: its settings, its command."""
    if name == "nginx":
        _nginx(root)
        return
    template, _, instance = name.partition("@")
    unit = (root / "etc/systemd/system" / f"{template}{'@' if instance else ''}.service").read_text()
    environment = dict(os.environ)
    environment.pop("LAMPLIGHTER_SETTINGS", None)  # root's own, which no service has
    for path in re.findall(r"^EnvironmentFile=(.+)$", unit, re.M):
        environment |= dict(line.split("=", 1) for line in Path(path).read_text().splitlines() if "=" in line)
    environment |= dict(line.split("=", 1) for line in re.findall(r"^Environment=(.+)$", unit, re.M))
    (command,) = re.findall(r"^ExecStart=(.+)$", unit, re.M)
    with (root / "run" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command.replace("%i", instance).split(),
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (root / "run" / f"{name}.pid").write_text(str(process.pid))


def _nginx(root: Path) -> None:
    """nginx with the installed file and nothing of this machine's own."""
    site = (root / "etc/nginx/conf.d/lamplighter.conf").read_text()
    site = site.replace("/var/log/nginx", f"{root}/var/log/nginx").replace(
        "listen 80;", "listen 127.0.0.1:0;"
    )
    site = re.sub(r"server \{\s*listen 127.0.0.1:0;.*?\n\}\n", "", site, flags=re.S)
    places = "".join(
        f"{what}_temp_path {root}/run/{what};\n"
        for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (root / "etc/nginx/nginx.conf").write_text(
        f"{user}daemon on;\npid {root}/run/nginx.pid;\nerror_log {root}/var/log/nginx/main.err;\n"
        f"events {{}}\nhttp {{\n{places}{site}\n}}\n"
    )
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
    subprocess.run([program, "-c", f"{root}/etc/nginx/nginx.conf"], check=True)


def stop(root: Path, name: str, number: signal.Signals = signal.SIGTERM) -> None:
    """End a service, and wait until it has ended."""
    path = root / "run" / f"{name}.pid"
    if not path.exists():
        return
    pid = int(path.read_text())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)
    path.unlink(missing_ok=True)


def main(root: Path, verb: str, *names: str) -> None:
    """Do what ``systemctl`` was asked to."""
    wanted = [
        n.removesuffix(".service") for n in names if not n.startswith("--") and not n.endswith(".timer")
    ]
    for name in wanted:
        if verb in {"start", "enable", "restart"}:
            stop(root, name)
            start(root, name)
        elif verb == "reload" and name == "nginx":
            start(root, name)
        elif verb == "stop":
            stop(root, name)


if __name__ == "__main__":
    main(Path(os.sys.argv[1]), *os.sys.argv[2:])
