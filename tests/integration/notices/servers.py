"""A mail server and GOV.UK Notify on this machine: real sockets, real TLS, and what they were sent."""

from __future__ import annotations

import base64
import datetime as dt
import json
import socketserver
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import OctKey

USER, PASSWORD = "hub", "of the mail server"


@dataclass(frozen=True)
class Certificate:
    """A certificate of localhost, signed by itself: ``authority`` is what trusts it."""

    authority: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.authority, self.key)
        return made


def certificate(folder: Path) -> Certificate:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "localhost.pem", folder / "localhost.key")
    found.authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found


@dataclass
class Post:
    """What a mail server took, and how it answers."""

    port: int = 0
    took: list[tuple[str, EmailMessage]] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    data_code: int = 250
    offers_tls: bool = True

    @property
    def to(self) -> list[str]:
        return [address for address, _ in self.took]


@contextmanager
def mail_server(found: Certificate, *, tls_first: bool = False) -> Iterator[Post]:
    """A mail server that asks for a user name and password, and takes them over TLS only."""
    post = Post()

    class Session(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def secured(self) -> None:
            self.connection = found.context().wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

        def handle(self) -> None:
            try:
                self.talk()
            except (OSError, ssl.SSLError):
                return

        def talk(self) -> None:
            secure = signed_in = False
            to = ""
            if tls_first:
                self.secured()
                secure = True
            self.say("220 localhost")
            while line := self.rfile.readline():
                verb, _, rest = line.decode().strip().partition(" ")
                match verb.upper():
                    case "EHLO":
                        post.greeted.append(rest)
                        more = [] if secure or not post.offers_tls else ["STARTTLS"]
                        more += ["AUTH PLAIN"] if secure else []
                        for one in ["localhost", *more]:
                            self.say(f"250-{one}")
                        self.say("250 8BITMIME")
                    case "STARTTLS":
                        self.say("220 go on")
                        self.secured()
                        secure = True
                    case "AUTH":
                        given = base64.b64decode(rest.split()[-1]).decode().split("\0")[1:]
                        signed_in = secure and given == [USER, PASSWORD]
                        self.say("235 welcome" if signed_in else "535 not you")
                    case "MAIL":
                        self.say("250 ok" if signed_in else "530 who are you")
                    case "RCPT":
                        to = rest.partition("<")[2].partition(">")[0]
                        code = post.refuses.get(to, 250)
                        self.say(f"{code} {to}")
                    case "DATA":
                        self.say("354 go on")
                        lines = []
                        while (row := self.rfile.readline()) not in {b".\r\n", b""}:
                            lines.append(row[1:] if row.startswith(b"..") else row)
                        if post.data_code == 250:
                            whole = message_from_bytes(b"".join(lines), policy=policy.default)
                            post.took.append((to, whole))
                            post.tls.append(secure)
                        self.say(f"{post.data_code} done")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield post
        server.shutdown()


SERVICE, SECRET = str(uuid.UUID(int=7)), str(uuid.UUID(int=8))
KEY = f"hub_key-{SERVICE}-{SECRET}"
TEMPLATE = str(uuid.UUID(int=9))


@dataclass
class NotifyApi:
    """What Notify was asked, and how it answers."""

    url: str = ""
    took: list[dict[str, Any]] = field(default_factory=list)
    status: str = "sending"
    answers: tuple[int, dict[str, Any]] | None = None
    faults: list[str] = field(default_factory=list)


@contextmanager
def notify(found: Certificate) -> Iterator[NotifyApi]:
    """Notify's API as its documentation has it: the token is checked as Notify checks it."""
    api = NotifyApi()

    class Asked(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            return

        def answer(self, status: int, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def is_ours(self) -> bool:
            kind, _, token = self.headers.get("Authorization", "").partition(" ")
            try:
                told = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
            except Exception as problem:  # noqa: BLE001  whatever is wrong with it: it is refused
                api.faults.append(type(problem).__name__)
            else:
                age = dt.datetime.now(dt.UTC).timestamp() - told.claims["iat"]
                right = told.header == {"alg": "HS256", "typ": "JWT"} and told.claims["iss"] == SERVICE
                if kind == "Bearer" and right and -30 < age < 30:
                    return True
                api.faults.append("claims")
            self.answer(403, {"errors": [{"error": "AuthError", "message": "Invalid token"}]})
            return False

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self.is_ours():
                return
            if api.answers is not None:
                self.answer(*api.answers)
                return
            assert self.path == "/v2/notifications/email"
            assert body["template_id"] == TEMPLATE
            api.took.append(body)
            self.answer(201, {"id": str(uuid.uuid4()), "reference": body["reference"]})

        def do_GET(self) -> None:
            if self.is_ours():
                self.answer(200, {"id": self.path.rpartition("/")[2], "status": api.status})

    with ThreadingHTTPServer(("127.0.0.1", 0), Asked) as server:
        server.socket = found.context().wrap_socket(server.socket, server_side=True)
        api.url = f"https://localhost:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield api
        server.shutdown()
