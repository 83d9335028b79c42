"""What a process runs on, when it came into force, and that nothing is half old and half new."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from typer.testing import CliRunner

from lamplighter.cli.administration import hub
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import rules
from lamplighter.hub.clocks import overdue
from lamplighter.hub.configuration import checks, services
from lamplighter.hub.configuration.models import InForce
from lamplighter.hub.insight import rules as reviews
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.operations import installed_checks, upgrading
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.hub.patterns import configuration as deciding
from lamplighter.hub.perpetrator_side import library
from lamplighter.hub.rights.rules import periods
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.faults import ConfigurationError
from lamplighter.hub.site.config_files.part import parts
from lamplighter.hub.victim_side import rules as victim
from lamplighter.instruments import loading
from lamplighter.records.canonical.references import tidy_references
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.agencies import agency_named
from tests.integration.access import making
from tests.integration.configuration import files
from tests.integration.configuration.conftest import Start

# Of rows of before and after, a file changed in its first place changes the one of before.
DAY = dt.date(2026, 11, 28)
AGENCIES = """
[[agency]]
code = "northshire"
name = "Northshire Police"
kind = "police"
names = ["north shire"]
reference = '(NS/)(\\d{1,6})(/\\d{2})'
pad = 6

[[agency]]
code = "helpline"
name = "Lantern helpline"
kind = "advocacy"
"""


# What the parts of the software ask for --------------------------------------------------------------------


def test_every_loader_reads_the_hubs_own_file(start: Start) -> None:
    start(
        cases=files.changed("cases", ("working_days = 2", "working_days = 1")),
        victim_side=files.changed("victim_side", ("days = [1, 3, 7]", "days = [1, 2, 5]")),
        rights=files.changed("rights", *[("years = 8", "years = 30")] * 2),
        programmes=files.changed("programmes", *[("sessions = 12", "sessions = 10")] * 2),
        gate=files.changed("gate", ('why = "Charged and not yet tried', 'why = "Charged, not tried')),
        typology=files.changed("typology", *[('words = "A grievance', 'words = "A grudge')] * 2),
        instruments__moving_on__9=files.changed(
            "instruments/moving_on/1", ('version = "1"', 'version = "9"')
        ),
        training=files.changed("training", ("months = 12", "months = 6")),
        emergency_access=files.changed("emergency_access", ("[15, 60, 240]", "[10, 30]")),
        overdue=files.changed("overdue", ("told_after_hours = 24", "told_after_hours = 12")),
        patterns=files.changed("patterns", ("days = 7", "days = 3")),
        reviews=files.changed("reviews", ("cases = 5", "cases = 7")),
        working_days=files.changed(
            "working_days", ("2026-12-25, 2026-12-28]", "2026-12-24, 2026-12-25, 2026-12-28]")
        ),
        agencies=AGENCIES,
    )
    assert rules.period(rules.on("clock", DAY)["case.triage"]) == (1, "working day")
    assert victim.one("contact_plan", DAY).extra["days"] == [1, 2, 5]
    assert periods("health", DAY)["health_adult"].extra["years"] == 30
    assert library.programmes(DAY)["cobi"].sessions == 10
    assert any(row["why"].startswith("Charged, not tried") for row in library.gate_rules(DAY))
    assert library.types(DAY)["resentful"]["words"].startswith("A grudge")
    assert {("moving_on", "1"), ("moving_on", "9"), ("srp", "as licensed")} <= set(instruments.every())
    assert training.topics(DAY)["information-sharing"].months == 6
    assert emergency_selectors.config()["minutes"] == [10, 30]
    assert overdue.config()["told_after_hours"] == 12
    assert deciding.correct_within(DAY) == 3
    assert reviews.in_force("fewest_cases", DAY)["cases"] == 7
    assert not working_days.is_working_day(dt.date(2026, 12, 24))
    assert agency_named("North  Shire") == "northshire"
    assert agency_named("force a") is None


def test_references_of_the_hubs_own_agencies_are_brought_to_one_form(start: Start) -> None:
    import polars as pl

    start(agencies=AGENCIES)
    assert tidy_references(pl.Series(["ns/148/26", "4A/00148/22"])).value.to_list() == [
        "NS/000148/26",
        "4A/00148/22",
    ]


def test_a_rule_is_changed_by_a_row_and_the_past_keeps_the_rule_of_its_day(start: Start) -> None:
    begins = "weeks = 8\nfrom = 2025-01-01\n"
    later = begins + 'until = 2026-06-01\nmark = "I"\nsource = "As agreed before"\n\n[[current]]\n'
    later += (
        'code = "contact_or_breach_13_weeks"\ntitle = "In the last 13 weeks"\nweeks = 13\nfrom = 2026-06-01\n'
    )
    start(cases=files.changed("cases", (begins, later)))
    assert rules.current_definition(dt.date(2026, 5, 31)).extra["weeks"] == 8
    assert rules.current_definition(dt.date(2026, 6, 1)).extra["weeks"] == 13
    assert rules.title("current", "contact_or_breach_8_weeks").startswith("Any attempt")


def test_a_training_topic_that_has_ended_is_not_asked_for_any_more(start: Start) -> None:
    text = files.changed("training", ('code = "sam"', 'code = "sam"\nuntil = 2026-06-01'))
    start(training=text)
    assert "sam" in training.topics(dt.date(2026, 5, 31))
    assert "sam" not in training.topics(dt.date(2026, 6, 1))


def test_a_running_process_keeps_what_it_has_read(folder: Path, start: Start) -> None:
    start(cases=files.changed("cases", ("working_days = 2", "working_days = 1")))
    files.write(
        folder, cases=files.changed("cases", ("working_days = 2", "working_days = 3")), gate="[[broken"
    )
    assert rules.period(rules.on("clock", DAY)["case.triage"]) == (1, "working day")
    # Read for the first time only now, and still as it was when the process started.
    assert len(library.gate_rules(DAY)) == 15
    assert [f.name for f in services.check()] == ["syntax"]
    assert services.faults_of_this_process() == []


def test_a_broken_part_is_not_replaced_by_the_shipped_one(start: Start) -> None:
    start(gate="[[rule]")
    with pytest.raises(ConfigurationError, match=r"gate\.toml, line 1, column 7"):
        library.gate_rules(DAY)


# In force --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_comes_into_force_is_noted_once(start: Start) -> None:
    start()
    first = services.apply("site")
    assert set(first.parts) == {part.name for part in parts()}
    assert services.apply("worker").parts == ()
    start(cases=files.changed("cases", ("working_days = 2", "working_days = 1")))
    assert services.apply("worker").parts == ("cases",)
    rows = list(InForce.objects.filter(part="cases").order_by("since"))
    assert [(row.own, row.noticed_by, row.software) for row in rows] == [
        (False, "site", services.software()),
        (True, "worker", services.software()),
    ]
    assert "working_days = 1" in rows[1].content["cases.toml"]
    events = Event.objects.filter(verb="configuration.in_force").order_by("pk")
    assert events.count() == len(parts()) + 1
    last = events.last()
    assert last is not None
    assert (last.subject, last.fields, last.service) == (
        f"configuration {rows[1].key}",
        ["cases"],
        services.PURPOSE,
    )
    assert last.detail["digest"] == rows[1].digest


@pytest.mark.django_db
def test_comments_are_noted_and_going_back_is_noted(start: Start) -> None:
    start()
    services.apply()
    start(overdue="# agreed on 3 May\n" + files.shipped("overdue"))
    assert services.apply().parts == ("overdue",)
    start(overdue=files.shipped("overdue"))
    assert services.apply().parts == ("overdue",)
    assert InForce.objects.filter(part="overdue").count() == 3


@pytest.mark.django_db
def test_nothing_comes_into_force_with_an_error(start: Start) -> None:
    start(agencies=AGENCIES, overdue=files.changed("overdue", ("= 24", "= 0")))
    with pytest.raises(ConfigurationError, match="told_after_hours: must be 1 or more"):
        services.apply()
    assert not InForce.objects.exists()
    assert not Agency.objects.filter(pk="northshire").exists()


@pytest.mark.django_db
def test_a_code_that_was_in_force_cannot_vanish(start: Start) -> None:
    start()
    services.apply()
    text = files.changed("cases", ('code = "one_question"', 'code = "a_question"'))
    start(cases=text)
    with pytest.raises(ConfigurationError) as raised:
        services.apply()
    assert [str(f) for f in raised.value.faults] == [
        "cases.toml, [[threshold]]: “one_question” has been in force, and is not in the file any more. "
        "Records may carry it. Put its row back, and end it with “until” where the table has dates."
    ]
    assert InForce.objects.filter(part="cases").count() == 1
    # Ended, it can still be read; and a licensed questionnaire may go.
    ended = files.changed("cases", ('code = "one_question"', 'code = "one_question"\nuntil = 2026-01-01'))
    start(cases=ended, instruments__srp__mine=files.shipped("instruments/srp/name-only"))
    assert set(services.apply().parts) == {"cases", "instruments"}


@pytest.mark.django_db
def test_the_history_is_added_to_by_the_hub_and_changed_by_nobody(start: Start) -> None:
    start()
    services.apply()
    for change in (lambda: InForce.objects.update(own=True), lambda: InForce.objects.all().delete()):
        with pytest.raises(DatabaseError, match="added and never changed"), transaction.atomic():
            change()
    for role in Role:
        user = making.somebody(role, "hub")
        with identity.as_person(user):
            may = role in {Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR}
            assert InForce.objects.exists() == may, role
        with pytest.raises(DatabaseError), identity.as_person(user):
            InForce.objects.create(
                part="cases", digest="x", own=True, content={}, software="1", since="2026-01-01T00:00Z"
            )


# Agencies --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_hubs_agencies_come_into_the_database_and_none_goes(start: Start) -> None:
    making.agency("force-b")
    start(agencies=AGENCIES)
    applied = services.apply()
    assert (applied.agencies_added, applied.agencies_renamed) == (("northshire", "helpline"), ())
    assert set(Agency.objects.values_list("code", "name", "kind")) == {
        ("force-b", "Force B", "police"),
        ("northshire", "Northshire Police", "police"),
        ("helpline", "Lantern helpline", "advocacy"),
    }
    start(agencies=AGENCIES.replace("Lantern", "Lighthouse"))
    assert services.apply().agencies_renamed == ("helpline",)
    assert Agency.objects.get(pk="helpline").name == "Lighthouse helpline"
    assert services.apply().agencies_renamed == ()


@pytest.mark.django_db
def test_the_shipped_agencies_are_made_up_and_come_into_no_database(start: Start) -> None:
    start()
    services.apply()
    assert not Agency.objects.exists()


@pytest.mark.django_db
def test_a_kind_that_contradicts_the_database_is_named_and_nothing_is_written(start: Start) -> None:
    making.agency("helpline")
    start(agencies=AGENCIES.replace('"advocacy"', '"health"'))
    with pytest.raises(ConfigurationError) as raised:
        services.apply()
    said = (
        "agencies.toml, [[agency]] “helpline”, key kind: is “health”, and in the hub it is “advocacy”. The "
        "kind decides what its people may read, and no file changes it. Correct the file; where the hub is "
        "wrong, add the agency under another code and move its people there."
    )
    assert [str(f) for f in raised.value.faults] == [said]
    assert not Agency.objects.filter(pk="northshire").exists()
    assert not InForce.objects.exists()
    (error,) = checks.the_database_agrees(None, databases=["default"])
    assert f"{error.msg} {error.hint}" == said
    assert checks.the_database_agrees(None) == []


@pytest.mark.django_db
def test_only_the_configuration_names_agencies_and_nothing_gives_one_another_kind() -> None:
    making.agency("helpline")
    other = {"code": "new", "name": "New", "kind": "police"}
    with pytest.raises(DatabaseError, match="nobody adds"), identity.as_service("find patterns"):
        Agency.objects.create(**other)
    with pytest.raises(DatabaseError, match="nobody adds"), identity.as_service("run clocks"):
        Agency.objects.filter(pk="helpline").update(name="Ours now")
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_service(services.PURPOSE):
        Agency.objects.filter(pk="helpline").update(kind="police")
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_service(services.PURPOSE):
        Agency.objects.all()._raw_delete("default")
    with identity.as_service(services.PURPOSE):
        Agency.objects.create(**other)


@pytest.mark.django_db
def test_no_kind_is_guessed(start: Start) -> None:
    start(agencies=AGENCIES)
    assert accounts.ensure_agency("northshire").kind == "police"
    with pytest.raises(accounts.UnknownAgencyError, match="“new-idva-charity” yet"):
        accounts.ensure_agency("new-idva-charity")


# Copying out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(part.name for part in parts()))
def test_what_is_copied_out_says_what_it_is_and_has_no_error(folder: Path, name: str) -> None:
    written = services.copy_out(name)
    assert all(
        path.is_relative_to(folder) and oct(path.stat().st_mode & 0o777) == "0o600" for path in written
    )
    for path in written:
        text = path.read_text("utf-8")
        assert text.startswith(
            f"# Copied from Lamplighter {services.software()} for editing: {files.part(name).title}."
        )
        assert max(map(len, text.splitlines()[:6])) <= 130
    assert services.check() == []
    before = [path.read_text() for path in written]
    with pytest.raises(services.NotCopiedError, match="is there already, and nothing is written over"):
        services.copy_out(f"{name}.toml")
    assert [path.read_text() for path in written] == before


def test_what_is_copied_out_of_agencies_holds_none_that_is_made_up(folder: Path, start: Start) -> None:
    services.copy_out("agencies")
    start()
    assert [a.code for a in services._own_agencies(reading.running())] == ["hub"]


def test_copying_out_on_the_command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "prepare", lambda **given: None)
    run = CliRunner().invoke(hub.group, ["copy-configuration", "instruments"])
    names = sorted(loading.shipped_texts())
    assert "four/1.toml" in names
    assert run.output.splitlines() == [str(folder / "instruments" / name) for name in names]
    run = CliRunner().invoke(hub.group, ["copy-configuration", "instruments"])
    assert "nothing is written over" in str(run.exception)


def test_the_documentation_names_every_part_and_what_it_decides() -> None:
    page = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text("utf-8")
    for part in parts():
        assert f"| `{part.file}{'/' if part.is_folder else ''}` | {part.decides} |" in page


def test_a_part_that_is_none_is_not_copied(folder: Path) -> None:
    with pytest.raises(services.NotCopiedError, match=r"There is no part “case”. Did you mean cases\?"):
        services.copy_out("case")
    assert list(folder.iterdir()) == []


def test_questionnaires_in_the_folder_of_before_are_not_silently_left_out(folder: Path) -> None:
    old = folder.parent / "measures"
    old.mkdir()
    (old / "core_om.toml").write_text("code = 'core_om'")
    assert [str(f) for f in services.check()] == [
        "measures: this folder is not read any more. Write its files in the format of instruments, in "
        "installation/instruments, and remove it."
    ]


# Starting --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_site_starts_before_its_database(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    start()
    monkeypatch.setattr(services, "connection", SimpleNamespace(close=lambda: None, cursor=connection.cursor))

    def away(by: str) -> None:
        raise DatabaseError("connection refused: Priya Nair")

    monkeypatch.setattr(services, "apply", away)
    with caplog.at_level("WARNING"):
        services.started("site")
    assert "noted at the next start" in caplog.text
    assert "Nair" not in caplog.text


@pytest.mark.django_db
def test_files_of_an_agency_that_nobody_declared_are_sent_back_with_what_to_do(
    start: Start, tmp_path: Path, settings: Any
) -> None:
    start(agencies=AGENCIES)
    settings.UPLOADS = str(tmp_path / "uploads")
    client = Client()
    coordinator = making.somebody(Role.COORDINATOR, "helpline")
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    extract = SimpleUploadedFile("force_a_rms_extract.csv", b"crime_ref\n")
    sent = {"mapping": "force_a_rms", "files": extract}
    answer = client.post("/intake/imports/send", sent, secure=True)
    assert answer.status_code == 200
    assert (
        "There is no agency “force-a” yet. An administrator adds it, with its kind" in answer.content.decode()
    )
    assert Delivery.objects.count() == 0
    assert not Agency.objects.filter(pk="force-a").exists()
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.django_db
def test_the_check_of_the_hub_names_errors_and_what_waits_for_a_restart(folder: Path, start: Start) -> None:
    def found() -> list[tuple[str, str, str]]:
        return [(f.state.value, f.says, f.remedy) for f in installed_checks._configuration()]

    start()
    services.apply()
    assert found() == [("ok", "No error, and all of it is in force.", "")]
    files.write(folder, cases=files.changed("cases", ("working_days = 2", "working_days = 1")))
    waits = "Changed since the hub started, and not in force: cases.toml."
    assert found() == [("soon", waits, "Restart the site and the worker.")]
    files.write(folder, overdue=files.changed("overdue", ("told_after_hours = 24", "told_after_hours = 0")))
    wrong = "overdue.toml, key told_after_hours: must be 1 or more, and is 0."
    assert found() == [("now", wrong, "Correct the number.")]


@pytest.mark.django_db
def test_an_upgrade_changes_nothing_where_a_file_has_an_error(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(upgrading, "waiting", lambda: pytest.fail("it went on"))
    start(gate="[[rule]")
    with pytest.raises(ConfigurationError, match=r"gate\.toml, line 1"):
        upgrading.upgrade(said.append, copy_into=None)
    assert said == []
