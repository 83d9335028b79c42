"""Show on the page of a report's words what docs/reading-shown.md says of each of its sentences."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest
from django.urls import reverse

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns import services
from tests.integration.patterns import story
from tests.integration.patterns.test_learning import signed_in, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
DOC = Path(__file__).parents[3] / "docs" / "reading-shown.md"
SHOWN = re.compile(
    r"^- The page shows: (?P<act>.+), by “(?P<words>.+?)”(?: \((?P<why>.+)\))?\.$", re.MULTILINE
)
BY_WORDS = re.compile(r"“([^”]+)”, read from the words")


def sentences() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each sentence with what the document says of it: act, words, why it is left out."""
    found = []
    for block in DOC.read_text(encoding="utf-8").split("\n> ")[1:]:
        text, _, rest = block.partition("\n\n")
        told = rest.split("\n## ")[0]
        acts = [(m["act"], m["words"], m["why"] or "") for m in SHOWN.finditer(told)]
        assert bool(acts) is not ("The page shows no act" in told), text
        found.append((text, acts))
    return found


def test_the_page_shows_what_the_document_says(client, settings) -> None:
    said = sentences()
    assert len(said) == 20
    reports = [
        {
            "report_id": f"force_b:HM26000900{n:02}",
            "source": "force_b",
            "agency": "force-b",
            "recorded_as": "other",
            "at": dt.datetime(2026, 4, 20, 8, 0),
            "people": (),
            "summary": text,
        }
        for n, (text, _) in enumerate(said)
    ]
    story.receive(reports)
    for report in reports:
        services.report_saved(report["report_id"], None)
    signed_in(client, settings, somebody("officer", Role.INVESTIGATOR))
    for report, (text, acts) in zip(reports, said, strict=True):
        page = client.get(reverse("patterns:words", args=[intake.report_key(report["report_id"])]))
        told = " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.content.decode())).split())
        counted = {words for _, words, why in acts if not why}
        assert set(BY_WORDS.findall(told)) == counted, text
        for act, words, why in acts:
            line = f"{act}, “{words}”: {why}" if why else f"{act} “{words}”, read from the words"
            assert line in told, (text, line)
        if not acts:
            assert "No act was read from the words." in told, text
