"""The pages of rights, end to end as people use them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.rights import services
from lamplighter.hub.rights.models import (
    Hold,
    RetentionDecision,
    SubjectDecision,
    SubjectItem,
    SubjectRequest,
)
from lamplighter.reporting.words import NO_BREAK, day
from tests.integration.rights.test_erasing import colleague
from tests.integration.rights.test_subject_access import files, over
from tests.integration.sharing.making import Team, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return Team()


def test_from_the_request_to_the_answer(team: Team) -> None:
    team.confide("zqconfidence")
    client = signed_in(team.advocate)
    on = timezone.localdate() - dt.timedelta(days=2)
    form = {
        "name": "Priya Nair",
        "received_on_day": on.day,
        "received_on_month": on.month,
        "received_on_year": on.year,
        "identity_how": "She is known to us.",
    }
    assert client.post("/rights/new", form | {"name": ""}, secure=True).status_code == 422
    assert client.post("/rights/new", form, secure=True).status_code == 302
    request = SubjectRequest.objects.get()
    assert "Priya Nair" in client.get("/rights", secure=True).content.decode()
    assert "Priya Nair" not in signed_in(team.investigator).get("/rights", secure=True).content.decode()
    assert signed_in(team.investigator).get(f"/rights/requests/{request.key}", secure=True).status_code == 404
    with identity.job("answer a subject"):
        services.collect_waiting()
    item = SubjectItem.objects.get(partition="advocacy", model="cases.Entry")
    here = f"/rights/items/{item.key}"
    assert "zqconfidence" in client.get(here, secure=True).content.decode()
    for other in (team.investigator, team.clinician, team.coordinator):
        assert signed_in(other).get(here, secure=True).status_code == 404
    assert client.post(here, {"kind": "give", "reason": "Hers."}, secure=True).status_code == 422
    words = {"kind": "give", "reason": "Hers.", "title": "What you told us", "text": "You told us in May."}
    assert client.post(here, words, secure=True).status_code == 302
    assert SubjectDecision.objects.get().kind == "give"
    assert "Give it" in client.get("/rights/items", secure=True).content.decode()
    over(request)
    answer = client.post(f"/rights/requests/{request.key}", secure=True)
    assert answer["Content-Disposition"] == 'attachment; filename="answer.zip"'
    pack = files(answer.content)
    assert "You told us in May." in pack["items.html"]
    assert "zqconfidence" not in "".join(pack.values())
    assert "Answered on" in client.get("/rights", secure=True).content.decode()


def test_records_are_listed_in_words_and_withheld_together(team: Team) -> None:
    team.confide("zqconfidence")
    client = signed_in(team.advocate)
    with identity.as_person(team.advocate):
        services.take_in(
            team.advocate,
            name="Priya Nair",
            received_on=timezone.localdate(),
            identity_how="She is known to us.",
        )
    with identity.job("answer a subject"):
        services.collect_waiting()
    page = client.get("/rights/items", secure=True).content.decode()
    today = day(timezone.localdate()).replace(NO_BREAK, " ")
    entry = SubjectItem.objects.get(partition="advocacy", model="cases.Entry")
    title = Entry.objects.get(key=entry.row_key).title
    assert f"{title}, {today}" in page.replace(NO_BREAK, " ").replace("&#39;", "’")
    assert "zqconfidence" not in page
    own = list(SubjectItem.objects.filter(owner="helpline").order_by("pk"))
    form = {"records": [str(i.key) for i in own], "exemption": "others", "reason": "It names the other."}
    # Nothing is saved where something is missing, and what was ticked is still ticked.
    for missing in ("exemption", "reason", "records"):
        answer = client.post("/rights/items", form | {missing: []}, secure=True)
        assert answer.status_code == 422, missing
        ticked = re.findall(r'name="records"[^>]* checked', answer.content.decode())
        assert len(ticked) == (0 if missing == "records" else len(own))
    theirs = SubjectItem.objects.exclude(owner="helpline").first()
    if theirs is not None:
        wrong = form | {"records": [str(theirs.key)]}
        assert client.post("/rights/items", wrong, secure=True).status_code == 422
    assert SubjectDecision.objects.count() == 0
    assert client.post("/rights/items", form, secure=True).status_code == 302
    assert {d.kind for d in SubjectDecision.objects.all()} == {"withhold"}
    assert SubjectDecision.objects.count() == len(own)
    # Once decided, a record is decided anew on its own page only.
    assert client.post("/rights/items", form, secure=True).status_code == 422
    assert SubjectDecision.objects.count() == len(own)


def test_review_hold_and_erase(team: Team) -> None:
    base = f"/cases/{team.case.key}/retention"
    client = signed_in(team.investigator)
    assert client.get(base, secure=True).status_code == 200
    assert client.get(f"{base}/erase", secure=True).status_code == 404
    words = {"kind": "erase", "period": "police_g3", "reason": "No longer needed.", "early": "court"}
    assert client.post(f"{base}/review", words | {"reason": ""}, secure=True).status_code == 422
    assert client.post(f"{base}/review", words, secure=True).status_code == 302
    assert RetentionDecision.objects.get().kind == "erase"
    assert (
        signed_in(team.advocate).post(f"{base}/hold", {"reason": "A claim."}, secure=True).status_code == 302
    )
    # Whoever decided it does not approve it.
    assert client.get(f"{base}/erase", secure=True)["Location"] == base
    assert "somebody else of your agency" in client.get(base, secure=True).content.decode()
    client = signed_in(colleague(team.investigator))
    page = client.get(f"{base}/erase", secure=True).content.decode()
    assert "No longer needed." in page
    held = client.post(f"{base}/erase", {"reference": team.case.reference}, secure=True)
    assert held.status_code == 422
    assert "A hold stands" in held.content.decode()
    assert "A claim" not in held.content.decode()
    hold = Hold.objects.get()
    assert client.get(f"{base}/hold/{hold.key}/end", secure=True).status_code == 404
    end = signed_in(team.advocate).post(f"{base}/hold/{hold.key}/end", {"reason": "Settled."}, secure=True)
    assert end.status_code == 302
    wrong = client.post(f"{base}/erase", {"reference": "LL-0000-0000"}, secure=True)
    assert wrong.status_code == 422
    gone = client.post(f"{base}/erase", {"reference": team.case.reference.lower()}, secure=True)
    assert gone.status_code == 302
    # The advocate's ended hold is hers, and she has not decided: the case stays until she has.
    assert Case.objects.filter(pk=team.case.pk).exists()
    hers = signed_in(team.advocate)
    assert hers.post(f"{base}/review", words | {"period": "advocacy"}, secure=True).status_code == 302
    hers = signed_in(colleague(team.advocate))
    last = hers.post(f"{base}/erase", {"reference": team.case.reference}, secure=True)
    assert last["Location"] == "/rights/retention"
    assert not Case.objects.filter(pk=team.case.pk).exists()


def test_who_reviews(team: Team) -> None:
    for user in (team.investigator, team.advocate, team.clinician, team.probation, team.coordinator):
        assert signed_in(user).get("/rights/retention", secure=True).status_code == 200
    assert signed_in(team.outsider).get("/rights/retention", secure=True).status_code == 403
