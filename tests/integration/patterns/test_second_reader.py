"""What the second reader proposes on the page of an incident's words: agreed with, declined, or not there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lamplighter.courses.second_reader import model_files, proposing
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.patterns import selectors
from lamplighter.hub.patterns.models import Correction, Course, Finding, Occasion
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
LIKE = ("sat in his car outside her work", "he was parked by the gate again")
WORDS = "there he was by the bus stop"


@pytest.fixture
def officer(client, settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = False
    force = ensure_agency("force-a", "Force A", "police")
    user = ensure_user(
        "officer",
        password="a-long-password-1",
        display_name="A. Officer",
        role=Role.INVESTIGATOR,
        agency=force,
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def proposed(monkeypatch):
    made = proposing.Proposal("tracking", WORDS, 4, 32, 0.68, LIKE)
    monkeypatch.setattr(proposing, "proposals", lambda text, **names: (made,))
    return {"behaviour": "tracking", "start": "4"}


def page():
    found = selectors.of_report(story.STORY[0]["report_id"]).get()
    return reverse("patterns:occasion", args=[found.course_id, 0])


def standing():
    """Return everything that is read from the reports as it stands."""
    courses = Course.objects.filter(superseded_at=None).order_by("course_id")
    return (
        list(courses.values_list("course_id", "reading", "flagged", "urgency_key")),
        list(
            Finding.objects.filter(course__in=courses).order_by("pk").values_list("rule_id", "met", "words")
        ),
        list(Occasion.objects.filter(course__in=courses).order_by("pk").values_list("acts", "words")),
    )


def test_a_proposal_stands_apart_shows_what_it_is_like_and_changes_nothing(client, officer, proposed):
    before = standing()
    text = client.get(page()).content.decode()
    assert "A second reader proposes" in text
    assert f"“{WORDS}” reads like:" in text
    assert all(f"<i>{e}</i>" in text for e in LIKE)
    assert "Of ten such proposals about 7 were right" in text
    assert text.index("A second reader proposes") > text.index(">Acts</h2>")
    assert standing() == before
    assert not Correction.objects.exists()


def test_agreeing_makes_it_the_act_of_whoever_agreed_with_its_words(client, officer, proposed):
    assert client.post(page(), proposed | {"kind": "agreed"}).status_code == 302
    kept = Correction.objects.get()
    assert (kept.kind, kept.behaviour, kept.reason, kept.by) == ("added", "tracking", WORDS, officer)
    text = client.get(page()).content.decode()
    assert f"“{WORDS}”, added by a person; added by A. Officer." in text
    assert "A second reader proposes" not in text


def test_declining_is_kept_with_its_words_and_takes_nothing_out(client, officer, proposed):
    before = standing()
    assert client.post(page(), proposed | {"kind": "declined"}).status_code == 302
    kept = Correction.objects.get()
    assert (kept.kind, kept.behaviour, kept.reason) == ("declined", "tracking", WORDS)
    text = client.get(page()).content.decode()
    assert "A second reader proposes" not in text
    assert f"“{WORDS}”: proposed by the second reader, declined by A. Officer" in text
    assert standing() == before
    assert Event.objects.filter(verb="patterns.act_declined").exists()
    # Whoever finds the act elsewhere in the words can still add it.
    added = {"kind": "added", "behaviour": "tracking", "reason": "By the gate."}
    assert client.post(page(), added).status_code == 302
    assert "By the gate." in client.get(page()).content.decode()


def test_what_is_no_longer_proposed_is_refused_in_words(client, officer, proposed):
    answer = client.post(page(), proposed | {"kind": "agreed", "start": "5"})
    assert answer.status_code == 422
    assert "This is no longer proposed" in answer.content.decode()
    assert not Correction.objects.exists()


def test_where_it_is_not_installed_or_refused_the_page_says_nothing_of_it(client, officer, monkeypatch):
    monkeypatch.setattr(model_files, "_found", lambda: dict.fromkeys(model_files.PINNED))
    assert "second reader" not in client.get(page()).content.decode()

    def refused(text, **names):
        raise model_files.ModelError("model.safetensors is not the file that was checked")

    monkeypatch.setattr(proposing, "proposals", refused)
    answer = client.get(page())
    assert answer.status_code == 200
    assert "second reader" not in answer.content.decode()
