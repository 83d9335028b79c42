"""A table that says no partition, or a page that does not say what it shows, fails the build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from lamplighter.hub.access.pages import shows

UNSAID = "access.Unsaid"


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@shows("attic")
def of_the_attic(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", include("lamplighter.hub.web.urls")),
    path("silent", silent, name="silent"),
    path("attic", of_the_attic, name="attic"),
]


def found() -> list[tuple[str | None, str]]:
    return [(e.id, e.msg) for e in run_checks(tags=["access"])]


@pytest.fixture
def unsaid() -> Iterator[dict[str, object]]:
    """What a model is made of that lives as long as the test."""
    yield {"__module__": "lamplighter.hub.access.models", "Meta": type("Meta", (), {"app_label": "access"})}
    apps.all_models["access"].pop("unsaid")
    apps.clear_cache()


def test_every_table_and_page_of_the_hub_is_declared() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({}, "says no partition"),
        ({"wall": "attic"}, "says a partition that is not there: attic"),
        ({"wall": "police"}, "is in police and has no column case_id, owner_id"),
    ],
)
def test_a_table_without_a_partition_fails(
    unsaid: dict[str, object], said: dict[str, str], problem: str
) -> None:
    type("Unsaid", (models.Model,), unsaid | said)
    assert found() == [("access.E001", f"{UNSAID} {problem}.")]


def test_a_page_that_says_nothing_fails() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert found() == [
            ("access.E002", "The page silent does not say which partitions it can show."),
            ("access.E003", "The page attic shows unknown partitions: {'attic'}."),
        ]
    assert found() == []
