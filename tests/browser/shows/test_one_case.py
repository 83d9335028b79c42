"""Show: the demonstration's case from the first report to the follow-up, by whoever does each part.

``docs/one-case.md`` tells it with the pictures that this test takes (`make pictures`). The clock of the hub
is set to the days of the story, in 2026, so that the pictures are the same whenever they are taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Locator, Page, expect

from lamplighter.hub.accounts.models import User
from lamplighter.hub.demo import world as hub
from lamplighter.hub.evidence.models import File
from lamplighter.hub.operations import banners
from lamplighter.hub.risk.levels import JUDGEMENTS
from tests.browser import steps
from tests.browser.closing.test_closing import choose, pick, write
from tests.browser.risk.test_show import NAMES, TITLES
from tests.browser.shows import world
from tests.browser.shows.pictures import HEIGHT, picture
from tests.browser.shows.test_typed import when_i_type_the_new_report_and_save_it
from tests.browser.story import Told
from tests.integration.evidence import making
from tests.unit.hub.evidence import hostile

OFFICER, LEAD, ADVOCATE, COORDINATOR = "investigator", "lead", "advocate", "coordinator"
NAMED = {
    OFFICER: "Jo Fenwick, investigator",
    LEAD: "Alex Thorne, stalking lead",
    ADVOCATE: "Mina Castell, advocate",
}
YEAR, SLOW = 2026, 60_000


def fill_day(within: Page | Locator, day: dt.date) -> None:
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        within.get_by_label(part, exact=True).fill(str(value))


class Walk:
    """One case, and whose browser it is now."""

    def __init__(self, page: Page, site: str, clock: Told) -> None:
        self.page, self.site, self.clock = page, site, clock
        self.case = ""

    def at(self, month: int, day: int, hour: int, minute: int, username: str, *, year: int = YEAR) -> None:
        """Somebody signs in at a moment of the story."""
        self.clock.at = timezone.make_aware(dt.datetime(year, month, day, hour, minute))
        self.page.context.clear_cookies()
        user = User.objects.get(username=username)
        steps.when_i_sign_in(self.page, self.site, user, hub.PASSWORD)
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible(timeout=SLOW)

    def goto(self, part: str) -> None:
        self.page.goto(f"{self.site}{part}" if part.startswith("/") else f"{self.case}/{part}".rstrip("/"))

    def press(self, name: str, *, link: bool = False) -> None:
        """By the keyboard; what is opened before the page has answered would be lost to it."""
        wanted = self.page.get_by_role("link" if link else "button", name=name, exact=True).first
        wanted.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def says(self, *words: str) -> None:
        for one in words:
            expect(self.page.get_by_text(one).first).to_be_visible(timeout=SLOW)

    def group(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def shown(self, name: str, *, as_it_is: bool = False, height: int = HEIGHT) -> None:
        """The page is accessible and fits the screen; its picture has nothing of the last step."""
        if not as_it_is:
            self.page.reload()
        steps.then_the_page_is_accessible(self.page)
        steps.then_it_fits_the_screen(self.page)
        picture(self.page, f"one-case-{name}", height)

    def done(self, task: str, outcome: str) -> None:
        """A task of one's own ends with what came of it."""
        self.goto("/work/")
        self.page.get_by_role("button", name=re.compile(f"^Done.*{task}")).first.click()
        write(self.page, "Outcome", outcome)
        self.press("Save as done")

    # The parts of the story ---------------------------------------------------------------------------

    def a_report_is_typed_and_joins_a_pattern(self) -> None:
        self.at(6, 9, 20, 0, OFFICER)
        when_i_type_the_new_report_and_save_it(self.page, self.site)
        self.page.wait_for_url("**/patterns/saved/**")
        self.says("This is the 5th report about Priya Nair", "None was recorded as stalking.")
        self.shown("joined")
        self.press("See the pattern")
        self.says("Five reports about Priya Nair and Daniel Hollinshaw", "Former partner or spouse")
        self.press("Refer these two people to the hub", link=True)
        page = self.page
        expect(page.get_by_label("Name of the suspect", exact=True)).to_have_value("Daniel Hollinshaw")
        write(
            page,
            "Why do you refer this?",
            "Five reports to two forces in seven weeks, none recorded as stalking. The suspect waited at the "
            "victim’s work and followed the victim to the station.",
        )
        choose(page, "Is anybody in danger now?", "No")
        choose(page, "Does the victim know about this referral?", "Yes")
        for agency in ("Force A", "Stalking helpline", "Health trust", "Probation service"):
            choose(page, "Which agencies should work on it besides yours?", agency, "checkbox")
        self.press("Refer these two people")
        self.says("The hub decides next what it does.", "Decide what to do with the referral")
        self.case = page.url
        assert "Nair" not in page.url + page.title()

    def the_hub_decides_within_its_days(self) -> None:
        self.at(6, 10, 9, 30, COORDINATOR)
        self.page.get_by_role("link", name=re.compile("^Decide what to do with the referral")).first.click()
        self.says("nobody was said to be in danger")
        choose(self.page, "What does the hub do?", "Direct intervention")
        threshold = "Threat, violence, a weapon, or a breach of an order in the last 8 weeks"
        choose(self.page, "By which threshold?", threshold)
        write(
            self.page, "Why?", "A veiled threat in May; followed from work in June, with an order in place."
        )
        self.press("Save decision")
        self.says("Decision saved.", "Direct intervention, by the threshold")
        self.shown("opened", height=1300)

    def the_advocate_records_how_the_victim_is_reached(self) -> None:
        page = self.page
        self.at(6, 10, 11, 0, ADVOCATE)
        self.goto("agencies/lead")
        page.get_by_label("Who is the lead worker of your agency?").select_option(label=NAMED[ADVOCATE])
        self.press("Save")
        self.goto("victim/safe-contact")
        for way in ("Text message", "Phone call"):
            choose(page, "Safe ways", way, "checkbox")
        page.get_by_label("Text first: before a call, a voicemail or a visit").check()
        write(page, "Phone", "07139 204417")
        write(page, "Who might answer, and what to say to them", "Only herself. To others: the library.")
        write(page, "Who must not be told anything", "Anybody at her work.")
        page.get_by_label("The victim was asked, alone, who must not be told, answer or interpret").check()
        # No day is chosen, which is any day; and times as people write them.
        write(page, "Safe time: from", "12:30pm")
        write(page, "Safe time: until", "1.30pm")
        self.press("Save")
        self.says("Safe contact rules saved.", "Safe times: Monday to Sunday 12:30pm to 1:30pm.")
        assert "07139" not in page.url
        self.goto("victim/advocate")
        page.get_by_label("Advocate", exact=True).select_option(label="Mina Castell")
        self.press("Record the advocate")
        self.at(6, 10, 12, 40, ADVOCATE)
        self.goto("victim/contact")
        self.says("Yes, now")
        first = page.get_by_role("region", name="Contact the victim: day 1 of 7")
        first.get_by_label("How").select_option(label="Text message")
        first.get_by_label("Outcome").select_option(label="Answered in writing")
        first.get_by_role("button", name="Record as just now").click()
        self.says("The contact is recorded.")
        self.shown("contact")

    def _text_first(self, words: str) -> None:
        """Their own rule: no call without a text before it."""
        self.goto("victim/contact")
        form = self.page.locator("form", has=self.page.get_by_role("button", name="Record the contact"))
        form.get_by_label("To the victim").check()
        form.get_by_role("radio", name="Text message").check()
        form.get_by_label("What is said or sent").fill(words)
        form.get_by_label("Outcome").select_option(label="Answered in writing")
        form.get_by_role("button", name="Record the contact").click()
        self.says("The contact is recorded.")

    def _the_victim_is_told(self, *, by: str = "Text message") -> None:
        """Of each event that waits, by a safe way and in the safe hour."""
        page = self.page
        self.goto("victim/updates")
        while page.get_by_role("link", name=re.compile("^Record that the victim was told")).count():
            page.get_by_role("link", name=re.compile("^Record that the victim was told")).first.click()
            choose(page, "How", by)
            with page.expect_navigation():
                page.locator("main form").get_by_role("button").last.click()

    def the_work_is_given_to_people(self) -> None:
        self.at(6, 10, 14, 0, LEAD)
        self.goto("agencies/lead")
        self.page.get_by_label("Who is the lead worker of your agency?").select_option(label=NAMED[LEAD])
        self.press("Save")
        self.at(6, 10, 14, 10, OFFICER)
        self.goto("agencies/lead")
        self.page.get_by_label("Who is the lead worker of your agency?").select_option(label=NAMED[OFFICER])
        self.press("Save")
        self.goto("enquiries")
        for doer in self.page.get_by_label(re.compile("who does it")).all():
            doer.select_option(label=f"{NAMED[OFFICER]}, Force B")
        self.press("Save all")
        expect(self.page.get_by_text("without an owner")).to_have_count(0)

    def what_does_not_last_is_asked_for_first(self) -> None:
        self.at(6, 11, 10, 0, OFFICER)
        self.goto("enquiries")
        self.says("may be lost after")
        for group in self.page.get_by_role("group", name=re.compile("where does it stand")).all()[:3]:
            group.get_by_role("radio", name="Asked for, no answer yet", exact=True).check()
        for box in self.page.get_by_label(re.compile("outcome, or why not")).all()[:3]:
            box.fill("Asked for by phone, and in writing.")
        self.press("Save all")
        self.says("Asked for by phone, and in writing.")
        self.shown("enquiries", height=1100)
        self.done("Arrest, and search", "Arrested and interviewed. Two phones were taken.")

    def _assess(self, high: Sequence[str], *, changed: str = "") -> None:
        page = self.page
        self.goto("risk/assess")
        choose(page, "Is the stalking current?", "Yes")
        write(page, "How is that known?", "By the reports, and by what the victim told.")
        if changed:
            write(page, "What has changed since the last assessment?", changed)
        for name, title in TITLES.items():
            choose(page, title, "High" if name in high else "Moderate")
            said = NAMES.get(name, name)
            write(page, f"Reasons: {said}", "Threatened in May, followed in June, in spite of an order.")
            kinds = "Incidents, breaches and orders" if changed else "Incidents"
            cited = self.group(f"{kinds}: {said}").get_by_role("checkbox").first
            cited.focus()
            page.keyboard.press("Space")
        assert {*TITLES} == {*JUDGEMENTS}

    def _somebody_answers(self, action: str, by: dt.date) -> None:
        page = self.page
        page.get_by_label("Who answers for what is done?").select_option(label=f"{NAMED[LEAD]}, Force A")
        write(page, "Action 1", action)
        page.get_by_label("Who does action 1?").select_option(label=f"{NAMED[OFFICER]}, Force B")
        fill_day(self.group("Action 1 by"), by)

    def the_risk_is_high_with_an_owner_and_actions(self) -> None:
        self.at(6, 10, 15, 0, LEAD)
        self._assess(("violence", "persistence"))
        self._somebody_answers("Arrest, and search the suspect’s home for phones", dt.date(YEAR, 6, 11))
        self.press("Save assessment")
        self.says("Assessment saved.", "Risk: high", "Alex Thorne answers for what is done.")
        self.shown("risk", height=1200)

    def _close(self, reason: str, why: str, *, order_ends: dt.date | None = None) -> None:
        page = self.page
        self.goto("close")
        choose(page, "Why is it closed?", why)
        pick(page, "Which police outcome drops the case?", "15")
        write(page, "In words", reason)
        choose(page, "Is the stalking current?", "No" if order_ends else "Yes")
        if order_ends:
            fill_day(self.group("Date of the last act that is known of"), dt.date(YEAR, 6, 26))
            fill_day(self.group("When does it end?"), order_ends)
        else:
            write(page, "If it is, or nobody knows: why is it right to close?", "There is no witness.")
        for name in (
            "Is the person on bail?",
            "Is a release from custody or hospital to come?",
            "Is a trial or a sentence to come?",
        ):
            choose(page, name, "No")
        choose(page, "Is an order in force, or are there conditions?", "Yes" if order_ends else "No")
        choose(
            page, "What does the advocate of the victim say?", "Agrees" if order_ends else "Does not agree"
        )
        write(page, "What was asked for and not done?", "Nothing")
        for group in self.group("What becomes of it?").all():
            group.get_by_label("It goes on after closing").check()
        if order_ends:
            # All else that was owed was done in its time.
            self.says("Ask at the court whether the order is kept")
            expect(self.group("What becomes of it?")).to_have_count(1)
            start = page.get_by_role("heading", name="Open tasks", exact=True)
            steps.then_the_page_is_accessible(page)
            picture(page, "one-case-open-tasks", 1000, start=start)
        self.press("Close the case")

    def an_attempt_to_drop_it_on_day_4_is_refused(self) -> None:
        self.at(6, 12, 10, 0, LEAD)
        self._close("Lack of evidence.", "The hub can do nothing more that would help")
        self.says("Missing before the case can be dropped", "Evidence-led prosecution")
        expect(self.page.get_by_label("In words", exact=True)).to_have_value("Lack of evidence.")
        self.shown("refused", as_it_is=True, height=1100)

    def the_meeting_decides(self) -> None:
        page = self.page
        self.at(6, 15, 9, 0, COORDINATOR)
        self.goto("/meetings/plan")
        fill_day(self.group("Which day?"), dt.date(YEAR, 6, 16))
        write(page, "At what time?", "10am")
        write(page, "Where, or by which link?", "Room 4")
        page.get_by_label("Who chairs it?").select_option(label="Sam Okafor, hub coordinator, Force A")
        for agency in (
            page.get_by_role("group", name="Which agencies are asked?").get_by_role("checkbox").all()
        ):
            agency.check()
        self.press("Save")
        self.goto("meetings/ask")
        choose(page, "What is the next meeting asked for?", "A full discussion")
        write(page, "Why?", "High for violence. No order is applied for.")
        self.press("Save")
        self.at(6, 16, 10, 5, COORDINATOR)
        self.goto("meetings")
        page.get_by_role("link", name=re.compile("16 June")).first.click()
        page.get_by_label("Decision", exact=True).check()
        write(page, "What was said?", "Apply for a stalking protection order this week")
        self._choose_side()
        page.get_by_text("If somebody is asked to do something").click()
        page.get_by_label("Who does it?").select_option(label=f"{NAMED[OFFICER]}, Force B")
        fill_day(self.group("By which day?"), dt.date(YEAR, 6, 18))
        write(page, "What would show that it is done?", "The application")
        self.press("Add to the minutes")
        self.says("Apply for a stalking protection order this week", "Not done yet")
        self.shown("meeting", height=1000)

    def an_order_is_applied_for_and_made(self) -> None:
        page = self.page
        self.at(6, 16, 15, 0, OFFICER)
        self.goto("orders/decide")
        choose(page, "Is an order applied for?", "Apply for a stalking protection order")
        write(
            page,
            "Your reason",
            "Two breaches of another order; a veiled threat; nothing less has stopped it.",
        )
        self.press("Save decision")
        self.at(6, 18, 16, 0, OFFICER)
        self.done("Apply for a stalking protection order", "Applied for on 17 June.")
        self.goto("orders/record")
        choose(page, "Which order is it?", "Interim stalking protection order")
        choose(page, "How does it come about?", "On application")
        write(page, "Court, or who set it", "The magistrates’ court")
        fill_day(self.group("Applied for on"), dt.date(YEAR, 6, 17))
        fill_day(self.group("Made on"), dt.date(YEAR, 6, 18))
        fill_day(self.group("Holds from"), dt.date(YEAR, 6, 18))
        fill_day(self.group("Last day on which it holds"), dt.date(YEAR, 12, 17))
        terms = (
            ("Prohibition", "Not to contact the victim in any way, by himself or through others"),
            ("Prohibition", "Not to go within 200 metres of the victim’s work"),
        )
        for number, (what, words) in enumerate(terms, 1):
            page.get_by_label(f"Term {number}", exact=True).select_option(label=what)
            write(page, f"Words of term {number}", words)
        self._choose_side()
        self.press("Save order")
        self.says("Interim stalking protection order", "Not to contact the victim")
        self.at(6, 19, 12, 0, OFFICER)
        self.goto("orders")
        page.get_by_role("link", name=re.compile("Interim stalking protection order")).first.click()
        self.press("Record what happened")
        choose(page, "What happened?", "Served")
        fill_day(self.group("When?"), dt.date(YEAR, 6, 19))
        write(page, "By whom?", "PC Reed")
        write(page, "How?", "Handed over in person")
        self.press("Save")
        self.says("Served")
        self.shown("order", height=1500)
        self.at(6, 19, 12, 40, ADVOCATE)
        self._the_victim_is_told()
        self.at(6, 20, 10, 0, OFFICER)
        self.goto("orders")
        page.get_by_role("link", name=re.compile("Interim stalking protection order")).first.click()
        self.press("Record what happened")
        choose(page, "What happened?", "Name and home address notified")
        fill_day(self.group("When?"), dt.date(YEAR, 6, 20))
        self.press("Save")
        self.says("Name and home address notified")

    def _choose_side(self) -> None:
        side = self.page.get_by_label("Everybody on the case", exact=True)
        if side.count():
            side.check()

    def it_is_broken_on_a_friday_night(self) -> None:
        page = self.page
        self.at(6, 26, 23, 50, OFFICER)
        self.goto("orders/breach")
        order = (
            page.get_by_role("group", name="Which order or condition was broken?").get_by_role("radio").first
        )
        order.focus()
        page.keyboard.press("Space")
        page.get_by_role("group", name="Which of its terms?").get_by_role("checkbox").first.check()
        fill_day(self.group("On which day?"), dt.date(YEAR, 6, 26))
        write(page, "At what time? (optional)", "11:20pm")
        write(
            page,
            "What happened, and how is it known?",
            "Three messages from a new account. The victim kept them.",
        )
        self.press("Save and tell everybody on the case")
        self.says("Arrest for the breach, or record why not", "due 27 June 2026 at 11:50pm")
        self.says("Say whether the breach was a further stalking offence")
        # Whose side it is not learns of no task of hers.
        expect(page.get_by_text("Speak with the victim about the breach")).to_have_count(0)
        self.shown("breach", height=1150)
        self.at(6, 27, 8, 0, ADVOCATE)
        self.goto("/work/team")
        self.says("Speak with the victim about the breach")

    def what_the_victim_kept_becomes_an_exhibit(self) -> None:
        page = self.page
        self.at(6, 27, 9, 0, OFFICER)
        self.goto("exhibits/send")
        sent: list[FilePayload] = [
            {
                "name": f"IMG_{n}.jpg",
                "mimeType": "image/jpeg",
                "buffer": hostile.picture(size=(400, 300), seed=n),
            }
            for n in (1, 2)
        ]
        page.get_by_label("The files").set_input_files(sent)
        write(page, "What is it?", "Screenshots of the messages of 26 June")
        page.get_by_label("The victim", exact=True).check()
        write(page, "How did it come to you?", "Shown and sent by the victim")
        self._choose_side()
        self.press("Send")
        self.says("Waits to be scanned")
        for file in File.objects.filter(role="original"):
            making.answered(file)
        self.goto("exhibits")
        self.says("Screenshots of the messages of 26 June, 1 of 2", "No virus found")
        self.shown("exhibits")
        self.goto("orders")
        page.get_by_role("link", name=re.compile("26 June")).first.click()
        self.press("Record what was done")
        choose(page, "How was it answered?", "The suspect was arrested")
        write(
            page,
            "Reason, or how it was done",
            "Arrested at 7am. Charged with the breach, and bailed to court.",
        )
        self.press("Save")
        self.press("Say whether it was a further stalking offence", link=True)
        choose(page, "Was it a further stalking offence?", "No")
        write(page, "Why?", "Charged as a breach of the order. No other act that day is known.")
        self.press("Save")
        self.at(6, 27, 12, 45, ADVOCATE)
        self._text_first("May I ring in ten minutes, about last night?")
        self.done("Speak with the victim about the breach", "Rang; the safety plan stands.")
        self._the_victim_is_told()

    def each_line_of_enquiry_gets_its_outcome(self) -> None:
        for day, username in ((1, OFFICER), (2, ADVOCATE)):
            self.at(7, day, 10, 0, username)
            self.goto("enquiries")
            groups = self.page.get_by_role("group", name=re.compile("where does it stand"))
            for number, group in enumerate(groups.all()):
                group.get_by_role("radio", name="Refused" if number == 1 else "Done", exact=True).check()
            for number, box in enumerate(self.page.get_by_label(re.compile("outcome, or why not")).all()):
                box.fill(
                    "Nothing was left to examine." if number == 1 else "Asked for; nothing shows the suspect."
                )
            if groups.count():
                self.press("Save all")

    def the_case_is_closed_properly(self) -> None:
        page = self.page
        self.at(9, 21, 9, 0, OFFICER)
        self.goto("closing/considered")
        choose(page, "Evidence-led prosecution", "Data of phones, devices and accounts", "checkbox")
        write(page, "Evidence-led prosecution: findings", "No account leads to a phone of the suspect’s.")
        for name in ("Earlier reports about the suspect", "Earlier reports by and about the victim"):
            choose(page, name, "Nothing", "checkbox")
            write(page, f"{name}: findings", "Searched in both forces.")
        self.press("Save")
        self._risk_is_lowered_by_two_agencies()
        self.goto("victim/impact")
        write(page, "What it did, in the victim's own words", "I walk another way to work.")
        shows = self.group("What this shows")
        shows.get_by_role("checkbox").first.check()
        shows.locator("xpath=ancestor::form").get_by_role("button").first.click()
        self.at(9, 21, 14, 0, OFFICER)
        self.goto("closing/propose")
        page.get_by_role("radio", name=re.compile("^15: ")).check()
        write(
            page,
            "Why?",
            "Convicted of the breach. Of the rest, prosecutors advise that nothing ties it to anybody.",
        )
        self.press("Propose outcome")
        for username, capacity in ((LEAD, "Stalking lead"), (COORDINATOR, "Supervisor")):
            self.at(9, 21, 15, 0, username)
            self.goto("closing/sign")
            choose(page, "You sign as", capacity)
            choose(page, "Do you agree?", "Agrees")
            write(page, "Why?", "I read the file and every line.")
            self.press("Save")
        self.shown("signed", height=1400)
        self.at(9, 22, 12, 40, ADVOCATE)
        self._text_first("May I ring in five minutes?")
        self.at(9, 22, 12, 45, ADVOCATE)
        self.goto("closing/told")
        choose(page, "How was the victim told?", "Phone call")
        write(
            page, "How was the right to a review explained?", "By letter to the force, within three months."
        )
        self.press("Save")
        self.at(9, 22, 15, 0, LEAD)
        self._close(
            "The breach was sentenced; of the rest nothing can be proved.",
            "The plan was carried out",
            order_ends=dt.date(YEAR, 12, 17),
        )
        self.says("The case is closed.", "It is followed up at 6, 12 and 24 months.", "Next: 21 October 2026")
        expect(page.get_by_text("overdue")).to_have_count(0)
        self.shown("closed", as_it_is=True)

    def _risk_is_lowered_by_two_agencies(self) -> None:
        page = self.page
        self.at(9, 21, 10, 0, LEAD)
        self._assess((), changed="Nothing since the arrest of 27 June. The order is kept.")
        # Until the other agency agrees, it is high, and asks for somebody who answers and for an action.
        self._somebody_answers("Ask at the court whether the order is kept", dt.date(YEAR, 10, 21))
        page.get_by_role("group", name="on which grounds?").get_by_role("checkbox").first.check()
        page.get_by_label("who of another agency is asked to agree?").select_option(
            label=f"{NAMED[ADVOCATE]}, Stalking helpline"
        )
        self.press("Save assessment")
        self.says("Assessment saved.")
        self.at(9, 21, 12, 45, ADVOCATE)
        page.get_by_role("link", name="Read the lower level of risk").first.click()
        page.get_by_role("radio", name="I agree that it is lower").check()
        write(page, "Your reason", "The victim says the same, and feels safer.")
        self.press("Save answer")
        self.says("Risk: moderate")

    def it_is_followed_up(self) -> None:
        page = self.page
        self.at(3, 22, 10, 0, COORDINATOR, year=YEAR + 1)
        self.goto("follow-up")
        choose(page, "Which follow-up is it?", "6 months after closing")
        choose(page, "What was found?", "No further stalking is known of")
        write(page, "How do you know?", "Both forces searched; the advocate spoke with the victim.")
        self.press("Save follow-up")
        self.says("No further stalking is known of")
        steps.then_the_page_is_accessible(page)


@pytest.mark.slow
def test_one_case_from_its_first_report_to_the_follow_up(
    page: Page,
    site: str,
    clock: Told,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.set_default_timeout(SLOW)
    settings.DEMONSTRATION = True
    # No worker runs beside a test, which every page of a coordinator would say.
    monkeypatch.setattr(banners, "service", lambda request: [])
    # The database ends what is over by the real clock, which is years on from the story.
    settings.SESSION_COOKIE_AGE = 20 * 365 * 24 * 60 * 60
    clock.at = timezone.make_aware(dt.datetime(YEAR, 6, 9, 19, 0))
    world.given_the_world()
    hub.make_users()
    walk = Walk(page, site, clock)
    walk.a_report_is_typed_and_joins_a_pattern()
    walk.the_hub_decides_within_its_days()
    walk.the_advocate_records_how_the_victim_is_reached()
    walk.the_work_is_given_to_people()
    walk.the_risk_is_high_with_an_owner_and_actions()
    walk.what_does_not_last_is_asked_for_first()
    walk.an_attempt_to_drop_it_on_day_4_is_refused()
    walk.the_meeting_decides()
    walk.an_order_is_applied_for_and_made()
    walk.it_is_broken_on_a_friday_night()
    walk.what_the_victim_kept_becomes_an_exhibit()
    walk.each_line_of_enquiry_gets_its_outcome()
    walk.the_case_is_closed_properly()
    walk.it_is_followed_up()
