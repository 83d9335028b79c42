"""The register's pages: true in every cell, plain to read, and with silence called silence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

from lamplighter.studies.register.loading import load, shipped
from lamplighter.studies.register.pages import Page, site_pages
from tests.unit.studies.registers import claim, evidence, folder, measured

ON = dt.date(2026, 11, 30)
VOID = {"br"}


class Read(HTMLParser):
    """Reads a fragment: what stands in <data> and <time>, other text, headings, links and open elements."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.data: list[tuple[str, str, str]] = []
        self.times: list[tuple[str, str]] = []
        self.plain: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.attrs: dict[str, str | None] = {}
        self.scopes = self.captions = self.tables = 0
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.attrs = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.links += [str(self.attrs["href"])] if tag == "a" else []
        self.tables += tag == "table"
        self.captions += tag == "caption"
        assert tag != "th" or self.attrs["scope"] in ("row", "col")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, words: str) -> None:
        where = self.open[-1] if self.open else ""
        if where == "data":
            self.data.append((words, str(self.attrs["value"]), str(self.attrs["data-cell"])))
        elif where == "time":
            self.times.append((words, str(self.attrs["datetime"])))
        else:
            self.plain.append(words)


def resolve(pages: list[Page], cell: str) -> object:
    """Return the cell that an address names. Raises ``KeyError`` or ``ValueError`` where there is none."""
    found = re.fullmatch(r"data/([a-z-]+)\.csv#(.+)/([a-z_]+)", cell)
    assert found, cell
    rows = {row["id"]: row for page in pages for row in page.tables.get(found[1], ())}
    return rows[found[2]][found[3]]


def check(pages: list[Page]) -> int:
    """Check every page, and return how many numbers were resolved."""
    paths = {page.path for page in pages}
    numbers = 0
    for page in pages:
        read = Read(page.body)
        assert read.open == []
        assert read.headings[0] == 1
        assert read.headings.count(1) == 1
        heading = re.sub(r"<[^>]+>", "", page.body.split("</h1>")[0].split("<h1>")[1])
        assert heading == escape(page.title)
        assert max(b - a for a, b in zip(read.headings, [*read.headings[1:], 1], strict=True)) <= 1
        assert read.tables == read.captions
        assert len(page.body.encode()) < 200_000
        assert "<script" not in page.body
        left = [words for words in read.plain if re.search(r"\d", words)]
        assert left == [], (page.path, left)
        for shown, value, cell in read.data:
            held = resolve(pages, cell)
            assert value == str(held), (page.path, cell)
            assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", cell.split("#")[1].rsplit("/", 1)[0])
            assert shown.replace("\u2009", "") == value
            numbers += 1
        for link in read.links:
            if not link.startswith("http"):
                assert normpath(join(dirname(page.path), link)) in paths, (page.path, link)
    return numbers


def test_every_number_of_every_shipped_page_is_a_cell() -> None:
    pages = site_pages(shipped(), ON)
    assert len({p.path for p in pages}) == len(pages) == 1 + 35 + 43
    assert check(pages) > 450
    assert {p.path for p in pages} >= {
        "register/index.html",
        "register/super-complaint-2024-07.html",
        "register/forces/kent.html",
    }


def test_a_wrong_number_is_found_by_the_check() -> None:
    pages = site_pages(shipped(), ON)
    first = dataclasses.replace(pages[0], body=pages[0].body.replace(">645<", ">646<"))
    with pytest.raises(AssertionError):
        check([first, *pages[1:]])
    bare = dataclasses.replace(pages[0], body=pages[0].body + "<p>43 forces</p>")
    with pytest.raises(AssertionError):
        check([bare, *pages[1:]])


def page(path: str) -> str:
    body = next(p.body for p in site_pages(shipped(), ON) if p.path == path)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))


def test_the_page_of_silence_says_how_much_is_silent_and_who_has_looked() -> None:
    told = page("register/index.html")
    assert (
        "43 police forces were each asked to do 15 things about stalking: 645 answers. For 634 of them this "
        "register holds no public evidence at all. Of the rest, 9 are said to be done and 2 are accepted."
        in told
    )
    assert "No public evidence is not the same as nothing done." in told
    assert "the own pages of 34 have not been read for this register, and those of 0 were read whole" in told
    assert "22 recommendations. The exact words of 0 are held." in told
    for word in ("rank", "best", "worst", "league", "fail"):
        assert word not in told.lower()


def test_a_force_has_its_fifteen_with_those_that_nobody_identified() -> None:
    told = page("register/forces/hampshire.html")
    assert "The chief constable was asked 15 things. For 13 of them no public evidence is held" in told
    assert told.count("Not identified: its words are not held") == 10
    assert "613 days. Nothing held says that it is done: the days run on." in told
    assert "A part of its own pages was read for this register." in told
    assert "Hampshire gave a later date, no later than" in told
    quiet = page("register/forces/essex.html")
    assert "Nothing that the force said is held." in quiet
    assert "Its own pages have not been read for this register." in quiet
    assert "Says that all forces had published an action plan by January 2025" in quiet


def test_a_recommendation_goes_from_its_words_to_its_verdict() -> None:
    body = next(
        p.body for p in site_pages(shipped(), ON) if p.path == "register/super-complaint-2024-07.html"
    )
    heads = re.findall(r"<h2>(.*?)</h2>", body)
    assert [re.sub(r"<[^>]+>", "", h) for h in heads] == [
        "Its exact words",
        "What it asks, in our words",
        "What would show that it was done",
        "What was said",
        "What the evidence shows",
        "How it stands on 30\u00a0November\u00a02026",
        "Where it was read",
        "What changed on this page",
    ]
    assert "Text not held. Nobody here has read the publication, and no words are made up." in body


def test_evidence_rules_and_words_that_are_held_are_shown_and_their_numbers_resolve(tmp_path: Path) -> None:
    more = claim("accepted", text="Says 7.1 is <b>met</b> & 90% by 3 May 2025, or in 2026."), evidence()
    register = load(folder(tmp_path, *more, measured(94.5, 91.0, 96.0, "2024-10-01")))
    pages = site_pages(register, ON)
    assert check(pages) > 100
    body = next(p.body for p in pages if p.path == "register/report-1.html")
    assert "<blockquote><p>Forces should search their records.</p></blockquote>" in body
    assert "&lt;b&gt;met&lt;/b&gt; &amp;" in body
    assert '<time datetime="2025-05-03">3 May 2025</time>' in body
    assert '<time datetime="2026">2026</time>' in body
    assert "Shown to be done" in body


def test_an_earlier_day_has_what_was_entered_by_then_and_nothing_more(tmp_path: Path) -> None:
    register = load(folder(tmp_path, claim("accepted", "2024-03-01"), evidence("met", "2024-09-01")))
    early = site_pages(register, dt.date(2024, 3, 1))
    assert all("Shown to be done, since" not in p.body for p in early)
    assert "No evidence is held." in next(p.body for p in early if p.path == "register/report-1.html")
    assert len(site_pages(register, dt.date(2024, 1, 31))) == 1 + 43  # before the register held anything
    check(early)


def test_the_same_day_gives_the_same_bytes() -> None:
    assert site_pages(shipped(), ON) == site_pages(shipped(), ON)
