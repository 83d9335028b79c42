"""Every call that is killed, and every service that is not, with the reason."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tests.integration.resilience import (
    calls,
    calls_insight,
    calls_more,
    calls_reports,
    calls_rights,
    calls_risk,
)
from tests.integration.resilience.world import Act

CALLS: dict[str, tuple[Act, Act]] = (
    calls.CALLS
    | calls_more.CALLS
    | calls_rights.CALLS
    | calls_insight.CALLS
    | calls_reports.CALLS
    | calls_risk.CALLS
)

READS = "It changes nothing."
PART = "It has no transaction of its own: it is a part of the calls that are killed."
REBUILT = "What it writes is worked out from the reports, in one transaction, and can be worked out again."
IMPORT = "Killed in the middle of an import by tests/integration/intake/test_killed.py."
RUN = "A job of many steps. Killed, its run says so and is run again; see tests/integration/insight."
ONE = "One statement."
FILE = "One transaction; the file counts once it is committed: see tests/integration/intake/test_sources.py."
ALIKE = "One transaction, and its writes are those of a call that is killed: "
NOT_KILLED: dict[str, str] = {
    "accounts.services.ensure_agency": ONE,
    "accounts.services.ensure_user": "A command that is given again: what is there already is left alone.",
    "accounts.services.issue_feed_token": ONE,
    "accounts.services.revoke_feed_tokens": ONE,
    "accounts.services.feed_labels": READS,
    "accounts.services.token_digest": READS,
    "accounts.services.agency_of_token": ONE,
    "accounts.services.contradictions": READS,
    "accounts.services.take_in_agencies": PART,
    "notices.services.ask_address": ALIKE + "a row, a letter and an event.",
    "notices.services.confirm_address": ALIKE + "a row and its event.",
    "notices.services.choose": ALIKE + "a row and its event.",
    "notices.services.remove_address": ALIKE + "a row and its event.",
    "notices.services.send_test": ALIKE + "a letter and its event.",
    "notices.services.send_with_calendar": "One transaction of letters, which a job sends.",
    "law.services.sign": ALIKE + "a row and its event, like a review.",
    "law.services.check": ALIKE + "a row and its event, like a review.",
    "law.services.switch_off": ALIKE + "a row and its event, like a review.",
    "configuration.services.check": READS,
    "configuration.services.faults_of_this_process": READS,
    "configuration.services.faults_of_mappings": READS,
    "configuration.services.refuse_if_broken": READS,
    "configuration.services.contradictions": READS,
    "configuration.services.started": "It applies, and needs no more.",
    "configuration.services.apply": "One transaction; called again, it does what is not done yet.",
    "configuration.services.software": READS,
    "configuration.services.codes": READS,
    "configuration.services.documents_of": READS,
    "configuration.services.copy_out": "A file is no row, and none is written over.",
    "audit.services.record": PART,
    "audit.services.consulted": PART,
    "arrivals.services.case_opened": PART,
    "arrivals.services.persons_changed": PART,
    "arrivals.services.catch_up": "A transaction every hundred cases; called again, it does what is left.",
    "arrivals.services.partition_of": READS,
    "arrivals.services.read": ALIKE + "an end of a clock, and rows of one's own.",
    "messages.services.bring": ALIKE + "a row, its original, a line of the history and its event.",
    "messages.services.answer": ALIKE + "lines, drafts and their event.",
    "messages.services.keep_lines": PART,
    "messages.services.finish": PART,
    "messages.services.partition_of": READS,
    "messages.services.account_of": READS,
    "messages.services.fingerprint": READS,
    "children.services.case_opened": PART,
    "children.services.people_changed": PART,
    "children.services.answer": ALIKE + "a row, the ends of clocks and their beginnings.",
    "children.services.kind_of": READS,
    "duplicates.services.join": ALIKE + "agencies, clocks and a closing.",
    "duplicates.services.part": ALIKE + "agencies, clocks and a status.",
    "cases.services.new_reference": READS,
    "cases.services.put": PART,
    "cases.services.check_seen": READS,
    "cases.services.current": READS,
    "clocks.services.run_again": PART,
    "clocks.services.run_on": PART,
    "clocks.services.start_for": PART,
    "clocks.services.end_kind": PART,
    "cases.participants.services.assign": ALIKE + "a row, its tasks and a line of the history.",
    "cases.participants.services.holder": READS,
    "cases.participants.services.partition_of": READS,
    "cases.status.services.again": PART,
    "cases.status.services.start": PART,
    "cases.status.services.state_changed": PART,
    "cases.status.services.whose": READS,
    "insight.services.forget_later": ONE,
    "intake.confidentiality.services.record": PART,
    "intake.confidentiality.services.record_all": PART,
    "intake.confidentiality.services.change": ALIKE + "a row and its event.",
    "intake.imports.services.receive": FILE,
    "intake.imports.services.hand_on": FILE,
    "intake.imports.services.resume": FILE,
    "intake.imports.services.clear_expired": "It removes files; called again, it removes what is left.",
    "intake.set_aside.services.begin": ONE,
    "intake.set_aside.services.ended": ONE,
    "intake.set_aside.services.of_other_software": ONE,
    "intake.set_aside.services.put_aside": PART,
    "intake.set_aside.services.try_again": ALIKE + "an end of a row, a job and its event.",
    "intake.storage.services.erase_reports": PART,
    "intake.storage.services.records_of": READS,
    "patterns.saved_reports.services.erase_reports": PART,
    "people.matching.services.relink_all": REBUILT,
    "intake.services.read_later": ONE,
    "my_work.services.ended_now": PART,
    "my_work.services.done": ALIKE + "an end of a clock, a line of the history, and the next clock.",
    "insight.services.make_review": RUN,
    "insight.services.make_release": RUN,
    "insight.services.export": PART,
    "insight.services.export_to": "Its files are no rows; the trail has it before the first of them.",
    "insight.services.forget_bundles": "A job: files and a row each; called again it removes what is left.",
    "insight.services.opened": "It writes one event and nothing else.",
    "intake.reports.services.correct": PART,
    "intake.reports.services.withdraw": PART,
    "intake.reports.services.put_back": PART,
    "intake.reports.services.hold": "A lock.",
    "intake.services.match_key": READS,
    "intake.services.readers_of": READS,
    "intake.services.import_files": IMPORT,
    "intake.services.receive_files": IMPORT,
    "intake.services.run": IMPORT,
    "intake.services.so_far": READS,
    "intake.services.totals_of": READS,
    "intake.services.discard_uploads": "It removes files that were read; done again, it removes the rest.",
    "intake.services.rejects_frame": READS,
    "intake.sources.services.begin": "One sealed file, which goes after a day, and its event.",
    "intake.sources.services.take_sample": "Sealed files, which go after a day, and their event.",
    "intake.sources.services.choose_readers": "One sealed file, which goes after a day.",
    "intake.sources.services.discard": "Killed in the middle, what is left goes after a day.",
    "intake.sources.services.agency_for": PART,
    "intake.sources.services.save_source": FILE,
    "intake.sources.services.map_words": FILE,
    "intake.sources.services.plain_name": READS,
    "intake.sources.services.free_code": READS,
    "intake.services.refuse_to_read": ONE,
    "meetings.general.services.add_item": ALIKE + "a row and its event, like a review.",
    "meetings.general.services.say": ALIKE + "a row and its event, like a review.",
    "meetings.general.services.strike": ALIKE + "a row and its event, like a review.",
    "meetings.general.services.finish": ALIKE + "a row and its event, like a review.",
    "meetings.general.services.may_strike": READS,
    "meetings.general.services.may_finish": READS,
    "meetings.services.title": READS,
    "meetings.services.called": READS,
    "meetings.services.plan": ALIKE + "rows and their events, like a review.",
    "meetings.services.change": ALIKE + "a row and its event, like a review.",
    "meetings.services.cancel": ALIKE + "a row, the ends of clocks and its event.",
    "meetings.services.attend": ALIKE + "rows and their event, like a review.",
    "meetings.services.ask_returns": ALIKE + "clocks of a service, a row and its event.",
    "meetings.services.send_return": ALIKE + "a row, the end of a clock, a line and its event.",
    "meetings.services.add_item": ALIKE + "a row and its event, like a review.",
    "meetings.services.defer": ALIKE + "a row and its event, like a review.",
    "meetings.services.reorder": ALIKE + "rows and their event, like a review.",
    "meetings.services.agree": ALIKE + "a row and its event, like a review.",
    "operations.services.note_copy": ONE,
    "operations.services.note_drill": ONE,
    "operations.services.queue_undone": "A job is put into the queue at a time; the next look does the rest.",
    "operations.services.watch_rules": "One statement and its event; the next look does it again.",
    "operations.services.try_again": "One statement and its event, in the transaction of the request.",
    "operations.services.clear_uploads": "Files; done again, it removes the rest.",
    "operations.services.clear_records": "Rows that are old; done again, it removes the rest.",
    "orders.services.sides": READS,
    "orders.services.give": PART,
    "orders.services.change": ALIKE + "rows, a line, the ends of clocks and their beginnings, like an order.",
    "orders.services.step": ALIKE + "a row, a line, the ends of clocks and their beginnings, like an order.",
    "patterns.services.refresh_all": REBUILT,
    "patterns.services.refresh_component": REBUILT,
    "patterns.services.readers_changed": PART,
    "patterns.services.reorder": REBUILT,
    "patterns.services.report_saved": REBUILT,
    "patterns.services.reports_saved": REBUILT,
    "patterns.services.followed_up": REBUILT,
    "patterns.services.try_set_aside": REBUILT,
    "patterns.services.delivery_read": REBUILT,
    "patterns.services.link_anew_if_due": REBUILT,
    "patterns.services.find_anew_if_read_otherwise": REBUILT,
    "patterns.services.different_person": ALIKE + "it needs a fitted model; see tests/integration/patterns.",
    "patterns.services.decide_link": ALIKE + "it needs a fitted model; see tests/integration/patterns.",
    "patterns.services.undo_link": ALIKE + "it needs a fitted model; see tests/integration/patterns.",
    "patterns.services.decide": ALIKE + "it needs a pattern; a decision and its event, like a review.",
    "patterns.services.hold": ALIKE + "it needs a pattern; a row and its event, like a hold.",
    "patterns.services.looked": "Two rows in the transaction of the request.",
    "patterns.services.correct": ALIKE + "it needs a pattern; a row and its event.",
    "people.services.make_ready": READS,
    "people.services.silent": READS,
    "people.services.match_reports": REBUILT,
    "people.services.is_due": READS,
    "people.services.leave_out": PART,
    "people.services.left_out": PART,
    "people.services.match_rows": PART,
    "people.services.match_people": PART,
    "people.services.made_as_today": REBUILT,
    "people.services.resettle": PART,
    "people.services.decide": PART,
    "people.services.undo": PART,
    "people.services.part": PART,
    "people.services.forget": PART,
    "perpetrator_side.services.hold": "A lock.",
    "perpetrator_side.services.note": PART,
    "perpetrator_side.services.measure": ALIKE + "a judgement of the type.",
    "perpetrator_side.services.own_courses": READS,
    "perpetrator_side.services.consult_officer": ALIKE + "a judgement of the type.",
    "risk.services.who_could_act": READS,
    "redaction.services.ask": ALIKE + "a task of a service, and its event.",
    "redaction.services.refused": "It writes one event and nothing else.",
    "redaction.services.restore": ALIKE + "one statement and its event, like the redaction that it undoes.",
    "rights.services.not_yet": READS,
    "rights.services.close_requests": "A job: one transaction a request; called again it goes on.",
    "rights.services.collect_waiting": "A job: one transaction a request; called again it goes on.",
    "safeguarding.services.agencies_changed": PART,
    "safeguarding.services.started": PART,
    "safeguarding.services.starts": READS,
    "safeguarding.services.ended": PART,
    "safeguarding.services.escalate": "A job: one transaction; called again it does what is not done yet.",
    "sharing.services.check": READS,
    "victim_side.services.standing_by.record_public_funds": ALIKE + "a change of support.",
    "workforce.services.mark": ALIKE + "rows of a service and their event, like a referral.",
    "workforce.services.cover": ONE,
    "workforce.services.forget": PART,
    "workforce.services.name_lead": ALIKE + "rows of a team and their event.",
    "workforce.services.admit": ALIKE + "a row and its event, like a review.",
    "workforce.services.take_out": ALIKE
    + "an end of a row and its event, like somebody who is not blocked any more.",
    "workforce.services.record_step": ALIKE + "a row and its event, like a review.",
    "workforce.services.propose_end": ALIKE + "a row and its event, like a review.",
    "workforce.services.check_end": ALIKE + "a row and its event, like a review.",
    "workforce.services.seen": ONE,
    "victim_side.services.contact.partition_of": READS,
    "victim_side.services.contact.start_plan": PART,
    "victim_side.services.contact.task": READS,
    "victim_side.services.documents.add": PART,
    "victim_side.services.documents.check_seen": READS,
    "victim_side.services.documents.hold": "A lock.",
    "victim_side.services.documents.latest": READS,
    "victim_side.services.safe_contact.look": "It writes one event and nothing else.",
    "victim_side.services.safe_contact.may_contact": READS,
    "victim_side.services.safe_contact.nothing_to_see": "It writes one event and nothing else.",
    "victim_side.services.safe_contact.told_with_reports": READS,
    "victim_side.services.safe_contact.verdicts": READS,
}
HUB = Path(__file__).resolve().parents[3] / "src" / "lamplighter" / "hub"


def services() -> Iterator[str]:
    """Every public function of the services, and of the rights, as ``app.services.name``."""
    for path in sorted([*HUB.glob("**/services.py"), *HUB.glob("*/services/*.py")]):
        module = ".".join(path.relative_to(HUB).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}"


def called() -> set[str]:
    """The functions that the calls call, as their source says."""
    found = set()
    for module in (calls, calls_more, calls_rights, calls_insight, calls_reports, calls_risk):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                of = getattr(module, node.value.id, None)
                if isinstance(of, ModuleType) and of.__name__.startswith("lamplighter.hub."):
                    found.add(f"{of.__name__.removeprefix('lamplighter.hub.')}.{node.attr}")
    return found
