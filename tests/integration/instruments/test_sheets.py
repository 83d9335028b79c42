"""Instruments answered on a case: drafts, what is no longer asked, submitting, what never changes again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.instruments import library, selectors, services
from lamplighter.hub.instruments.models import Sheet, SheetAnswer, SheetEnd, UsedVersion
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.instruments.answers import Answer, State
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.configuration import files
from tests.integration.instruments import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(by: User) -> Case:
    with identity.as_person(by):
        return making.a_case(by, "helpline", "health")


def _run_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> None:
    monkeypatch.setattr(reading, "_running", reading.Reading(files.write(tmp_path, **texts)))


NEWER = [('version = "1"', 'version = "2"'), ("from = 2026-01-01", "from = 2026-02-01")]


def test_what_is_submitted_keeps_who_what_when_under_which_words(by: User, case: Case) -> None:
    sheet = filling.submitted(by, case)
    with identity.as_person(by):
        (found,) = selectors.submitted(case)
        one = library.every()["four", "1"]
        assert found.end is not None
        assert (found.sheet.by, found.end.digest, found.sheet.digest) == (by, one.digest, one.digest)
        assert found.end.path == list(found.path.codes)
        assert len(found.end.path) == 22
        assert found.end.training == SheetEnd.Training.NOT_VALID
        assert found.answers["fixated"].cites
        assert found.answers["find_out" if "find_out" in found.answers else "change_mind"]
        row = Entry.objects.get(case=case, kind=services.KIND)
        assert (row.title, row.partition, row.of_key) == (
            f"Instrument submitted: {one.title}",
            "shared",
            sheet.key,
        )
        # Text kept at first use, so that it can be read whatever becomes of the file.
        assert UsedVersion.objects.get(code="four").digest == one.digest


def test_nothing_changes_it_any_more(by: User, case: Case) -> None:
    sheet = filling.submitted(by, case)
    with identity.as_person(by):
        given = {"fixated": Answer(State.NO)}
        with pytest.raises(NotPossibleError, match="does not change any more"):
            services.answer_page(by, case, sheet.key, "four", given)
        with pytest.raises(NotPossibleError, match="does not change any more"):
            services.submit(by, case, sheet.key)
        with pytest.raises(NotPossibleError, match="does not change any more"):
            services.set_aside(by, case, sheet.key)
        for rows in (Sheet.objects, SheetAnswer.objects, SheetEnd.objects):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.filter(case=case).update(at=timezone.now())
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.filter(case=case).delete()
        # Somebody who went round the service would change nothing either: what counted is kept by its key.
        late = SheetAnswer.objects.filter(sheet=sheet, item="fixated").get()
        late.pk, late.key, late.state = None, sheet.key, "no"
        late.save(force_insert=True)
        assert selectors.one(case, sheet.key).answers.get("fixated") is None or (
            selectors.one(case, sheet.key).answers["fixated"].state is State.YES
        )


def test_a_draft_is_saved_page_by_page_and_nothing_is_missing_at_the_end(by: User, case: Case) -> None:
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
        services.answer_page(by, case, sheet.key, "four", {"unwanted": Answer(State.NOT_ASKED)})
        with pytest.raises(NotPossibleError, match="Something is missing: “Does the behaviour keep"):
            services.submit(by, case, sheet.key)
        assert selectors.one(case, sheet.key).answers == {"unwanted": Answer(State.NOT_ASKED)}
        # Sent again as it was, it is not written again.
        services.answer_page(by, case, sheet.key, "four", {"unwanted": Answer(State.NOT_ASKED)})
        assert SheetAnswer.objects.filter(sheet=sheet).count() == 1


def test_answers_that_fall_off_the_path_are_kept_and_count_for_nothing(by: User, case: Case) -> None:
    cites = (filling.an_incident(by, case),)
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
    filling.answer_all(by, case, sheet, cites)
    with identity.as_person(by):
        assert "threats_to_children" in selectors.one(case, sheet.key).path.codes
        services.answer_page(by, case, sheet.key, "violence", {"prior_intimate": Answer(State.NO)})
        found = selectors.one(case, sheet.key)
        assert [item.code for item in found.path.no_longer] == ["threats_to_children", "separation"]
        assert found.answers["threats_to_children"].state is State.YES
        # Not a question of this draft any more.
        with pytest.raises(NotPossibleError, match="not asked any more"):
            services.answer_page(
                by, case, sheet.key, "former_partner", {"separation": Answer(State.NOT_KNOWN)}
            )
        services.submit(by, case, sheet.key)
        (found,) = selectors.submitted(case)
        assert "threats_to_children" not in found.asked
        assert "threats_to_children" not in found.answers


def test_only_answers_to_the_question_and_incidents_of_the_list_are_taken(by: User, case: Case) -> None:
    hidden = filling.an_incident(
        making.somebody(Role.CLINICIAN, "health"), case, "Said so", partition="health"
    )
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
        for given in (
            Answer(State.GIVEN, "yes"),
            Answer(State.YES, cites=(hidden,)),
            Answer(State.YES, cites=(str(sheet.key),)),
        ):
            with pytest.raises(NotPossibleError):
                services.answer_page(by, case, sheet.key, "four", {"fixated": given})
        with pytest.raises(NotPossibleError, match="This must be known"):
            services.answer_page(by, case, sheet.key, "current", {"is_current": Answer(State.NOT_KNOWN)})
        assert not SheetAnswer.objects.filter(sheet=sheet).exists()


def test_a_draft_is_answered_by_who_began_it_and_by_nobody_else(by: User, case: Case) -> None:
    other = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
    with identity.as_person(other):
        for act in (services.submit, services.set_aside):
            with pytest.raises(NotPossibleError, match="Only the person who began it"):
                act(other, case, sheet.key)
    outside = making.somebody(Role.INVESTIGATOR, "force-b")
    with identity.as_person(outside), pytest.raises(Http404):
        selectors.one(case, sheet.key)


def test_roles_sides_and_training_say_who_begins(
    by: User, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = files.changed(
        "instruments/four/1",
        ('side = "shared"', 'side = "advocacy"'),
        ('roles = ["coordinator", "investigator",', 'roles = ["investigator",'),
        ('code = "four"', 'code = "hers"'),
        ('without_training = "told"', 'without_training = "refused"'),
    )
    _run_on(tmp_path, monkeypatch, instruments__hers__1=text)
    coordinator, advocate = telling.coordinator("hub"), making.somebody(Role.ADVOCATE, "helpline")
    for user, why in (
        (coordinator, "It is answered by: investigator, stalking lead"),
        (by, "restricted information that your role does not write"),
        (advocate, "Your training in “Stalking: behaviour, risk and impact” is not in date"),
    ):
        with identity.as_person(user), pytest.raises(NotPossibleError, match=why):
            services.begin(user, case, "hers")
    _train(advocate)
    with identity.as_person(advocate):
        sheet = services.begin(advocate, case, "hers")
        assert sheet.partition == "advocacy"
    with identity.as_person(by):
        assert selectors.sheets(case) == []
        with pytest.raises(Http404):
            selectors.one(case, sheet.key)


def _train(user: User) -> None:
    keeper = making.somebody(Role.COORDINATOR, user.agency.code)  # type: ignore[union-attr]  # it has one
    with identity.as_person(keeper):
        training.record(
            keeper,
            user,
            topic="stalking-awareness",
            completed_on=timezone.localdate() - dt.timedelta(days=1),
            evidence="Certificate",
        )


def test_training_that_is_in_date_is_kept_with_what_is_submitted(by: User, case: Case) -> None:
    _train(by)
    filling.submitted(by, case)
    with identity.as_person(by):
        (found,) = selectors.submitted(case)
        assert found.end is not None
        assert (found.end.training, found.end.topic) == ("valid", "stalking-awareness")


def test_a_draft_is_finished_under_the_version_it_was_begun_with(
    by: User, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cites = (filling.an_incident(by, case),)
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
    newer = files.changed(
        "instruments/four/1", *NEWER, ('text = "Is it unwanted?"', 'text = "Was it wanted?"')
    )
    _run_on(tmp_path, monkeypatch, instruments__four__2=newer)
    with identity.as_person(by):
        assert library.current("four", timezone.localdate()).version == "2"  # type: ignore[union-attr]  # it is there
        assert filling.version_of(sheet).by_code["unwanted"].text == "Is it unwanted?"
    page = telling.browser(by).get(f"/cases/{case.key}/instruments/{sheet.key}", secure=True).content.decode()
    assert (
        "Version 2 is in force now. Finish this one under version 1, or set it aside and begin again" in page
    )
    filling.answer_all(by, case, sheet, cites)
    with identity.as_person(by):
        services.submit(by, case, sheet.key)
        second = services.begin(by, case, "four")
        assert second.version == "2"
    filling.answer_all(by, case, second, cites)
    with identity.as_person(by):
        services.submit(by, case, second.key)
    address = f"/cases/{case.key}/instruments/{second.key}/beside/{sheet.key}"
    body = telling.browser(by).get(address, secure=True).content.decode()
    assert "Version 1 beside version 2. Nobody says that both can be counted together." in body
    assert "Earlier words: Is it unwanted?" in body
    assert "0 answers changed" in body


def test_a_version_that_was_edited_after_it_was_answered_is_refused(
    by: User, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = filling.submitted(by, case)
    edited = files.changed("instruments/four/1", ('text = "Is it unwanted?"', 'text = "Was it wanted?"'))
    _run_on(tmp_path, monkeypatch, instruments__four__1=edited)
    with identity.as_person(by):
        with pytest.raises(NotPossibleError, match="has been answered, and reads otherwise now"):
            services.begin(by, case, "four")
        # What was answered is read in its own words.
        assert filling.version_of(sheet).by_code["unwanted"].text == "Is it unwanted?"
    # That it ends is no edit.
    ended = files.changed(
        "instruments/four/1", ("from = 2026-01-01", "from = 2026-01-01\nuntil = 2099-01-01")
    )
    _run_on(tmp_path / "b", monkeypatch, instruments__four__1=ended)
    with identity.as_person(by):
        assert services.begin(by, case, "four").version == "1"


def test_a_correction_is_another_one_and_the_first_stays(by: User, case: Case) -> None:
    first = filling.submitted(by, case)
    with identity.as_person(by):
        second = services.correct(by, case, first.key)
        services.answer_page(by, case, second.key, "violence", {"threats": Answer(State.NOT_KNOWN)})
        services.answer_page(
            by,
            case,
            second.key,
            "open_questions",
            {"find_out": Answer(State.GIVEN, "The lead asks on Monday")},
        )
        assert [one.corrected_by for one in selectors.submitted(case)] == [None]
        services.submit(by, case, second.key)
        later, earlier = selectors.submitted(case)
        assert earlier.corrected_by == later.sheet.key
        assert earlier.answers["threats"].state is State.YES
        assert later.answers["threats"].state is State.NOT_KNOWN
        with pytest.raises(NotPossibleError, match="corrected already"):
            services.correct(by, case, first.key)


def test_what_was_known_on_a_day(by: User, case: Case) -> None:
    filling.submitted(by, case)
    with identity.as_person(by):
        now = timezone.now()
        assert len(selectors.submitted(case, now)) == 1
        assert selectors.submitted(case, now - dt.timedelta(days=1)) == []
        assert selectors.sheets(case, now - dt.timedelta(days=1)) == []


def test_what_is_set_aside_is_on_no_list_and_stays(by: User, case: Case) -> None:
    with identity.as_person(by):
        sheet = services.begin(by, case, "four")
        services.set_aside(by, case, sheet.key)
        assert selectors.sheets(case) == []
        assert Sheet.objects.filter(key=sheet.key).exists()
        with pytest.raises(NotPossibleError, match="It was set aside"):
            services.submit(by, case, sheet.key)


def test_every_act_is_on_the_trail_without_a_word(by: User, case: Case) -> None:
    filling.submitted(by, case)
    auditor = making.somebody(Role.AUDITOR, "hub")
    with identity.as_person(auditor):
        rows = list(Event.objects.filter(verb__startswith="instruments.").order_by("pk"))
    assert [row.verb for row in rows][:2] == ["instruments.begun", "instruments.answered"]
    assert rows[-1].verb == "instruments.submitted"
    assert "Because it was seen" not in str([row.detail for row in rows])
