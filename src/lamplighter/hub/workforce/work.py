"""List what waits for the team for staff who are reported: a team to name, steps, new reports, a check."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.notices import Notice
from lamplighter.hub.workforce import permissions, presenters, rules, selectors
from lamplighter.hub.workforce.configuration import CHECK_END, NAME_TEAM
from lamplighter.hub.workforce.models import Marker
from lamplighter.reporting.words import count

READ_WITHIN = dt.timedelta(days=1)
SENIORS = "Coordinators and stalking leads of other agencies"


def notices(user: User, team: bool) -> list[Notice]:
    """Return what waits for this person; nothing where they may read no marker."""
    if team or not permissions.may_see_marker(user):
        return []
    found = selectors.every() if permissions.may_lead(user) else selectors.of_team(user)
    return [n for m in selectors.standing(found) for n in _of(user, m)] if found else []


def _of(user: User, marker: Marker) -> list[Notice]:
    href = reverse("workforce:marker", args=[marker.key])
    lead, about = selectors.lead(marker), presenters.title(marker)
    outside = permissions.may_lead(user) and user.agency_id != marker.agency_id
    made = []
    if lead is None and outside:
        text, due_at = rules.limit(NAME_TEAM, marker.at)
        made.append(Notice(text, f"{about}. Nobody deals with it yet.", due_at, href, SENIORS))
    if lead is not None and lead.user_id == user.pk:
        made += [
            Notice(
                s.title,
                about,
                s.due_at,
                reverse("workforce:step", args=[marker.key, s.key]),
                "Assigned to you",
            )
            for s in selectors.steps(marker)
            if not s.outcomes.all()
        ]
    if new := selectors.unread(marker, user):
        text = f"Read {count(len(new), 'new report')} about staff of {presenters.employer(marker)}"
        made.append(Notice(text, about, new[0].at + READ_WITHIN, href, "The team"))
    proposal = selectors.open_end(marker)
    if proposal is not None and outside and proposal.by and proposal.by.agency_id != user.agency_id:
        text, due_at = rules.limit(CHECK_END, proposal.at)
        there = reverse("workforce:check_end", args=[marker.key, proposal.key])
        made.append(Notice(text, f"{about}. The team’s lead says it was wrong.", due_at, there, SENIORS))
    return made
