import pytest
from django.test import Client

from lamplighter.hub.accounts.models import Role
from tests.integration.access import making

pytestmark = pytest.mark.django_db


def test_a_case_opens_for_those_on_it_and_is_not_there_for_others() -> None:
    case = making.a_case(None, "helpline")
    for role, code, status in (
        (Role.ADVOCATE, "helpline", 200),
        (Role.CLINICIAN, "health", 404),
        (Role.AUDITOR, "hub", 403),
    ):
        client = Client()
        client.force_login(making.somebody(role, code), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"/cases/{case.key}", secure=True)
        assert answer.status_code == status
        assert ("Nair" in answer.content.decode()) == (status == 200)
