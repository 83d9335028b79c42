"""The tabs of a case, on one line, and the pages inside the tab that one is in.

Five of the six at most for nearly everybody: who has both sides of a case, by
emergency access, has both tabs. A new context adds pages inside a tab
(:class:`lamplighter.hub.cases.panels.Place`) and never a tab.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.panels import Place, places

OVERVIEW = "overview"
TIMELINE = "timeline"
VICTIM = "victim"
SUSPECT = "suspect"
SHARING = "sharing"
ADMINISTRATION = "administration"
TITLES = {
    OVERVIEW: "Overview",
    TIMELINE: "Timeline",
    VICTIM: "Victim’s side",
    SUSPECT: "Suspect’s side",
    SHARING: "Sharing",
    ADMINISTRATION: "Case administration",
}


def navigation(user: User, case: Case, here: str, query: str) -> dict[str, Any]:
    """Return ``{tabs, tab, pages}``: the tabs, the name of the one that holds ``here``, and its pages.

    ``here`` is a URL name; ``query`` goes with every link. A tab of one page has
    no list of pages.
    """
    found: dict[str, list[Place]] = {name: [] for name in TITLES}
    for place in places(user, case):
        found[place.tab].append(place)
    inside = next(
        (name for name, held in found.items() for p in held if here == p.page or here in p.within), ""
    )

    def link(text: str, page: str, current: str) -> dict[str, str]:
        return {"text": text, "href": reverse(page, args=[case.key]) + query, "current": current}

    def current(place: Place) -> str:
        return "page" if here == place.page else "true" if here in place.within else ""

    tabs = [
        # The tab itself is the page that it leads to, and else only holds it.
        link(TITLES[name], held[0].page, "page" if held[0].page == here else "true" if name == inside else "")
        for name, held in found.items()
        if held
    ]
    own = found.get(inside, [])
    return {
        "tabs": tabs,
        "tab": TITLES.get(inside, ""),
        "pages": [link(p.name, p.page, current(p)) for p in own] if len(own) > 1 else [],
    }
