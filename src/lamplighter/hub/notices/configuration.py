"""The part of the configuration about email: how it is sent, to which domains, what at once, and when."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Rows,
    Value,
    code,
    count,
    is_kind,
    is_time,
    origin,
    text,
)

SHIPPED = Path(__file__).with_name("email.toml")
HOW = {"none": "No email is sent", "smtp": "By a mail server (SMTP)", "notify": "By GOV.UK Notify"}
SECURITY = {"starttls": "STARTTLS", "tls": "TLS from the first byte"}
LATER = {"daily": "In the daily email", "never": "On the work list alone"}
NEEDS = {
    "none": (),
    "smtp": ("site", "host", "port", "security", "sender", "sender_name"),
    "notify": ("site", "template"),
}
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_DOMAIN.pattern}")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_domain(value: str) -> str | None:
    """Check the part of an address after the @, in small letters."""
    return None if _DOMAIN.fullmatch(value) else "be a domain in lowercase letters such as “force-a.example”"


def is_address(value: str) -> str | None:
    """Check one email address, without a name beside it."""
    return None if _ADDRESS.fullmatch(value) else "be an email address such as “notices@hub.example”"


def _is_site(value: str) -> str | None:
    parts = urlsplit(value)
    plain = parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment or parts.path)
    return None if plain else "be the address of this hub such as “https://hub.example”"


def _is_template(value: str) -> str | None:
    return None if _ID.fullmatch(value) else "be the id of a template as Notify shows it"


SENDING = Rows(
    "sending",
    "How email is sent",
    (
        Value("how", "How", one_of=lambda: HOW),
        Value("site", "Leads to", optional=True, shape=_is_site, longest=200),
        text("host", "Mail server", optional=True, longest=200),
        count("port", "Port", most=65_535, optional=True),
        Value("security", "Encrypted by", optional=True, one_of=lambda: SECURITY),
        Value("sender", "Sent from", optional=True, shape=is_address, longest=200),
        text("sender_name", "Name of the sender", optional=True, longest=60),
        Value("template", "Template of Notify", optional=True, shape=_is_template),
        text("api", "Address of Notify, where it is not the usual one", optional=True, longest=200),
        *origin(),
    ),
    code="",
    heading="how",
    single=True,
)
DOMAINS = Rows(
    "domain",
    "Domains that email may go to",
    (Value("domain", "Domain", shape=is_domain, longest=200), *origin()),
    code="domain",
    heading="domain",
    optional=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    rows = document["sending"]
    for number, row in enumerate(rows, 1):
        place = report.row(SENDING, number, rows)
        for key in NEEDS[row["how"]]:
            if key not in row:
                what = f"how = “{row['how']}” needs the key {key}."
                report.add("not_complete", place, what, f"Add {key}, or write how = “none”.")
    if any(row["how"] != "none" for row in rows) and not document.get("domain"):
        what = "email is sent, and no domain is named that it may go to."
        report.add("no_domain", "[[domain]]", what, "Add a row for each domain of an agency.")


PART = Part(
    "email",
    "Email",
    "Whether and how the hub sends email, to which domains, what is told of at once, and when.",
    SHIPPED,
    (
        SENDING,
        DOMAINS,
        Rows(
            "digest",
            "The daily email",
            (Value("at", "Sent at", shape=is_time), *origin()),
            code="",
            heading="at",
            single=True,
        ),
        Rows(
            "quiet",
            "Quiet hours, until a person chooses their own",
            (
                Value("begins", "From", shape=is_time),
                Value("ends", "Until", shape=is_time),
                Value("non_working_days", "At weekends and on bank holidays too", of=bool),
                *origin(),
            ),
            code="",
            heading="begins",
            single=True,
        ),
        Rows(
            "urgent",
            "What is told of at once",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                # Kinds of tasks are the software's own words.
                Value("kinds", "Kinds", many=True, shape=is_kind, shown=False),
                Value("may_be_off", "A person can switch it off", of=bool),
                Value("in_quiet_hours", "Sent in quiet hours too", of=bool),
                *origin(),
            ),
        ),
        Rows(
            "later",
            "What is not told of at once",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                # Kinds of tasks are the software's own words.
                Value("kinds", "Kinds", many=True, shape=is_kind, shown=False),
                Value("how", "Told", one_of=lambda: LATER),
                *origin(),
            ),
            optional=True,
        ),
        Rows(
            "retry",
            "Where an email does not arrive",
            (
                Value("minutes", "Tried again after", of=int, many=True, least=1, unit=("minute", "minutes")),
                count("pause_hours", "A refused address is left alone for", "hour", most=24 * 14),
                count("keep_days", "What was sent is remembered for", "day", most=366),
                *origin(),
            ),
            code="",
            heading="source",
            single=True,
        ),
    ),
    rules=_check,
    keeps_codes=False,
    also=("mail", "notices", "smtp", "emails"),
)
PARTS = (PART,)
