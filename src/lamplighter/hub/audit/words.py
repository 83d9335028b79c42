"""Say in words what was done, and to what: the trail itself holds verbs and ids, which never change.

A verb that is not here is still shown, made readable; ``tests/unit/hub/test_audit_words.py`` holds that every
verb of the software is here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from lamplighter.hub.accounts.models import Agency, User

VERBS: dict[str, str] = {
    "access.end_kept_off_seen": "Viewed the page to unblock somebody’s access",
    "access.glass_broken": "Emergency access opened",
    "access.glass_ended": "Emergency access ended",
    "access.glass_reviewed": "Reviewed emergency access",
    "access.i_know_somebody_seen": "Viewed the page to say that they know somebody of a case",
    "access.kept_off": "Blocked somebody from a case",
    "access.kept_off_ended": "Unblocked somebody’s access to a case",
    "access.kept_off_myself": "Blocked their own access to a case",
    "access.kept_off_seen": "Viewed who is blocked from the case",
    "access.need_seen": "Viewed “Ask for restricted information”",
    "access.no_such_reference": "Tried a case reference that does not exist",
    "access.review_seen": "Viewed a use of emergency access",
    "access.reviews_seen": "Viewed emergency access reviews",
    "access.rules_as_declared": "The database’s rules of access are as declared again",
    "access.rules_changed": "The database’s rules of access are not as declared",
    "access.rules_put_right": "Put back the database’s rules of access that somebody had changed",
    "access.vault_refused": "Was refused words that are in the address vault",
    "access.vault_repeated": "Saved words that are in the address vault where others read them",
    "accounts.agency_added": "Added an agency",
    "accounts.agency_renamed": "Changed an agency’s name",
    "accounts.codes_made": "Made new recovery codes",
    "accounts.confirmed": "Confirmed an account",
    "accounts.factor_added": "Set up a second step",
    "accounts.factor_refused": "Gave a wrong code at the second step",
    "accounts.factor_removed": "Removed a second step",
    "accounts.fresh_start": "Sent a new sign-in link",
    "accounts.invited": "Invited somebody",
    "accounts.joined": "Joined the hub",
    "accounts.left": "Removed somebody’s access",
    "accounts.link_used": "Used a sign-in link",
    "accounts.linked": "Joined their account with their organisation’s",
    "accounts.not_confirmed": "Refused an account",
    "accounts.one_browser": "Signed in where somebody was just before who asked for one of the two accounts",
    "accounts.password_changed": "Changed their password",
    "accounts.role": "Changed somebody’s role",
    "accounts.sessions_ended": "Ended somebody’s sessions",
    "accounts.sign_in_failed": "Failed to sign in",
    "accounts.signed_in": "Signed in",
    "accounts.signed_out": "Signed out",
    "accounts.text_kept": "Unsaved text was stored when a session ended",
    "accounts.training_recorded": "Recorded training",
    "accounts.transfer": "Moved somebody to another agency",
    "arrivals.case_told": "Told a case of a new report",
    "arrivals.read": "Read the new reports of a case",
    "arrivals.report_left": "A report left a case",
    "arrivals.reports_seen": "Viewed the reports of a case",
    "audit.events_seen": "Viewed the audit log",
    "audit.looks_seen": "Viewed who looked at a case",
    "audit.unusual_closed": "Closed an unusual access",
    "audit.unusual_list_seen": "Viewed the list of unusual access",
    "audit.unusual_seen": "Viewed an unusual access",
    "backups.restored": "The hub was restored from a copy",
    "cases.acting_together": "Recorded that several suspects act together",
    "cases.agencies_seen": "Viewed the agencies on a case",
    "cases.agency_added": "Added an agency to a case",
    "cases.agency_ended": "Ended an agency’s work on a case",
    "cases.as_at_seen": "Viewed the page to choose a past day of a case",
    "cases.close_seen": "Viewed the page to close a case",
    "cases.closed": "Closed a case",
    "cases.end_agency_seen": "Viewed the page to end an agency’s work on a case",
    "cases.follow_up_seen": "Viewed the page to record a follow-up",
    "cases.followed_up": "Recorded a follow-up",
    "cases.history_seen": "Viewed the history of a case",
    "cases.lead_assigned": "Assigned the lead worker",
    "cases.lead_seen": "Viewed the page to assign the lead worker",
    "cases.legal_seen": "Viewed the legal status",
    "cases.legal_status": "Recorded the legal status",
    "cases.list_seen": "Viewed the list of cases with names",
    "cases.mappa": "Recorded MAPPA",
    "cases.mappa_seen": "Viewed MAPPA",
    "cases.minutes": "Recorded time spent",
    "cases.minutes_seen": "Viewed the time spent",
    "cases.move_seen": "Viewed the page to change the status of a case",
    "cases.moved": "Changed the status of a case",
    "cases.not_acting_together": "Recorded that suspects do not act together",
    "cases.part_suspects_seen": "Viewed the page to say that suspects do not act together",
    "cases.people_seen": "Viewed the two people of a case",
    "cases.person_corrected": "Corrected a person’s details",
    "cases.person_seen": "Viewed a person’s details to correct them",
    "cases.refer_pattern_seen": "Viewed the referral of a pattern",
    "cases.refer_reversed_seen": "Viewed the referral of the same two people with the roles reversed",
    "cases.refer_seen": "Viewed a referral beside cases of the same two people",
    "cases.referred": "Referred two people",
    "cases.reject_seen": "Viewed the page to propose a rejection",
    "cases.rejection_agreed": "Agreed to reject a referral",
    "cases.rejection_proposed": "Proposed to reject a referral",
    "cases.rejection_refused": "Refused to reject a referral",
    "cases.rejection_seen": "Viewed a proposed rejection",
    "cases.rejection_withdrawn": "Withdrew a proposed rejection",
    "cases.safeguarding": "Recorded a police safeguarding check",
    "cases.safeguarding_seen": "Viewed the page to record a police safeguarding check",
    "cases.same_person": "Linked a person to another case",
    "cases.same_seen": "Viewed people of other cases who may be the same",
    "cases.searched": "Searched for a case",
    "cases.seen": "Viewed the case page",
    "cases.signpost": "Was told whom to ask about a case",
    "cases.timeline_seen": "Viewed the timeline of a case",
    "cases.together_seen": "Viewed several suspects",
    "cases.triage_seen": "Viewed a referral to decide",
    "cases.triaged": "Decided a referral",
    "casework.add_seen": "Viewed the page to add to a case",
    "casework.correct_seen": "Viewed a note to correct it",
    "casework.note_added": "Added a note",
    "casework.note_corrected": "Corrected a note",
    "casework.note_seen": "Viewed a note",
    "casework.note_struck": "Struck out a note",
    "casework.task_given": "Gave somebody a task",
    "casework.task_seen": "Viewed the page to give a task",
    "children.answered": "Answered a question about a child",
    "children.seen": "Viewed what is asked about children",
    "clocks.assigned": "Assigned a task",
    "clocks.cancelled": "Cancelled a task",
    "clocks.done": "Completed a task",
    "clocks.given_seen": "Viewed the tasks that they gave",
    "clocks.mine_seen": "Viewed My work",
    "clocks.seen": "Viewed a task",
    "clocks.team_seen": "Viewed their team’s work",
    "configuration.in_force": "Configuration came into force",
    "duplicates.join_seen": "Viewed two cases to join them",
    "duplicates.joined": "Joined two cases of the same two people",
    "duplicates.part_seen": "Viewed two joined cases to part them",
    "duplicates.parted": "Parted two joined cases",
    "duplicates.seen": "Viewed which cases are joined",
    "insight.bundle_asked": "Asked for data for a study",
    "insight.bundle_exported": "Exported data for a study",
    "insight.bundle_made": "Data of a review was taken out",
    "insight.bundle_removed": "Data of a review was removed",
    "insight.near_review": "Asked for a review that differs from an earlier one by few cases",
    "insight.publication_downloaded": "Downloaded a released review",
    "insight.publication_read": "Read a released review",
    "insight.release_asked": "Asked for a release",
    "insight.release_asked_again": "Asked for a release again",
    "insight.release_blocked": "A release was blocked",
    "insight.release_seen": "Viewed a release",
    "insight.released": "Released a review",
    "insight.report_downloaded": "Downloaded an internal report",
    "insight.report_read": "Read an internal report",
    "insight.review_asked": "Asked for a review",
    "insight.review_asked_again": "Asked for a review again",
    "insight.review_seen": "Viewed a review",
    "intake.correct_page_seen": "Viewed a page of a report to correct it",
    "intake.correct_seen": "Viewed a report to correct it",
    "intake.delivery_read": "Files were imported",
    "intake.feed_received": "A report came by feed",
    "intake.files_received": "Sent files",
    "intake.mapping_saved": "Saved a mapping",
    "intake.put_back_seen": "Viewed a withdrawn report to put it back",
    "intake.readers_changed": "Changed who may read a report",
    "intake.rejects_downloaded": "Downloaded rejected rows",
    "intake.report_corrected": "Corrected a report",
    "intake.report_put_back": "Put a report back",
    "intake.report_readers_seen": "Viewed who may read a report",
    "intake.report_saved": "Entered a report",
    "intake.set_aside": "Set a report aside that could not be matched",
    "intake.tried_again": "Let a report that was set aside be tried again",
    "intake.report_seen": "Viewed a report",
    "intake.report_withdrawn": "Withdrew a report",
    "intake.sample_received": "Sent a sample",
    "intake.sample_removed": "Removed a sample",
    "intake.sent_seen": "Viewed a report that they sent",
    "intake.source_begun": "Began to add a source",
    "intake.typed_seen": "Viewed the reports that their agency typed",
    "intake.withdraw_seen": "Viewed a report to withdraw it",
    "instruments.answered": "Saved answers to an instrument",
    "instruments.begun": "Began an instrument",
    "instruments.downloaded": "Downloaded the answers to an instrument",
    "instruments.licence_recorded": "Recorded a licence for an instrument",
    "instruments.seen": "Viewed instruments of the case",
    "instruments.set_aside": "Set a draft of an instrument aside",
    "instruments.submitted": "Submitted an instrument",
    "law.checked": "Checked a reading of the law",
    "law.signed": "Signed that the law was read",
    "law.switched_off": "Switched a piece of the law off",
    "operations.tried_again": "Put failed background work back in the queue",
    "patterns.abuse_looked": "Looked at a pattern of possible abuse",
    "patterns.abuse_seen": "Viewed a pattern of possible abuse",
    "patterns.act_accept": "Agreed with how an incident was read",
    "patterns.act_added": "Added an act to an incident",
    "patterns.act_removed": "Took an act out of an incident",
    "patterns.chart_seen": "Viewed the chart of a pattern",
    "patterns.decide_seen": "Viewed a pattern to decide",
    "patterns.decided.course_of_conduct": "Decided that a pattern is a course of conduct",
    "patterns.decided.need_more": "Decided that more must be known about a pattern",
    "patterns.decided.not_a_course": "Decided that a pattern is not a course of conduct",
    "patterns.different_in_pattern_seen": "Viewed a report to take it out of a pattern",
    "patterns.different_seen": "Viewed a saved report to take it out of a pattern",
    "patterns.handed_back": "Unassigned a pattern",
    "patterns.held": "Assigned a pattern to themselves",
    "patterns.joined_seen": "Viewed what a report joins",
    "patterns.list_seen": "Viewed the list of patterns",
    "patterns.next_seen": "Viewed the next steps of a pattern",
    "patterns.occasion_seen": "Viewed an incident of a pattern",
    "patterns.report_saved": "Matched a report",
    "patterns.schedule": "Downloaded the schedule of a pattern",
    "patterns.searched": "Searched for a pattern",
    "patterns.seen": "Viewed a pattern",
    "patterns.step_correct_recording": "Asked for a record to be corrected",
    "patterns.step_ended": "Answered a request to correct a record",
    "patterns.step_review": "Set a review date for a pattern",
    "patterns.step_seen": "Viewed a request to correct a record",
    "people.link_seen": "Viewed how two records were compared",
    "people.not_same": "Decided that two records are not the same person",
    "people.same": "Decided that two records are the same person",
    "people.seen": "Viewed a person",
    "people.undo": "Undid a decision about records",
    "people.undo_seen": "Viewed a decision about records to undo it",
    "people.unsure_seen": "Viewed unsure matches",
    "people.waterfall_seen": "Viewed the chart of how two records were compared",
    "perpetrator_side.allocated": "Allocated a practitioner",
    "perpetrator_side.chased": "Followed up a missed session",
    "perpetrator_side.consultation": "Recorded advice",
    "perpetrator_side.ended": "Ended a programme",
    "perpetrator_side.enrolled": "Enrolled the person in a programme",
    "perpetrator_side.measure": "Recorded a measure",
    "perpetrator_side.offered": "Offered a session",
    "perpetrator_side.officer_consulted": "Recorded what the police or the CPS said of required work",
    "perpetrator_side.published": "Published the status of the intervention",
    "perpetrator_side.relationship": "Recorded the prior relationship",
    "perpetrator_side.seen": "Viewed the intervention",
    "perpetrator_side.session": "Recorded a session",
    "perpetrator_side.statement": "Changed the formulation",
    "perpetrator_side.typology": "Recorded a typology",
    "redaction.asked": "Asked an agency to redact words",
    "redaction.redacted": "Redacted words",
    "redaction.refused": "Was refused to redact words that others wrote",
    "redaction.restored": "Restored redacted words",
    "redaction.row_seen": "Viewed text of a case to redact it",
    "redaction.rows_seen": "Viewed what can be redacted on a case",
    "redaction.seen": "Viewed who redacted words",
    "rights.answered": "Made the answer to a subject access request",
    "rights.case_erased": "Erased a case",
    "rights.due_seen": "Viewed records due for a review",
    "rights.end_hold_seen": "Viewed a hold to end it",
    "rights.erase_seen": "Viewed what would be erased of a case",
    "rights.erased_again": "Erased again after a copy came back",
    "rights.erasure_approved": "Approved an erasure",
    "rights.hold": "Placed a hold on erasure",
    "rights.hold_ended": "Ended a hold on erasure",
    "rights.hold_seen": "Viewed the page to place a hold",
    "rights.item_decided": "Decided a record of a subject access request",
    "rights.item_seen": "Viewed a record of a subject access request",
    "rights.items_seen": "Viewed the records to decide",
    "rights.letter_made": "Made a letter about a subject access request",
    "rights.part_erased": "Erased their agency’s part of a case",
    "rights.request_closed": "Took out who had asked, after the period",
    "rights.request_seen": "Viewed a subject access request",
    "rights.request_taken": "Took in a subject access request",
    "rights.requests_seen": "Viewed data requests",
    "rights.retention_decided": "Decided how long records are held",
    "rights.retention_seen": "Viewed how long records are held",
    "rights.review_seen": "Viewed what their agency holds to review it",
    "rights.time_given": "Gave more time for a subject access request",
    "safeguarding.check_asked": "Asked for a check on the victim’s side",
    "safeguarding.check_signed": "Signed a check on the victim’s side",
    "safeguarding.sign_seen": "Viewed a check on the victim’s side",
    "safeguarding.victim_checks_seen": "Viewed safety checks",
    "safeguarding.warned": "Warned that somebody may be in danger",
    "safeguarding.warnings_seen": "Viewed warnings",
    "safeguarding.went_on": "Went on with required work before the check on the victim’s side",
    "search.asked": "Searched",
    "sharing.agency_register_printed": "Printed their agency’s register of disclosures",
    "sharing.agency_register_seen": "Viewed their agency’s register of disclosures",
    "sharing.choosing": "Chose what to share",
    "sharing.refuse_seen": "Viewed the page to record that something is not shared",
    "sharing.refused": "Recorded that something is not shared",
    "sharing.register_printed": "Printed the register of disclosures",
    "sharing.register_seen": "Viewed the register of disclosures",
    "sharing.released": "Shared information",
    "sharing.seen": "Viewed shared information",
    "sharing.vault_checked": "Shared text was checked against the address vault",
    "sharing.vault_seen": "Viewed shared information from the address vault",
    "sharing.withdraw_seen": "Viewed shared information to withdraw it",
    "sharing.withdrawn": "Withdrew shared information",
    "sharing.write_seen": "Viewed what they write to share",
    "victim.advocate_appointed": "Recorded the advocate",
    "victim.cadence_agreed": "Agreed how often to be in contact",
    "victim.contact_advised": "Was shown safe contact advice on My work",
    "victim.contact_checked": "A contact was checked against the safe contact rules",
    "victim.contact_recorded": "Recorded a contact",
    "victim.contact_refused": "A contact was refused by the safe contact rules",
    "victim.contact_result": "Recorded the outcome of a contact",
    "victim.contact_seen": "Viewed contact with the victim",
    "victim.enhanced_rights": "Recorded enhanced rights",
    "victim.event_entered": "Entered an event to tell the victim of",
    "victim.funds_seen": "Viewed recourse to public funds",
    "victim.impact_added": "Added to the impact log",
    "victim.impact_seen": "Viewed the impact log",
    "victim.needs_seen": "Viewed the needs assessment",
    "victim.needsassessment_written": "Wrote the needs assessment",
    "victim.public_funds": "Recorded recourse to public funds",
    "victim.rule_broken": "Recorded a contact against the rules",
    "victim.safe_contact_seen": "Viewed the page of safe contact",
    "victim.safecontact_written": "Wrote the safe contact rules",
    "victim.safety_plan_seen": "Viewed the safety plan",
    "victim.safetyplan_written": "Wrote the safety plan",
    "victim.side_seen": "Viewed the victim’s side",
    "victim.statement_offer": "Recorded an offer of a Victim Personal Statement",
    "victim.support_changed": "Recorded a change of support",
    "victim.support_seen": "Viewed support for action",
    "victim.told": "Recorded that the victim was told",
    "victim.updates_seen": "Viewed Victims’ Code updates",
    "victim.vault_opened": "Opened the address vault",
    "workforce.admitted": "Added somebody to the team about staff",
    "workforce.case_seen": "Viewed the page to record on a case that the suspect works for an agency",
    "workforce.end_proposed": "Asked to end a record about staff",
    "workforce.end_refused": "Did not agree to end a record about staff",
    "workforce.ended": "Ended a record about staff that was wrong",
    "workforce.lead_named": "Named who deals with a report about staff",
    "workforce.list_seen": "Viewed the list of staff who are reported",
    "workforce.looks_seen": "Viewed who read records about staff before",
    "workforce.marked": "Recorded that the suspect works for an agency",
    "workforce.pattern_seen": "Viewed the page to record on a pattern that the suspect works for an agency",
    "workforce.report_seen": "Viewed the page to record on a report that the suspect works for an agency",
    "workforce.seen": "Viewed a record about staff who are reported",
    "workforce.step_recorded": "Recorded a step of the professional-standards route",
    "workforce.taken_out": "Took somebody out of the team about staff",
}

# The first word of a subject; what follows it is an id.
SUBJECTS: dict[str, str] = {
    "act": "Decision about records",
    "agency": "Agency",
    "approval": "Approval of an erasure",
    "broken": "Contact against the rules",
    "case": "Case",
    "check": "Check on the victim’s side",
    "clock": "Task",
    "configuration": "Configuration",
    "contact": "Contact with the victim",
    "decision": "Decision on retention",
    "delivery": "Import",
    "enrolment": "Enrolment in a programme",
    "event": "Event to tell the victim of",
    "funds": "Public funds",
    "glass": "Emergency access",
    "hold": "Hold on erasure",
    "impact": "Entry in the impact log",
    "item": "Record of a subject access request",
    "job": "Background work",
    "joined": "Two joined cases",
    "kept": "Unsaved text",
    "law": "Reading of the law",
    "licence": "Licence of an instrument",
    "link": "Comparison of two records",
    "mapping": "Mapping",
    "marker": "Staff who are reported",
    "needsassessment": "Needs assessment",
    "note": "Note",
    "pattern": "Pattern",
    "person": "Person",
    "position": "Place in the audit log",
    "publication": "Released review",
    "redaction": "Redaction",
    "refusal": "Something not shared",
    "release": "Release",
    "report": "Report",
    "request": "Subject access request",
    "review": "Review",
    "row": "Entry of the intervention",
    "safecontact": "Safe contact rules",
    "safetyplan": "Safety plan",
    "sample": "Sample of files",
    "sheet": "Instrument",
    "statement": "Offer of a Victim Personal Statement",
    "support": "Change of support",
    "text": "Text on a case",
    "unusual": "Unusual access",
    "user": "Account",
    "warning": "Warning of danger",
}
# Subjects without an id that do not read well by themselves.
WHOLE = {
    "broken glass": "Emergency access reviews",
    "case": "Cases",
    "items": "Records to decide",
    "markers": "Staff who are reported",
    "no such user": "An unknown user name",
    "requests": "Data requests",
}


def in_words(verb: str) -> str:
    """``clocks.mine_seen`` as "Viewed My work"; a verb without words is made readable."""
    if verb in VERBS:
        return VERBS[verb]
    context, _, rest = verb.partition(".")
    words = f"{context}: {rest}" if rest else context
    return words.replace("_", " ").replace(".", ", ").capitalize()


def cases_named(event: Any) -> list[int]:
    """Return the cases that a list or a search named."""
    return [int(pk) for pk in event.detail.get("of_cases", ())]


def subjects(events: Iterable[Any], called: Mapping[int, str]) -> dict[int, str]:
    """Return what each event was about, by the event's id: a name where auditors may know one, else its kind.

    An account is called by its person's name and a case by its reference, as far as the database tells this
    reader; nothing recorded about a person of a case is ever read here.
    """
    found = list(events)
    named = _accounts(found) | _agencies(found)
    told = {}
    for event in found:
        kind, _, key = event.subject.partition(" ")
        about = named.get(event.subject) or WHOLE.get(event.subject)
        if not about and key and kind in SUBJECTS:
            about = SUBJECTS[kind] if _opaque(key) else f"{SUBJECTS[kind]} {key}"
        case = called.get(event.case_id)
        if case and kind == "case":
            about = f"Case {case}"
        elif case:
            about = f"{about or event.subject.capitalize()}, case {case}"
        told[event.pk] = about or event.subject.capitalize()
    return told


def _is_uuid(key: str) -> bool:
    try:
        uuid.UUID(key)
    except ValueError:
        return False
    return True


def _opaque(key: str) -> bool:
    # A pattern, a person of the records or an agency's code is what people call it; a digest is not.
    return _is_uuid(key) or len(key) > 24


def _accounts(events: list[Any]) -> dict[str, str]:
    """The person's name by the subject ("user …" or "person …", with the key of an account)."""
    pairs = {
        e.subject: e.subject.partition(" ")[2] for e in events if e.subject.startswith(("user ", "person "))
    }
    keys = {key for key in pairs.values() if _is_uuid(key)}
    names = {
        str(key): name for key, name in User.objects.filter(key__in=keys).values_list("key", "display_name")
    }
    return {subject: names[key] for subject, key in pairs.items() if key in names}


def _agencies(events: list[Any]) -> dict[str, str]:
    codes = {e.subject.removeprefix("agency ") for e in events if e.subject.startswith("agency ")}
    rows = Agency.objects.filter(code__in=codes).values_list("code", "name") if codes else ()
    return {f"agency {code}": name for code, name in rows}


def references(events: Iterable[Any]) -> dict[int, str]:
    """Return what the cases of these events are called, by their ids, as far as this reader may know."""
    ids = {pk for e in events for pk in (e.case_id, *cases_named(e)) if pk}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM audit_references(%s)", [sorted(ids)])
        return dict(cursor.fetchall())
