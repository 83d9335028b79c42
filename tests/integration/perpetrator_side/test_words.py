"""What was delivered is never shown as if it had made anybody less dangerous."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver

from lamplighter.hub import perpetrator_side
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.perpetrator_side import claims, selectors, services, wording
from lamplighter.hub.perpetrator_side.health_flags import services as health_flags
from lamplighter.hub.perpetrator_side.models import HealthFlag, Statement
from lamplighter.hub.perpetrator_side.programmes import delivery
from tests.integration.perpetrator_side import telling

HOME = Path(perpetrator_side.__file__).parent
# A claim of each kind, to show that the search finds what it is for.
CLAIMS = (
    "The risk is reduced.",
    "Risk: low",
    "The programme reduced his risk of stalking",
    "The danger to her has fallen",
    "He is at lower overall risk now",
    "No further risk is expected",
    "Successfully completed",
    "He completed the programme successfully",
    "She is safer now",
    "no longer a threat",
    "rehabilitated",
    "failed to engage",
    "the offender",
)
FAIR = (
    wording.CAUTION,
    wording.MEASURE_CAUTION,
    "Delivered in full: 9 sessions attended of 10 offered.",
    "A type says nothing about how dangerous a person is.",
    "Low confidence",
    "Stalking Risk Profile",
)


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_search_finds_a_claim(claim: str) -> None:
    assert claims.forbidden_in(claim)


@pytest.mark.parametrize("words", FAIR)
def test_the_search_leaves_fair_words_alone(words: str) -> None:
    assert claims.forbidden_in(words) == []


def files() -> list[Path]:
    return sorted(p for p in HOME.rglob("*") if p.suffix in {".html", ".toml"})


@pytest.mark.parametrize("path", files(), ids=lambda p: p.name)
def test_no_template_and_no_data_file_makes_a_claim(path: Path) -> None:
    text = re.sub(r"<[^>]*>|\{[{%#].*?[#%}]\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    assert claims.forbidden_in(text) == []


# What the search itself is made of.
PATTERNS = {"FORBIDDEN", "_LESS", "_RISK"}


def sentences(path: Path) -> list[str]:
    """Every text in a module that a page could show: not what explains the code, nor the search itself."""
    found: list[str] = []

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.Assign) and {getattr(t, "id", "") for t in node.targets} & PATTERNS:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(path.read_text("utf-8")))
    return found


def test_no_sentence_in_the_code_makes_a_claim() -> None:
    read = [(path.name, text) for path in sorted(HOME.rglob("*.py")) for text in sentences(path)]
    assert ("wording.py", wording.CAUTION) in read
    assert [(name, text) for name, text in read if claims.forbidden_in(text)] == []


@pytest.fixture
def delivered(db: None) -> tuple[User, Case, str]:
    """A case with everything on it: a programme delivered in full, better scores, a published summary."""
    case, user = telling.a_case(), telling.clinician()
    key = telling.allocated(user, case).enrolment.key
    for number in range(1, 10):
        telling.held(user, case, key, number, ago=90 - 9 * number)
    with as_person(user):
        delivery.end(user, case, selectors.course(case, key), "completed", "He keeps the booklet")
        instrument = instruments.every()["moving_on", "1"]
        items = [item.code for item in instrument.scale.items] if instrument.scale else []
        for when, ago, answer in (("before", 95, 1), ("after", 5, 3)):
            day = telling.days_ago(ago).date()
            services.measure(user, case, instrument, when, day, dict.fromkeys(items, answer))
        services.judge_type(user, case, "rejected", "low", "Letters")
        services.record_relationship(user, case, "ex_intimate", "The referral")
        services.state(user, case, "presenting", "He writes", [selectors.can_show(case)[0].key])
        day = telling.days_ago(2).date()
        services.advise(
            user, case, kind="advice", on=day, to="Probation", question="Q", advice="A", minutes=5
        )
        services.publish(user, case)
        health_flags.flag(user, case, source="liaison", noted_on=day, words="Seen in custody")
    return user, case, str(key)


def addresses(case: Case) -> list[str]:
    """Every page of this side, from the site's own list of addresses, with keys of rows that are there."""
    line = str(Statement.objects.get(case=case).line)
    course = selectors.courses(case)[0]
    given = {
        "key": str(case.key),
        "line": line,
        "code": "moving_on",
        "version": "1",
    }
    found = []
    for pattern in _own_patterns():
        row = str(course.sessions[0].session.key if "sessions/" in pattern else course.enrolment.key)
        if "health/" in pattern:
            row = str(HealthFlag.objects.get(case=case).key)
        code = "fact" if "enrol/" in pattern else given["code"]
        values = given | {"row": row, "code": code}
        for name, value in values.items():
            pattern = re.sub(rf"<\w+:{name}>", value, pattern)
        found.append(f"/cases/{pattern}")
    return found


def _own_patterns() -> list[str]:
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "namespace", None) == "perpetrator_side":
            return [str(entry.pattern) for entry in resolver.url_patterns]
    raise AssertionError("The pages of this side are not in the site.")


def test_no_page_reads_as_if_a_programme_had_made_anybody_less_dangerous(
    delivered: tuple[User, Case, str],
) -> None:
    user, case, _ = delivered
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pages = [*addresses(case), f"/cases/{case.key}", f"/cases/{case.key}/history"]
    assert len(pages) > 20
    for address in pages:
        answer = client.get(address, secure=True)
        assert answer.status_code == 200, address
        text = html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))
        assert claims.forbidden_in(text) == [], address


def test_wherever_a_programme_that_ended_is_shown_the_caution_stands_beside_it(
    delivered: tuple[User, Case, str],
) -> None:
    user, case, key = delivered
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "/programmes", f"/programmes/{key}", "/publish"):
        text = client.get(f"/cases/{case.key}/intervention{page}", secure=True).content.decode()
        assert "delivered in full" in text, page
        assert "not a finding about how dangerous" in text, page
    text = client.get(f"/cases/{case.key}/intervention/measures", secure=True).content.decode()
    assert html.escape(wording.MEASURE_CAUTION) in text or wording.MEASURE_CAUTION in text
