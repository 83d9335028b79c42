"""Make the demonstration hub: its users, and three agencies' exports brought in as any would be."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.demo import blind_sample as agreement
from lamplighter.hub.demo import cases
from lamplighter.hub.intake import services as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.site import places
from lamplighter.synthetic import demo

PASSWORD = "lamplighter demo"  # noqa: S105  printed on purpose: a hub of made-up people on one machine
AGENCIES = (
    ("force-a", "Force A", Agency.Kind.POLICE),
    ("force-b", "Force B", Agency.Kind.POLICE),
    ("helpline", "Stalking helpline", Agency.Kind.ADVOCACY),
    ("health", "Health trust", Agency.Kind.HEALTH),
    ("probation", "Probation service", Agency.Kind.PROBATION),
    ("hub", "The hub", Agency.Kind.HUB),
)
USERS = (
    ("coordinator", "Sam Okafor", Role.COORDINATOR, "force-a"),
    ("investigator", "Jo Fenwick", Role.INVESTIGATOR, "force-b"),
    ("lead", "Alex Thorne", Role.STALKING_LEAD, "force-a"),
    ("advocate", "Mina Castell", Role.ADVOCATE, "helpline"),
    ("probation", "Chris Amadi", Role.PROBATION, "probation"),
    ("clinician", "Robin Hale", Role.CLINICIAN, "health"),
    ("analyst", "Lee Marsden", Role.ANALYST, "hub"),
    ("auditor", "Pat Vance", Role.AUDITOR, "hub"),
    ("administrator", "Kim Doyle", Role.ADMINISTRATOR, "hub"),
)
FILES = (
    ("force_a_rms", ("force_a_rms_extract.csv",)),
    ("force_b", ("force_b_crimes.txt", "force_b_nominals.txt", "force_b_links.txt")),
    ("helpline", ("helpline_contacts.jsonl",)),
)
Step = Callable[[str], Callable[[str, float], None]]


def make_users() -> list[tuple[str, str, str]]:
    """One user of each role; returns user name, role and agency in words."""
    agencies = {code: accounts.ensure_agency(code, name, kind) for code, name, kind in AGENCIES}
    made = []
    for username, name, role, agency in USERS:
        known = User.objects.called(username) is not None
        user = accounts.ensure_user(
            username, password=PASSWORD, display_name=name, role=role, agency=agencies[agency]
        )
        if not known:
            members.confirmed_at_the_server(user)
        made.append((username, role.label, agencies[agency].name))
    return made


def build(step: Step, *, blind_sample: bool = False) -> None:
    """Exports, import, who is who, patterns, cases. What is done already is not done again.

    ``blind_sample``: thirty more cases, judged twice.
    """
    if not patterns_found():
        _find_patterns(step)
    users = {u.username: u for u in User.objects.filter(username__in=[name for name, *_ in USERS])}
    if not cases.told(users):
        done = step("Telling the cases")
        cases.tell_all(users, done)
        done("", 1.0)
    if blind_sample:
        done = step("Judging thirty cases twice")
        agreement.tell(users, done)
        done("", 1.0)


def days() -> tuple[dt.date, dt.date]:
    """Return the last day of the made-up world, which is yesterday, and that of the story's last report."""
    return timezone.localdate() - dt.timedelta(days=1), cases.day(cases.REPORTED).date()


def forget() -> None:
    """Remove the exports, so that they are made anew, ending today."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder() -> Path:
    return places.home() / "demo"


def _find_patterns(step: Step) -> None:
    folder = _folder()
    done = step("Making a fictional force area")
    # Those of an earlier day that were cut short are gone on with: half of them may have been read.
    if not (folder / "complete").exists():
        ends, story_ends = days()
        demo.write(folder, ends=ends, story_ends=story_ends)
        (folder / "complete").write_text(f"{ends.isoformat()}\n", "utf-8")
    done("", 1.0)
    import_all(folder, step)
    relinking.relink_all(step("Finding who is who"))
    patterns.refresh_all(step("Finding what belongs together"))


def import_all(folder: Path, step: Step) -> None:
    """Import the three exports with their mappings, as a coordinator would."""
    for mapping, names in FILES:
        done = step(f"Importing {mapping.replace('_', ' ')}")
        delivery = intake.import_files([folder / name for name in names], mapping)
        if delivery.state == Delivery.State.FAILED:
            raise RuntimeError(f"The import of {mapping} stopped: {delivery.problem}")
        done("", 1.0)


def patterns_found() -> bool:
    from lamplighter.hub.patterns.models import Computation

    return Computation.objects.exists()
