"""Messages of a site to those who asked: written as files, or sent through a mail server over TLS."""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.mail.ledger import BEGUN, REFUSED, SENT, opened
from lamplighter.studies.scorecard.mail.letters import SUBJECT, letter, read_changes
from lamplighter.studies.scorecard.mail.subscribers import Post, Subscriber, read_post, read_subscribers

#: Where the password of the mail server is looked for.
PASSWORD = "LAMPLIGHTER_SCORECARD_MAIL_PASSWORD"  # noqa: S105 - the name of a variable, and no password
_SECONDS = 30


class NotSent(ScorecardError):
    """The mail server could not be used. The message never holds an address."""


class _Refused(Exception):
    """The server refused one message for good or for now, before it took it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a run: messages sent, refused, told already, and of an earlier run not known."""

    sent: int
    refused: int
    unknown: int
    subscribers: int


class _Carrier(Protocol):
    def ready(self) -> None:
        """Be ready to take a message. Raises ``NotSent``."""

    def take(self, message: EmailMessage, to: str, mark: str) -> None:
        """Take one message. Raises ``_Refused`` where it was not taken."""


def send(
    site: Path,
    to: Path,
    settings: Path,
    ledger: Path,
    *,
    out: Path | None = None,
    since: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Outcome:
    """Tell each subscriber what changed about each of its topics, once.

    Args:
        site: the folder of the site, with its ``data/changes.csv``.
        to: the file of subscribers.
        settings: how messages leave.
        ledger: what was told already; begun where it is not there.
        out: folder for messages as files, one ``.eml`` each, instead of the mail server.
        since: the first day of which changes are told, for everybody.
        now: the time that the messages bear.

    Raises:
        ScorecardError: a file is wrong, or one with addresses lies in the site.
        NotSent: the mail server could not be used.
    """
    for private in (to, ledger, *([out] if out else [])):
        if private.resolve().is_relative_to(site.resolve()):
            raise ScorecardError(
                "It lies in the site, which is public.", file=private.name, remedy="Keep it elsewhere."
            )
    told, post, everybody = read_changes(site), read_post(settings), read_subscribers(to)
    time = now or dt.datetime.now(dt.UTC)
    sent = refused = 0
    with opened(ledger) as book, _carrier(post, out) as carrier:
        unknown = book.unknown
        for subscriber in everybody:
            for topic in subscriber.topics:
                first = max(subscriber.since, since or subscriber.since)
                own = [
                    c
                    for c in told.changes
                    if topic in c.topics
                    and c.on >= first
                    and not book.was_told(subscriber.address, topic, c.id)
                ]
                if not own:
                    continue
                ids = [c.id for c in own]
                text = letter(topic, own, told, post)
                mark = book.mark(subscriber.address.casefold(), topic, *ids)[:32]
                message = _message(subscriber, text, post, mark, time)
                carrier.ready()
                book.write(BEGUN, subscriber.address, topic, ids)
                try:
                    carrier.take(message, subscriber.address, mark)
                except _Refused:
                    book.write(REFUSED, subscriber.address, topic, ids)
                    refused += 1
                else:
                    book.write(SENT, subscriber.address, topic, ids)
                    sent += 1
    return Outcome(sent, refused, unknown, len(everybody))


def _message(to: Subscriber, text: str, post: Post, mark: str, time: dt.datetime) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = SUBJECT
    message["From"] = Address(post.sender_name, addr_spec=post.sender)
    message["To"] = Address(addr_spec=to.address)
    message["Reply-To"] = Address(addr_spec=post.stop)
    message["Date"] = format_datetime(time)
    message["Message-ID"] = f"<{mark}@{post.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<mailto:{post.stop}?subject=STOP>"
    message.set_content(text)
    return message


@contextmanager
def _carrier(post: Post, out: Path | None) -> Iterator[_Carrier]:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        out.chmod(0o700)
        yield _Files(out)
        return
    if not post.host:
        raise ScorecardError("No mail server is named.", remedy="Give host in the settings, or --out.")
    # Connected only when there is something to send.
    server = _Server(post)
    try:
        yield server
    finally:
        server.close()


class _Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ready(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def take(self, message: EmailMessage, to: str, mark: str) -> None:
        # The name holds no address; the file appears whole or not at all.
        place = self.folder / f".{mark}"
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
        place.rename(self.folder / f"{mark}.eml")


class _Server:
    def __init__(self, post: Post) -> None:
        self.post = post
        self.server: smtplib.SMTP | None = None

    def ready(self) -> None:
        if self.server is not None:
            return
        try:
            self.server = self._connected()
        except smtplib.SMTPAuthenticationError:
            raise NotSent(
                "The mail server does not take the user name and password.",
                remedy=f"The password is read from {PASSWORD}.",
            ) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSent(
                f"The mail server cannot be reached safely ({type(problem).__name__}).",
                remedy="Look at host, port, security and authority.",
            ) from None

    def take(self, message: EmailMessage, to: str, mark: str) -> None:
        assert self.server is not None
        try:
            self.server.send_message(message, self.post.sender, [to])
        # Their texts are not passed on: they repeat the address.
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            raise _Refused from None
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSent(
                f"The mail server broke off ({type(problem).__name__}).",
                remedy="Run it again later: what was begun is not sent twice.",
            ) from None

    def _connected(self) -> smtplib.SMTP:
        post, context = self.post, ssl.create_default_context(cafile=self.post.authority or None)
        # Without a name of its own, the library would tell the server what this machine is called.
        name = post.sender.rpartition("@")[2]
        if post.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                post.host, post.port, local_hostname=name, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(post.host, post.port, local_hostname=name, timeout=_SECONDS)
        try:
            if post.security != "tls":
                server.starttls(context=context)
            if post.user:
                server.login(post.user, os.environ.get(PASSWORD, ""))
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        """Take leave of the server."""
        if self.server is not None:
            try:
                self.server.quit()
            except (OSError, smtplib.SMTPException):
                self.server.close()
