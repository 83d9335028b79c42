"""The pages of a release: choosing, checking, sending; the register, printed; who gets which page."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.sharing import services
from lamplighter.hub.sharing.models import Release
from tests.integration.access import making
from tests.integration.sharing.making import Team, draft, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return Team()


def typed(**values: str) -> dict[str, str]:
    today = timezone.localdate()
    day = {"consent_on_day": today.day, "consent_on_month": today.month, "consent_on_year": today.year}
    end = {"expires_on_day": "1", "expires_on_month": "2", "expires_on_year": str(today.year + 1)}
    if today.month == 1:
        end["expires_on_year"] = str(today.year)
        end["expires_on_month"] = "6"
    return {
        "from_partition": "advocacy",
        "to_partition": "police",
        "kind": "act",
        "title": "He waited",
        "text": "zqreleased: he waited.\nTwice.",
        "basis": "consent",
        "consent_of": "victim",
        "consent_how": "spoken",
        "necessity": "They need it.",
        "proportionality": "No more.",
        **{k: str(v) for k, v in day.items()},
        **end,
        **values,
    }


def test_written_checked_changed_and_sent(team: Team) -> None:
    entry = team.confide("zqoriginal words")
    client = signed_in(team.advocate)
    base = f"/cases/{team.case.key}/sharing"
    page = client.get(f"{base}/new", secure=True)
    assert str(entry.key) in page.content.decode()
    answer = client.post(f"{base}/new", {"source": str(entry.key)}, secure=True)
    assert answer["Location"].endswith(f"?entry={entry.key}")
    write = answer["Location"]
    assert "zqoriginal words" in client.get(write, secure=True).content.decode()
    checked = client.post(write, typed(step="check"), secure=True).content.decode()
    assert "zqreleased: he waited." in checked
    assert "zqoriginal" not in checked
    assert not Release.objects.exists()
    again = client.post(write, typed(step="edit"), secure=True).content.decode()
    assert "zqreleased: he waited." in again
    sent = client.post(write, typed(step="send"), secure=True)
    assert sent.status_code == 302
    assert Release.objects.get().text.startswith("zqreleased")


def heading(answer: Any) -> str:
    found = re.search(r"<h1[^>]*>([^<]*)</h1>", answer.content.decode())
    assert found
    return found[1]


def test_it_is_asked_page_by_page_and_each_refusal_is_on_its_own_page(team: Team) -> None:
    client = signed_in(team.advocate)
    write = f"/cases/{team.case.key}/sharing/new/write"
    answers = typed()
    order = ["words", "readers", "basis", "consent", "why"]
    asked = {"words": "title", "readers": "to_partition", "basis": "basis", "consent": "consent_how",
             "why": "necessity"}  # fmt: skip
    for name, following in zip(order, [*order[1:], "check"], strict=True):
        # Without its own answer a page comes back, and says nothing of pages that are not asked yet.
        refused = client.post(write, answers | {"page": name, asked[name]: ""}, secure=True)
        if name != "consent":  # A consent that is not whole is refused when all of it is known.
            assert refused.status_code == 422
            assert refused.content.decode().count("govuk-error-message") == 1
        on = client.post(write, answers | {"page": name}, secure=True)
        assert on.status_code == 200
        assert (heading(on) == "Check before you release it") == (following == "check")
        assert "zqreleased: he waited." in on.content.decode()
    back = client.post(write, answers | {"page": "consent", "step": "back"}, secure=True)
    assert heading(back) == "Legal basis"
    refused = client.post(write, answers | {"page": "why", "consent_how": ""}, secure=True)
    assert (refused.status_code, heading(refused)) == (422, "Consent")
    # What nobody would receive is said as soon as the readers are known.
    nobody = client.post(write, answers | {"page": "readers", "to_agencies": "force-z"}, secure=True)
    assert (nobody.status_code, heading(nobody)) == (422, "Who reads it, and until when")
    assert heading(client.post(write, {}, secure=True)) == "Write what they will read"
    # Consent is asked about only where it is the basis, and the threshold only where there is none.
    other = client.post(write, answers | {"page": "basis", "basis": "cda_115"}, secure=True)
    assert heading(other) == "Threshold of risk"
    assert not Release.objects.exists()


def test_what_is_refused_keeps_what_was_typed(team: Team) -> None:
    client = signed_in(team.advocate)
    write = f"/cases/{team.case.key}/sharing/new/write"
    values = typed(basis="cda_115", step="send")
    answer = client.post(write, values, secure=True)
    assert answer.status_code == 422
    assert "threshold of risk" in answer.content.decode()
    assert "zqreleased: he waited." in answer.content.decode()
    assert not Release.objects.exists()


def test_the_recipient_sees_what_the_check_page_showed(team: Team) -> None:
    entry = team.confide("zqoriginal")
    with identity.as_person(team.advocate):
        made = services.release(team.advocate, team.case, draft(text="zqreleased"), source=entry)
    here = f"/cases/{team.case.key}/sharing/{made.disclosure.key}"
    mine = signed_in(team.advocate).get(here, secure=True).content.decode()
    theirs = signed_in(team.investigator).get(here, secure=True).content.decode()
    for page in (mine, theirs):
        assert "zqreleased" in page
    assert "Why it was released" in mine
    for word in (
        "zqoriginal",
        str(entry.key),
        "Why it was released",
        "investigation does not have",
        "Withdraw it",
    ):
        assert word not in theirs
    assert "zqreleased" not in theirs.split("<title>")[1].split("</title>")[0]
    case_page = signed_in(team.investigator).get(f"/cases/{team.case.key}", secure=True).content.decode()
    assert "Released to you" in case_page
    assert made.title in case_page
    for other in (team.clinician, team.probation):
        assert signed_in(other).get(here, secure=True).status_code == 404
        page = signed_in(other).get(f"/cases/{team.case.key}/sharing", secure=True).content.decode()
        assert "zqreleased" not in page
        assert made.title not in page
        assert "holds nothing that you may see" in page


def test_after_withdrawal_the_register_alone_tells_of_it(team: Team) -> None:
    with identity.as_person(team.advocate):
        made = services.release(team.advocate, team.case, draft(text="zqreleased", title="zqheading"))
    here = f"/cases/{team.case.key}/sharing/{made.disclosure.key}"
    client = signed_in(team.advocate)
    assert client.post(f"{here}/withdraw", {"reason": ""}, secure=True).status_code == 422
    assert client.post(f"{here}/withdraw", {"reason": "zqwhy"}, secure=True).status_code == 302
    assert "zqwhy" in client.get(here, secure=True).content.decode()
    officer = signed_in(team.investigator)
    for path in (here, f"/cases/{team.case.key}/sharing", f"/cases/{team.case.key}/sharing/print"):
        page = officer.get(path, secure=True).content.decode()
        assert "Withdrawn on" in page
        assert "An act or a contact" in page
        for word in ("zqreleased", "zqheading", "zqwhy"):
            assert word not in page
    assert officer.get(f"{here}/withdraw", secure=True).status_code == 404


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_register_on_paper(team: Team) -> None:
    with identity.as_person(team.advocate):
        services.release(team.advocate, team.case, draft(title="A heading"))
    mine = read(
        signed_in(team.advocate).get(f"/cases/{team.case.key}/sharing/register.pdf", secure=True).content
    )
    for words in ("Register of disclosures", "A heading", "The police", "Consent", "1 line"):
        assert words in mine
    theirs = signed_in(team.clinician).get(f"/cases/{team.case.key}/sharing/register.pdf", secure=True)
    assert "It holds nothing." in read(theirs.content)
    assert theirs["Content-Type"] == "application/pdf"
    agency = signed_in(team.advocate).get("/sharing/register.pdf", secure=True)
    assert team.case.reference in read(agency.content)
    page = signed_in(team.advocate).get("/sharing/register", secure=True).content.decode()
    assert "A heading" in page


def test_out_of_the_vault_a_reason_for_every_look(team: Team) -> None:
    with identity.as_person(team.advocate):
        made = services.release(
            team.advocate, team.case, draft(from_partition="vault", text="zqnumber", kind="whereabouts")
        )
    here = f"/cases/{team.case.key}/sharing/{made.disclosure.key}"
    client = signed_in(team.advocate)
    assert "zqnumber" not in client.get(here, secure=True).content.decode()
    assert "zqnumber" in client.post(here, {"reason": "She asks"}, secure=True).content.decode()
    assert "zqnumber" in signed_in(team.investigator).get(here, secure=True).content.decode()


def test_those_without_a_side_cannot_release(team: Team) -> None:
    assert (
        signed_in(team.coordinator).get(f"/cases/{team.case.key}/sharing/new", secure=True).status_code == 403
    )
    stranger, far = making.somebody(Role.STALKING_LEAD, "force-b"), making.a_case(team.investigator)
    for path in ("sharing/new", "sharing/new/write", "sharing", "sharing/register.pdf"):
        assert signed_in(stranger).get(f"/cases/{far.key}/{path}", secure=True).status_code == 404
