"""What one may not see changes nothing of what one sees, and what is hidden is answered like what never was.

The leak test looks for words. These look for everything else: counts, order,
suggestions, titles, addresses, headers, error texts, and how many questions a
page asks of the database.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.people import selectors
from lamplighter.hub.people.links import addresses
from lamplighter.hub.perpetrator_side import wording
from lamplighter.hub.workforce import services as workforce
from tests.integration.access import making
from tests.integration.wall import aside, walking, watched
from tests.integration.wall.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BACKEND = "django.contrib.auth.backends.ModelBackend"
# One of each side, and one who works on another case.
LOOKING = [(Role.ADVOCATE, "helpline"), (Role.CLINICIAN, "health"), (Role.INVESTIGATOR, "force-b")]
MOST = 3  # addresses of one page; of one that refuses the person at the door, the first


@pytest.fixture(autouse=True)
def _the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that two looks at one page differ only where the hub does."""
    now = timezone.now() + dt.timedelta(seconds=5)
    monkeypatch.setattr(timezone, "now", lambda: now)


def signed_in(role: str, code: str) -> tuple[Any, Client]:
    user = making.somebody(role, code)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return user, client


def most_of(page: walking.Page, user: Any) -> int:
    """How many addresses of this page are asked for: a refusal at the door comes before any is read."""
    return 1 if walking.refuses(page, user) else MOST


def everything(client: Client, user: Any, scene: Scene, without: set[str]) -> dict[str, aside.Answer]:
    """Every page by GET, and both searches, of addresses that name nothing hidden."""
    found = {}
    known = scene.known()
    for page in walking.pages():
        named = [a for a in walking.addresses(page, known) if not any(k in a for k in without)]
        for address in named[: most_of(page, user)]:
            found[address] = aside.ask(client, address)
    searches = [reverse("cases:search"), reverse("search:search")]
    for term in (
        "Priya Nair",
        "Nair",
        "Daniel Hollinshaw",
        scene.case.reference,
        scene.far.reference,
        "zqsha",
    ):
        for search in searches:
            found[f"{search} {term}"] = aside.ask(client, search, {"term": term, "q": term})
    return found


@pytest.mark.parametrize(("role", "code"), LOOKING)
def test_what_one_may_not_see_changes_nothing_of_what_one_sees(
    scene: Scene, role: str, code: str, capsys: Any
) -> None:
    user, client = signed_in(role, code)
    hidden = aside.hidden_from(user)
    told = aside.told_of(user)
    keys = aside.keys_of(hidden) - aside.addresses_of(told)
    assert len(hidden) > 20
    selectors.model_in_use()  # read once in the life of a process, by whoever looks at a link first
    there = everything(client, user, scene, keys)
    with aside.set_aside(hidden, told):
        without = everything(client, user, scene, keys)
    assert {a for a, answer in there.items() if answer.status == 200}
    # Whoever works with the suspect is told yes or no, that something is live in a case they may not open.
    assert any(wording.OTHER_LIVE in answer.text for answer in there.values()) == (role == Role.CLINICIAN)
    there = {a: yes_or_no(answer) for a, answer in there.items()}
    found = {a: differs for a, answer in there.items() if (differs := answer.differs(without[a]))}
    with capsys.disabled():
        rows = sum(map(len, hidden.values()))
        print(
            f"\n{role} of {code}: {len(there)} answers with {rows} hidden rows there and set aside,"
            f" {len(found)} differ"
        )
    assert found == {}


@pytest.mark.parametrize("named", [False, True])
def test_staff_of_an_agency_learn_nothing_of_a_marker_and_what_it_covers(
    scene: Scene, named: bool, capsys: Any
) -> None:
    """A colleague, and the suspect themselves: each page as if none of it had ever been there."""
    user, client = signed_in(Role.STALKING_LEAD, "force-a")
    before = aside.hidden_from(user)
    advocate = scene.staff["helpline"]
    with identity.as_person(advocate):
        made = {"agency": making.agency("force-a"), "sector": "police", "post": "officer", "known": "victim"}
        workforce.mark(advocate, report_id=scene.report.report_id, **made, named=user if named else None)
        workforce.mark(advocate, case=scene.case, **made)
    hidden = aside.hidden_from(user)
    more = {t: set(ids) - set(before.get(t, ())) for t, ids in hidden.items()}
    assert {"intake_reportversion", "patterns_course", "people_membership", "cases_case"} <= {
        t for t, ids in more.items() if ids
    }
    told = aside.told_of(user)
    keys = aside.keys_of(hidden) - aside.addresses_of(told)
    selectors.model_in_use()
    there = everything(client, user, scene, keys)
    with aside.set_aside(hidden, told):
        without = everything(client, user, scene, keys)
    found = {a: differs for a, answer in there.items() if (differs := answer.differs(without[a]))}
    with capsys.disabled():
        print(f"\nmarked, {'named' if named else 'a colleague'}: {len(there)} answers, {len(found)} differ")
    assert found == {}
    # What is hidden is answered like what never was.
    nowhere: dict[str, str] = {}
    for page in walking.pages():
        for address in [a for a in walking.addresses(page, scene.known()) if any(k in a for k in keys)][:1]:
            never = address
            for key in [key for key in keys if key in address]:
                never = never.replace(key, of_nothing(key))
            here, other = aside.ask(client, address), aside.ask(client, never)
            if differs := nameless(here, address).differs(nameless(other, never)):
                nowhere[page.name] = differs
    assert nowhere == {}


def of_nothing(key: str) -> str:
    """A key of the same kind of which there is nothing."""
    try:
        addresses.pair_at(key)
    except encryption.NotOpenedError:
        return str(uuid.uuid4()) if "-" in key else uuid.uuid4().hex[: len(key)]
    return addresses.address_of(f"x:{uuid.uuid4()}", f"y:{uuid.uuid4()}")


@pytest.mark.parametrize(("role", "code"), LOOKING)
def test_what_is_hidden_is_answered_like_what_never_was(
    scene: Scene, role: str, code: str, capsys: Any
) -> None:
    user, client = signed_in(role, code)
    keys = aside.keys_of(aside.hidden_from(user)) - aside.addresses_of(aside.told_of(user))
    asked, found, known = 0, {}, scene.known()
    named = [
        (page, address)
        for page in walking.pages()
        for address in [a for a in walking.addresses(page, known) if any(k in a for k in keys)][
            : most_of(page, user)
        ]
    ]
    with watched.requests(client):
        for page, address in named:
            never = address
            for key in [key for key in keys if key in address]:
                never = never.replace(key, str(uuid.uuid4()) if "-" in key else uuid.uuid4().hex[: len(key)])
            for form in (None, scene.forms()[1]):
                asked += 1
                here, nowhere = aside.ask(client, address, form), aside.ask(client, never, form)
                forms_differ = here.saw_how or nowhere.saw_how
                here, nowhere = nameless(here, address), nameless(nowhere, never)
                if told := here.differs(nowhere):
                    found[f"{page.name} {'GET' if form is None else 'POST'}"] = told
                if not forms_differ:
                    break
    with capsys.disabled():
        print(
            f"\n{role} of {code}: {asked} requests for what is hidden and for what never was,"
            f" {len(found)} differ"
        )
    assert asked > 50
    assert found == {}


def yes_or_no(answer: aside.Answer) -> aside.Answer:
    """Without the one sentence that a case which is hidden may change."""
    sentence = f" {wording.OTHER_LIVE}"
    longer = answer.text.count(sentence) * len(sentence)
    headers = re.sub(r"(?<=Content-Length: )\d+", lambda n: str(int(n[0]) - longer), answer.headers)
    return replace(answer, text=answer.text.replace(sentence, ""), headers=headers)


def nameless(answer: aside.Answer, address: str) -> aside.Answer:
    """Without the address that was asked for, which an answer may repeat."""
    parts = [p for p in address.split("/") if len(p) > 8]
    text, headers = answer.text, answer.headers
    for part in parts:
        text, headers = text.replace(part, "…"), headers.replace(part, "…")
    return aside.Answer(answer.status, headers, text, answer.statements)


def test_the_comparison_sees_a_row_more(scene: Scene) -> None:
    """A row that the advocate may see is set aside, and noticed: the test above is not blind."""
    _, client = signed_in(Role.ADVOCATE, "helpline")
    own = Entry.objects.filter(case=scene.case, partition="advocacy").values_list("pk", flat=True)
    address = reverse("cases:history", args=[scene.case.key])
    there = aside.ask(client, address)
    with aside.set_aside({"cases_entry": list(own)[:1]}):
        assert aside.ask(client, address).differs(there).startswith("text")
    assert aside.ask(client, address).differs(there) == ""
