"""The pages show what is in force, since when, what changed, and what is not in force yet."""

from __future__ import annotations

import datetime as dt
import html
import re
import tomllib
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.configuration import rendering, services
from lamplighter.hub.configuration.models import InForce
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.part import parts
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.records.mapping.mappings import built_in_text
from lamplighter.records.propose import mapping_toml
from tests.integration.access import making
from tests.integration.configuration import files
from tests.integration.configuration.conftest import Start

pytestmark = pytest.mark.django_db
READERS = {Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR}
SHORTER = ("working_days = 2", "working_days = 1")


def page(path: str, user: User | None = None) -> str:
    client = Client()
    client.force_login(
        user or making.somebody(Role.ADMINISTRATOR, "hub"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    answer = client.get(f"/configuration/{path}", secure=True)
    assert answer.status_code == 200, path
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def test_who_may_see_it(start: Start) -> None:
    start()
    services.apply("site")
    key = InForce.objects.get(part="cases").key
    for role in Role:
        client = Client()
        client.force_login(making.somebody(role, "hub"), backend="django.contrib.auth.backends.ModelBackend")
        for path in ("", "cases", f"cases/{key}"):
            status = client.get(f"/configuration/{path}", secure=True).status_code
            assert status == (200 if role in READERS else 403), (role, path)
    client = Client()
    client.force_login(
        making.somebody(Role.AUDITOR, "hub"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for path in ("none", f"gate/{key}"):
        assert client.get(f"/configuration/{path}", secure=True).status_code == 404


def test_mappings_are_listed_with_their_dates(start: Start, folder: Path) -> None:
    start()
    today = timezone.localdate()
    (folder / "mappings").mkdir()
    for since in (today - dt.timedelta(days=40), today, today + dt.timedelta(days=3)):
        body = tomllib.loads(built_in_text("helpline"))
        body["source"] |= {"from": since, "title": "Lantern Line"}
        (folder / "mappings" / f"helpline.{since}.toml").write_text(mapping_toml(body), "utf-8")
    text = page("")
    line = f"Lantern Line In force since {long_date(today)}. Another from {long_date(since)}. "
    assert line + f"File installation/mappings/helpline.{today}.toml" in text
    assert "Force A, RMS extract As shipped." in text
    assert "will not start" not in text


def test_what_is_in_force_and_since_when(start: Start) -> None:
    start()
    assert page("").count("As shipped . Not recorded yet.") == len(parts())
    services.apply("site")
    start(cases=files.changed("cases", SHORTER))
    services.apply("worker")
    since = long_time(InForce.objects.get(part="cases", own=True).since)
    told = page("")
    assert "1 part is this hub’s own." in told
    assert f"This hub’s own . Since {since}." in told
    one = page("cases")
    assert (
        "Decide what to do with the referral From 1 January 2025 to 28 November 2026 No longer in force "
        "Within: 1 working day" in one
    )
    assert "Starts when the case is: Referred" in one
    assert "Source: Working default; no period is published (a default, to be agreed by the hub)" in one
    assert "Recorded when the worker started, Lamplighter" in one
    assert "Restart" not in one


@pytest.mark.parametrize("name", sorted(part.name for part in parts()))
def test_every_part_is_shown_in_words(start: Start, name: str) -> None:
    """Every label of the description that has a value is there, and no code of a row stands for its words."""
    start()
    told = page(name)
    state = reading.running().state(files.part(name))
    shown = rendering.sections(state.part, state.documents, timezone.localdate())
    assert shown
    for section in shown:
        assert section.title in told
        for item in section.items:
            for label, words in item.lines:
                words = " ".join(words.split())
                assert f"{label}: {words}" in told or f"{label} {words}" in told, label
            assert item.source in told
    for _, code in services.codes(state.part, state.documents.values()):
        if "_" in code and name != "agencies":
            assert code not in told, code


def test_a_file_that_has_changed_is_not_in_force(folder: Path, start: Start) -> None:
    start()
    services.apply("site")
    files.write(folder, cases=files.changed("cases", SHORTER))
    assert "Files have changed and are not in force: Cases. Restart the hub to put them in force." in page("")
    told = page("cases")
    assert "The file has changed. The change is not in force. Restart the hub to put it in force." in told
    assert "Within: 2 working days" in told
    assert "Restart" not in page("gate")
    files.write(
        folder, cases=files.changed("cases", ("working_days = 2", "working_days = 0")), clocks="x = 1"
    )
    told = page("")
    assert "The files on the server have errors. The hub will not start with them." in told
    assert "clocks.toml : this is not a part of the configuration. Did you mean cases.toml?" in told
    assert "key working_days : must be 1 or more, and is 0. Correct the number." in told
    assert "must be 1 or more" in page("cases")


def test_a_process_that_runs_on_another_version_is_told_of(start: Start) -> None:
    start()
    services.apply("site")
    ours = reading.running()
    start(cases=files.changed("cases", SHORTER))
    services.apply("worker")
    # The site was not restarted: it goes on with what it has read.
    reading.run_on(ours)
    told = page("cases")
    assert "Another process of the hub started" in told
    assert "with another version. Restart the site and the worker, so that both run on the same." in told
    assert "In force Not recorded yet" not in told


def test_a_version_says_what_it_changed(start: Start) -> None:
    start()
    services.apply("site")
    begins = "weeks = 8\nfrom = 2025-01-01\n"
    later = begins + 'until = 2026-06-01\nmark = "I"\nsource = "As before"\n\n[[current]]\n'
    later += 'code = "thirteen"\ntitle = "In the last 13 weeks"\nweeks = 13\nfrom = 2026-06-01\n'
    changes = [SHORTER, (begins, later), ('[[closing]]\ncode = "other"', '[[closing]]\ncode = "another"')]
    start(cases=files.changed("cases", *changes[:2]))
    services.apply("upgrade")
    key = InForce.objects.get(part="cases", own=True).key
    told = page(f"cases/{key}")
    assert "In force now. This hub’s own. Recorded when the hub was upgraded" in told
    assert "Changed: Decide what to do with the referral Within: 2 working days , now 1 working day" in told
    assert "Added: In the last 13 weeks (From 1 June 2026 to 28 November 2026)" in told
    assert (
        "In force: From 1 January 2025 to 28 November 2026 , now From 1 January 2025 to 31 May 2026" in told
    )
    first = InForce.objects.get(part="cases", own=False)
    told = page(f"cases/{first.key}")
    assert "It is the first that was recorded." in told
    assert f"In force until {long_time(InForce.objects.get(key=key).since)}." in told


def test_comments_alone_change_no_rule(start: Start) -> None:
    start()
    services.apply("site")
    start(overdue="# As agreed\n" + files.shipped("overdue"))
    services.apply("site")
    key = InForce.objects.get(part="overdue", own=True).key
    assert "No rule. Only comments or the order of rows in the file are different." in page(f"overdue/{key}")


def test_a_version_that_cannot_be_read_any_more_is_shown_as_it_was_recorded() -> None:
    row = InForce.objects.create(
        part="cases",
        digest="x",
        own=True,
        content={"cases.toml": "[[never] valid"},
        software="0",
        since=timezone.now(),
    )
    told = page(f"cases/{row.key}")
    assert "This text cannot be read as rules" in told
    assert "[[never] valid" in told


def test_rows_that_do_not_hold_today_say_so() -> None:
    part = files.part("training")
    text = files.changed("training", ("months = 36\n", "months = 36\nuntil = 2026-05-01\n"))
    state = Reading(None).state(part)
    documents = services.documents_of({part.file: text})
    section, _ = rendering.sections(part, documents, dt.date(2026, 5, 1))
    told = {item.title: (item.dates, item.standing) for item in section.items}
    assert told["Stalking Risk Profile"] == ("From 1 January 2026 to 30 April 2026", "No longer in force")
    assert state.documents != documents
    section, _ = rendering.sections(part, documents, dt.date(2025, 12, 31))
    assert {item.standing for item in section.items} == {"Not yet in force"}
