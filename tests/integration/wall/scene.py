"""The scene of the tests of the wall: marked words everywhere, who looks, what the rules let them read."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.cases.models import Participation, Party
from lamplighter.hub.cases.status import changes, criminal_matters
from lamplighter.hub.instruments.models import Sheet, SheetAnswer, SheetEnd
from lamplighter.hub.intake.documents import services as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.meetings.general import services as general
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Link, Membership
from lamplighter.hub.redaction import services as redaction
from lamplighter.hub.redaction.models import Redaction
from lamplighter.hub.risk.models import Assessment, CitedInstrument
from tests.integration.access import making
from tests.integration.access.test_policy_table import is_reader
from tests.integration.intake import making as documents
from tests.integration.meetings import making as meetings
from tests.integration.wall import elsewhere, planting

ON_THE_CASE = ("force-a", "helpline", "health", "probation")
OWNERS = {
    "shared": ON_THE_CASE,
    "police": ("force-a",),
    "health": ("health", "probation"),
    "advocacy": ("helpline",),
    "vault": ("helpline",),
    "warning": ("force-a", "helpline"),
}
ROLE_OF = {
    "force-a": Role.INVESTIGATOR,
    "helpline": Role.ADVOCATE,
    "health": Role.CLINICIAN,
    "probation": Role.PROBATION,
}
WALKERS = [
    *((role, "force-a") for role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD)),
    (Role.ADVOCATE, "helpline"),
    (Role.CLINICIAN, "health"),
    (Role.PROBATION, "probation"),
    (Role.INVESTIGATOR, "force-b"),
    (Role.ANALYST, "hub"),
    (Role.AUDITOR, "hub"),
    (Role.ADMINISTRATOR, "hub"),
    (None, ""),
]
# Applications whose pages have another name in addresses.
PAGES_OF = {"access": "oversight", "audit": "looks"}
REASON = "A look that is needed for this test, with a reason."


class Scene:
    """Two cases with marked words, one that most agencies work on and one of force-b; and a pattern."""

    def __init__(self) -> None:
        self.staff = {code: making.somebody(role, code) for code, role in ROLE_OF.items()}
        self.other = making.somebody(Role.INVESTIGATOR, "force-b")
        self.case = making.a_case(self.staff["force-a"], "helpline", "health", "probation")
        self.far = making.a_case(self.other)
        # Said of nobody; what meetings said of the cases is planted like every row of a case.
        self.meeting = meetings.plan(making.somebody(Role.COORDINATOR, "hub"))
        owners = {p: [making.agency(c) for c in codes] for p, codes in OWNERS.items()}
        self.planted = planting.Planted()
        planting.plant(self.planted, self.case, owners, self.staff)
        far = {p: [making.agency("force-b")] if p in {"shared", "police", "warning"} else [] for p in OWNERS}
        planting.plant(self.planted, self.far, far, {"force-b": self.other})
        self._live_elsewhere()
        self._submitted()
        self._cited()
        self._redacted()
        self._reports()
        self._known = self._told()

    def plant_elsewhere(self, *, mapping: bool = False) -> None:
        """Rows of what is of no case too: about somebody, who is none of those who look; and files.

        ``mapping``: a mapping's words too. It is a file that is not sealed for one person, so it is the
        application's checks that keep it, and the database cannot.
        """
        somebody = making.somebody(Role.ADVOCATE, "helpline")
        keys = elsewhere.plant(self.planted, self.case, making.agency("force-a"), somebody)
        with planting.as_if_written_before():
            word = self.planted.add("shared", "force-a", self.case.pk, "cases.Participation.reason")
            Participation.objects.filter(case=self.case, owner="force-a").update(reason=word)
        self.planted.models.add("cases.Participation")
        self._known |= elsewhere.plant_files(self.planted, mapping=mapping)
        self._known["key in accounts"] = [str(somebody.key)]
        # The part that the planted row is of.
        self._known["name in configuration"] = ["cases"]
        self._known["code in law"] = ["isa_guidance", "victims_code"]
        for application, of_it in keys.items():
            for name in {application, PAGES_OF.get(application, application)}:
                for what in ("key", "row"):
                    self._known.setdefault(f"{what} in {name}", []).extend(of_it)
        # The pages of meetings that name a row are about a case: these keys are of none.
        for what in ("key", "row"):
            self._known.pop(f"{what} in meetings")
        self._known["row in meetings"] = [str(self.business.key)]

    def _live_elsewhere(self) -> None:
        """One person is the suspect of both cases, and charged in the far one: the gate says yes or no."""
        with making.as_the_owner():
            Party.objects.filter(case__in=(self.case, self.far), side="suspect", person_id="").update(
                person_id="P-of-both"
            )
        # General business of the meeting is of no case, and everybody who does casework reads it.
        about = self.planted.add("meetings", "hub", None, "meetings.Business.words, live")
        with identity.as_person(self.staff["health"]):
            self.business = general.add_item(self.staff["health"], self.meeting, about)
        words = [
            self.planted.add("shared", "force-b", self.far.pk, f"cases.LegalStatus.{name}, live")
            for name in ("source", "offence", "reference")
        ]
        with identity.as_person(self.other):
            changes.set_legal_status(
                self.other,
                self.far,
                "charged",
                timezone.localdate(),
                words[0],
                matter=criminal_matters.new(),
                offence=words[1],
                reference=words[2],
            )
        with identity.as_person(self.staff["health"]):
            assert criminal_matters.live_elsewhere(self.case), (
                "the walk needs a gate that another case closes"
            )

    def _submitted(self) -> None:
        """What was answered is read once it is submitted: so every planted answer is, in each partition."""
        self._sheets: dict[str, str] = {}
        with planting.as_if_written_before():
            for row in SheetAnswer.objects.select_related("sheet").order_by("pk"):
                SheetEnd.objects.create(
                    case_id=row.case_id,
                    owner_id=row.owner_id,
                    by_id=row.by_id,
                    partition=row.partition,
                    sheet=row.sheet,
                    how=SheetEnd.How.SUBMITTED,
                    digest=row.sheet.digest,
                    path=[row.item],
                    counted={row.item: str(row.key)},
                    training=SheetEnd.Training.NOT_NEEDED,
                )
                self._sheets.setdefault(row.partition, str(row.sheet.key))

    def _cited(self) -> None:
        """Let each assessment rest on an instrument of every side: its page names what its reader may read.

        The marked word of a sheet is its version.
        """
        with planting.as_if_written_before():
            for assessment in Assessment.objects.order_by("pk"):
                for sheet in Sheet.objects.filter(case=assessment.case_id, end__how=SheetEnd.How.SUBMITTED):
                    CitedInstrument.objects.create(
                        case_id=assessment.case_id,
                        owner_id=sheet.owner_id,
                        by_id=sheet.by_id,
                        partition=sheet.partition,
                        assessment=assessment,
                        sheet=sheet,
                    )

    def _redacted(self) -> None:
        """Words of a legal status, and of its copy in the history, that were redacted: nobody's to read."""
        word = self.planted.add("closed", "force-a", self.case.pk, "access.sealed_words.words")
        user = self.staff["force-a"]
        with identity.as_person(user):
            row = changes.set_legal_status(
                user, self.case, "investigation", timezone.localdate(), f"Told by {word} at the door"
            )
            redaction.redact(user, self.case, row, word, "It names somebody")

    def _reports(self) -> None:
        agency = making.agency("force-a")

        def plant(partition: str, place: str) -> str:
            return self.planted.add(partition, "force-a", None, place)

        document = documents.document(
            source_ref="leak/1",
            summary=f"She found {plant('records', 'summary')} on her door. Her ex followed her home.",
            people=[
                {
                    "role": "victim",
                    "forenames": "Zoe",
                    "surname": plant("records", "surname"),
                    "phones": ["07195101777"],
                    "birth_date": "1990-02-03",
                    "address_text": f"4 {plant('records', 'address')} Lane",
                    "safe_contact": {"note": plant("closed", "safe contact")},
                },
                {
                    "role": "suspect",
                    "forenames": "Dan",
                    "surname": plant("records", "suspect"),
                    "phones": ["07195101778"],
                    "birth_date": "1984-05-06",
                },
            ],
            reported_at="2026-03-11T20:15:00",
            occasions=[_followed("2026-03-11T20:15:00")],
        )
        user = self.staff["force-a"]
        self.report = intake.receive_document(document, agency, user)
        patterns.report_saved(self.report.report_id, user)
        at = "2026-04-12T20:15:00"
        second = document | {"source_ref": "leak/2", "reported_at": at, "occasions": [_followed(at)]}
        received = intake.receive_document(second, agency, user)
        patterns.report_saved(received.report_id, user)
        self._typed_by_whom_may_not_read(document)
        self._told_in_confidence(document)
        relinking.relink_all(fit=False)
        patterns.refresh_all()

    def _typed_by_whom_may_not_read(self, document: dict[str, Any]) -> None:
        """A report that a clinician typed, and corrected: theirs alone, whoever else is in their agency."""
        agency, user = making.agency("health"), self.staff["health"]
        told = document | {
            "source_ref": "leak/3",
            "summary": self.planted.add("records", "health", None, "summary of one's own"),
            "people": [document["people"][0] | {"safe_contact": None}],
        }
        self.own = intake.receive_document(told, agency, user)
        patterns.report_saved(self.own.report_id, user)
        held = versions.find(user, uuid.UUID(self.own.key))
        reason = self.planted.add("records", "health", None, "why it was corrected")
        changed = told | {"impact": self.planted.add("records", "health", None, "impact of one's own")}
        corrected_reports.correct_report(user, held, changed, seen=held.newest.pk, reason=reason)

    def _told_in_confidence(self, document: dict[str, Any]) -> None:
        """A helpline's report about the same two people, of which it named nobody: its own advocates' alone.

        It stands in the pattern of the two that the police sent, so that every page of it could show it.
        """

        def plant(place: str) -> str:
            return self.planted.add("records", "helpline", None, f"told in confidence: {place}")

        at = "2026-05-03T20:15:00"
        victim, suspect = document["people"]
        told = document | {
            "source_ref": "leak/4",
            "reported_at": at,
            "summary": f"He followed her to {plant('summary')} and threatened to kill her.",
            "impact": plant("impact"),
            "location_text": plant("place"),
            "occasions": [_followed(at) | {"place_text": plant("where"), "narrative": plant("narrative")}],
            "people": [
                victim | {"nicknames": [plant("other name")], "safe_contact": None},
                suspect | {"descriptor": plant("described as"), "nicknames": [plant("called")]},
            ],
        }
        self.confided = intake.receive_document(told, making.agency("helpline"), self.staff["helpline"])
        patterns.report_saved(self.confided.report_id, self.staff["helpline"])

    def known(self) -> dict[str, list[str]]:
        """What the addresses are filled with, as it was before anybody did anything."""
        return self._known

    def _told(self) -> dict[str, list[str]]:
        course = Course.objects.filter(superseded_at=None).values_list("course_id", flat=True).first()
        link = Link.objects.first()
        person = Membership.objects.filter(current=True).values_list("person_id", flat=True).first()
        assert link, "the walk needs a link"
        assert all((course, person)), "the walk needs a pattern and a person"
        delivery = Delivery.objects.values_list("key", flat=True).first()
        return {
            "key": [str(self.case.key), str(self.far.key), str(self.report.key), str(delivery)],
            "course_id": [str(course)],
            "person_id": [str(person)],
            "address": [link.address],
            "place": ["1"],
            "step": ["people", "who", "what"],
            "meeting in meetings": [str(self.meeting.key)],
            # Before the rows that are planted: what the pages of reports are for.
            "key in intake": [str(self.report.key), str(self.own.key), str(self.confided.key)],
            "step in intake": ["victim", "suspect", "report"],
            "kind in redaction": ["cases-entry"],
            "row in redaction": self.planted.keys["cases.Entry"],
            "act in redaction": [str(act) for act in self._acts()],
            # Before the licence, which is of no case.
            "key in instruments": [str(self.case.key), str(self.far.key)],
            "sheet in instruments": list(self._sheets.values()),
            "other in instruments": list(self._sheets.values()),
            "section in instruments": ["four"],
            "code in instruments": ["four"],
            "key in papers": [str(self.case.key), str(self.far.key)],
            "kind in papers": ["schedule", "spo", "marac", "summary", "take_along", "letter_court"],
            "row in papers": self.planted.keys["papers.Paper"],
            "form in papers": ["pdf", "odt"],
            "*": [str(self.case.key), link.address, *planting.CODES, "1"],
        } | self._rows()

    def _acts(self) -> list[uuid.UUID]:
        """Of planted rows: those of what was redacted in truth would be restored by whoever may."""
        planted = self.planted.keys["redaction.Redaction"]
        return list(Redaction.objects.filter(key__in=planted).order_by("pk").values_list("act", flat=True))

    def _rows(self) -> dict[str, list[str]]:
        """Keys of planted rows by application: one of each table on the first case, then one on the other."""
        found: dict[str, list[str]] = {}
        for number in (0, -1):
            for label, keys in self.planted.keys.items():
                found.setdefault(f"rows of {label.split('.')[0]}", []).append(keys[number])
        return found

    def forms(self) -> list[dict[str, str]]:
        word = next(iter(self.planted.canaries))
        return [
            {},
            {
                "reason": REASON,
                "why": REASON,
                "words": REASON,
                "q": word[:6],
                "search": word[:6],
                "name": word[:6],
                "partition": "vault",
                "minutes": "15",
            },
        ]


def _followed(at: str) -> dict[str, object]:
    return {
        "started_at": at,
        "ended_at": at,
        "date_precision": "exact",
        "channel": "in_person",
        "behaviours": ["following", "damage"],
    }


def allowed(canary: planting.Canary, role: str | None, code: str, scene: Scene) -> bool:
    """May this person ever read this word? The written rules said again, not asked of the software."""
    if role is None:
        return False
    if canary.partition in elsewhere.READERS:
        label = ".".join(canary.place.split(".")[:2])
        return elsewhere.may_read(label, canary.partition, role, code, canary.owner)
    on = ON_THE_CASE if canary.case == scene.case.pk else ("force-b",)
    if canary.partition in {"shared", "warning"} and role == Role.COORDINATOR:
        return True
    return code in on and is_reader(role, code, canary.partition, canary.owner)
