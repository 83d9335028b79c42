"""A root signed by an authority of this test's own (``openssl ts``), and what is not believed."""

from __future__ import annotations

import datetime as dt
import http.server
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import settings
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.evidence.models import Root, TimeStamp
from lamplighter.hub.evidence.record import receipts, time_stamps

pytestmark = pytest.mark.django_db
ROOT, OTHER = "ab" * 32, "cd" * 32
CONFIGURATION = """
[tsa]
default_tsa = tsa_here
[tsa_here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
"""


def openssl(*words: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True).stdout


def an_authority(folder: Path) -> Path:
    """Keys, certificates and the configuration of an authority; returns its folder."""
    folder.mkdir()
    conf = folder / "openssl.cnf"
    conf.write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01")
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-config", conf)
    openssl(
        *(*new, "-x509", "-days", "2", "-subj", "/CN=Test root", "-extensions", "authority"),
        *("-keyout", folder / "root.key", "-out", folder / "root.pem"),
    )
    openssl(*new, "-subj", "/CN=Test stamps", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr")
    openssl(
        *("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "root.pem", "-days", "2"),
        *("-CAkey", folder / "root.key", "-CAcreateserial", "-extfile", conf, "-extensions", "signer"),
        *("-out", folder / "tsa.pem"),
    )
    return folder


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture
def url(authority: Path) -> Iterator[str]:
    class Stamps(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = authority / "asked.tsq"
            asked.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            answer = openssl(
                *("ts", "-reply", "-config", authority / "openssl.cnf", "-queryfile", asked),
                *("-signer", authority / "tsa.pem", "-inkey", authority / "tsa.key"),
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Stamps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def certificates(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / "root.pem").read_bytes())


def test_a_root_is_signed_and_the_signature_is_of_no_other(
    url: str, authority: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "TIME_STAMP_ROOTS", str(authority / "root.pem"))
    token, at = time_stamps.ask(url, ROOT)
    assert abs(at - timezone.now()) < dt.timedelta(minutes=1)
    assert time_stamps.check(token, ROOT, certificates(authority)) == at
    with pytest.raises(time_stamps.NotStampedError):
        time_stamps.check(token, OTHER, certificates(authority))
    with pytest.raises(time_stamps.NotStampedError):
        time_stamps.check(token[:-20], ROOT, certificates(authority))
    stranger = an_authority(tmp_path / "stranger")
    with pytest.raises(time_stamps.NotStampedError):
        time_stamps.check(token, ROOT, certificates(stranger))


def test_each_root_is_signed_once_and_an_authority_that_is_away_is_asked_again(
    url: str, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TIME_STAMP_ROOTS", str(authority / "root.pem"))
    with identity.job(receipts.PURPOSE):
        made = receipts.join(timezone.localdate())
        monkeypatch.setattr(settings, "TIME_STAMPS", ["http://127.0.0.1:1/"])
        assert time_stamps.stamp_new() == 0
        monkeypatch.setattr(settings, "TIME_STAMPS", [url])
        assert time_stamps.stamp_new() == 1
        assert time_stamps.stamp_new() == 0
        [stamp] = TimeStamp.objects.all()
        assert stamp.root == made == Root.objects.get()
        assert stamp.authority == "127.0.0.1"
