"""A mail server: always encrypted, its certificate checked, with the standard library."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone

from lamplighter.hub.notices.carriers.protocol import REFUSED, NotSentError, Outcome
from lamplighter.hub.notices.letters import FILE, Message

SECONDS = 20
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Smtp:
    """``authority``: a file of certificates to trust, where it is not one that everybody trusts."""

    host: str
    port: int
    security: str
    sender: str
    sender_name: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""

    def send(self, message: Message, to: str) -> str:
        """Send it; a mail server gives no reference by which to ask later."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._letter(message, to), self.sender, [to])
        # None of them is passed on: their texts repeat the address.
        except smtplib.SMTPRecipientsRefused as problem:
            codes = [code for code, _ in problem.recipients.values()]
            raise NotSentError(REFUSED if all(code >= 500 for code in codes) else "too_many") from None
        except smtplib.SMTPAuthenticationError:
            raise NotSentError("sign_in") from None
        except smtplib.SMTPNotSupportedError:
            raise NotSentError("no_tls") from None
        except smtplib.SMTPServerDisconnected:
            raise NotSentError("no_answer") from None
        except smtplib.SMTPResponseException as problem:
            raise NotSentError("rejected" if problem.smtp_code >= 500 else "too_many") from None
        except ssl.SSLError:
            raise NotSentError("certificate") from None
        except (OSError, smtplib.SMTPException):
            raise NotSentError("no_answer") from None
        return ""

    def outcome(self, reference: str) -> Outcome:
        """A mail server says at once whether it takes an email, and nothing later."""
        return Outcome.NOT_KNOWN

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.authority or None)
        # Without a name of its own, the library would tell the server what this machine is called.
        name = self._domain
        if self.security == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=name, timeout=SECONDS, context=context
            )
        server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=SECONDS)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    def _letter(self, message: Message, to: str) -> EmailMessage:
        made = EmailMessage()
        made["From"] = Address(self.sender_name, addr_spec=self.sender)
        made["To"] = to
        made["Subject"] = message.subject
        made["Date"] = format_datetime(timezone.now())
        made["Message-ID"] = f"<{message.key}@{self._domain}>"
        # No answer of an absent person, and none that says it cannot be delivered, to a machine.
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
        made.set_content(message.body)
        if message.calendar:
            method = _METHOD.search(message.calendar)
            told = {"method": method[1].decode(), "charset": "utf-8"} if method else {"charset": "utf-8"}
            made.add_attachment(
                message.calendar, maintype="text", subtype="calendar", filename=FILE, params=told
            )
        return made
