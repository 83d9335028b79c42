"""Show: the schedule, the pack for a stalking protection order and the bundle, made by an officer on pages.

The files, and their pages as pictures where this machine can draw them, are written into
``LAMPLIGHTER_SHOW_FOLDER``, or into a folder of this run. The DOCX is opened by LibreOffice where it is here.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pypdf
import pytest
from playwright.sync_api import Page, expect

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.evidence.models import File
from tests.browser import steps
from tests.integration.closing.telling import assess
from tests.integration.evidence import making as evidence
from tests.integration.papers import telling
from tests.unit.hub.evidence import hostile

INCIDENTS = 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(os.environ.get("LAMPLIGHTER_SHOW_FOLDER") or tmp_path)
    made.mkdir(parents=True, exist_ok=True)
    return made


def when_it_is_issued(page: Page) -> str:
    """Issue the paper that is shown; return its address."""
    address = page.url
    page.get_by_role("button", name="Issue this version").click()
    page.get_by_label("To whom does it go?").fill("The magistrates’ court")
    page.get_by_role("group", name="On what legal basis?").get_by_role("radio").first.check()
    page.get_by_label("Why is it needed?").fill("For the application of next week.")
    page.get_by_label("I have read the whole paper, as it is shown here").check()
    page.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    return address


def the_file(page: Page, address: str, folder: Path, name: str, form: str = "pdf") -> bytes:
    """Keep a form of a paper, and its pages as pictures; return its bytes."""
    answer = page.request.get(f"{address}/{form}")
    assert answer.status == 200
    kept = folder / f"{name}.{form}"
    kept.write_bytes(answer.body())
    if form == "docx" and shutil.which("soffice"):
        profile = f"-env:UserInstallation=file://{folder}/office"
        words = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf:writer_pdf_Export",
            "--outdir",
            folder,
        ]
        (folder / f"{name}-docx.docx").write_bytes(answer.body())
        subprocess.run([*words, folder / f"{name}-docx.docx"], check=True, capture_output=True, timeout=300)
        kept = folder / f"{name}-docx.pdf"
    if kept.suffix == ".pdf" and (draws := shutil.which("pdftoppm")):
        subprocess.run([draws, "-r", "60", "-png", kept, folder / kept.stem], check=True)
    return answer.body()


def words_of(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


@pytest.mark.slow
def test_schedule_pack_and_bundle_of_a_case(page: Page, site: str, folder: Path) -> None:
    page.set_default_timeout(60_000)
    user = steps.given_i_am_signed_in(page, site, Role.INVESTIGATOR)
    case = telling.a_case(user, INCIDENTS)
    picture = hostile.picture(size=(600, 400), position=True)
    car = evidence.receive(user, case, of=evidence.sent(picture, "IMG_1.jpg"), title="Photograph of the car")
    evidence.answered(File.objects.get(role="original"))
    page.goto(f"{site}/cases/{case.key}/exhibits/{car.key}/incidents")
    page.get_by_role("checkbox", name=re.compile("5 March 2026")).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assess(user, case)
    papers = f"{site}/cases/{case.key}/papers"

    page.goto(f"{papers}/make/schedule")
    page.get_by_role("button", name="Make the draft").click()
    steps.then_the_page_is_accessible(page)
    steps.then_no_word_of_a_table_is_broken_on_a_phone(page)
    draft = the_file(page, page.url, folder, "schedule-draft")
    assert "DRAFT" in words_of(draft)
    schedule = when_it_is_issued(page)
    text = words_of(the_file(page, schedule, folder, "schedule"))
    assert "DRAFT" not in text
    assert all(f"4A/{number:06d}/26" in text for number in range(INCIDENTS))

    page.goto(f"{papers}/make/spo")
    page.get_by_label("Why is an order necessary, and why would nothing less do?").fill(
        "A warning and another order did not stop it."
    )
    page.get_by_label("Why are those who made the statements not called?").fill(
        "Officers produce the reports."
    )
    page.get_by_role("group", name="Draft positive requirements").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the draft").click()
    steps.then_the_page_is_accessible(page)
    steps.then_no_word_of_a_table_is_broken_on_a_phone(page)
    pack = when_it_is_issued(page)
    text = words_of(the_file(page, pack, folder, "spo"))
    assert "A warning and another order did not stop it." in text
    assert re.search("hearsay", text, re.IGNORECASE)
    # What is said to whoever finishes the pack is not what the court reads.
    assert not re.search("On the draft alone|check it|How firm|unused material", text)
    assert "s.2A(3)(g) watching Incident 5 E1" in text
    assert "s.2A(3)(a) following Incidents 1 and 6 None linked" in text
    written = docx.Document(io.BytesIO(the_file(page, pack, folder, "spo", "docx")))
    titles = [p.text for p in written.paragraphs if (p.style.name or "").startswith("Heading")]
    assert len(titles) > 4
    assert all(" ".join(title.split()) in text for title in titles)
    assert "python-docx" not in f"{written.core_properties.author}{written.core_properties.comments}"
    if (folder / "spo-docx.pdf").exists():
        opened = words_of((folder / "spo-docx.pdf").read_bytes())
        assert all(" ".join(title.split()) in opened for title in titles)

    page.goto(f"{papers}/make/bundle")
    page.get_by_label("For which court?").fill("The magistrates’ court")
    for box in page.get_by_role("group", name="Documents").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_text("Passed")).to_have_count(8)
    steps.then_the_page_is_accessible(page)
    steps.then_no_word_of_a_table_is_broken_on_a_phone(page)
    bundle = when_it_is_issued(page)
    made = the_file(page, bundle, folder, "bundle")
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.page_labels == [str(n) for n in range(1, len(reader.pages) + 1)]
    assert len(reader.outline) >= 3
    assert hostile.MARK.encode() not in made
    assert b"GPSLatitude" not in made
    page.goto(papers)
    steps.then_no_word_of_a_table_is_broken_on_a_phone(page)
