"""Somebody who works by the keyboard alone, and what it costs: pages that load, and presses that act."""

from __future__ import annotations

import re

from playwright.sync_api import Page

# What the thing that has the focus says, its labels, and the question that it is an answer to.
HERE = """(e => {
    const said = n => n.textContent.replace(/\\s+/g, ' ').trim();
    const legend = e.closest('fieldset') && e.closest('fieldset').querySelector('legend');
    return {
        texts: [e, ...(e.labels || [])].map(said), group: legend ? said(legend) : '', type: e.type || '',
        main: !!e.closest('main'),
    };
})(document.activeElement)"""
MOST_TABS = 150


class Keyboard:
    """``pages``: documents that the browser has loaded, the first included. ``presses``: Enter and Space.

    Tab, the arrows and what is typed are counted apart, in ``tabs``: they move, and decide nothing.
    """

    def __init__(self, page: Page, start: str) -> None:
        self.page, self.pages, self.presses, self.tabs = page, 0, 0, 0
        page.on("domcontentloaded", lambda _: self._loaded())
        page.goto(start)

    def _loaded(self) -> None:
        self.pages += 1

    def to(self, text: str, *, group: str = "") -> None:
        """Press Tab until what has the focus begins with ``text``, under the question ``group``."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            self.tabs += 1
            here = self.page.evaluate(HERE)
            if any(t.startswith(text) for t in here["texts"]) and here["group"].startswith(group):
                return
        raise AssertionError(f"The keyboard never reached {text!r} on {self.page.url}")

    def go(self, text: str, to: str) -> None:
        """Follow a link or press a button, and wait for the page whose address matches ``to``."""
        self.to(text)
        with self.page.expect_navigation(url=re.compile(to)):
            self.press("Enter")

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def type(self, label: str, text: str, *, group: str = "") -> None:
        """Into a field, in the place of what is in it; in a list, what is typed chooses."""
        self.to(label, group=group)
        if self.page.evaluate("document.activeElement.tagName") != "SELECT":
            self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, *, group: str) -> None:
        """One of several: Tab reaches the first, which Space chooses; the arrows go on and choose."""
        self.to("", group=group)
        if self._says(label):
            self.press("Space")
            return
        for _ in range(30):
            self.page.keyboard.press("ArrowDown")
            if self._says(label):
                return
        raise AssertionError(f"{group!r} has no answer {label!r}")

    def _says(self, label: str) -> bool:
        here = self.page.evaluate(HERE)
        assert here["type"] == "radio", here
        return any(t.startswith(label) for t in here["texts"])
