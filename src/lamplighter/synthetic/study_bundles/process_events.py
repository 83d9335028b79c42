"""Classification, risk, specialists, victim care, enquiries, orders and the rest of a made-up report."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.synthetic.sampling.draws import DAY, Floats, Ints, pick, stream
from lamplighter.synthetic.study_bundles.events import HOUR, Events, key_of, yes_no

#: Chance that a report not first classified as stalking is corrected, and the mean of the delay in days [I].
CORRECTED, CORRECTED_MEAN, CORRECTED_LAST = 0.85, 25.0, 180
#: Chances behind the indicators, by the purpose that each is drawn for [I].
SHARES = {
    "assessed": 0.70,
    "stalking tool": 0.45,
    "complete": 0.85,
    "high": 0.22,
    "plan": 0.55,
    "trained": 0.40,
    "searched": 0.35,
    "checked": 0.60,
    "specialist": 0.20,
    "advice": 0.80,
    "impact": 0.30,
    "offered": 0.45,
    "consented": 0.60,
    "referred": 0.85,
    "accepted": 0.80,
    "reached": 0.75,
    "early contact": 0.50,
    "considered": 0.12,
    "applied": 0.25,
    "health": 0.15,
    "health decision": 0.40,
    "meeting": 0.12,
    "triggered": 0.25,
    "reviewed": 0.50,
    "order": 0.08,
    "breached": 0.35,
    "answered": 0.60,
    "looked at": 0.30,
    "submitted": 0.18,
    "result": 0.70,
    "disclosed": 0.35,
    "programme": 0.03,
    "linked": 0.50,
    "audited": 0.05,
    "graded again": 0.15,
}
#: Grades, lowest first, and the chance that a second assessor gives one lower, the same, one higher [I].
GRADES = ("standard", "medium", "high")
SECOND_GRADE = (0.15, 0.70, 0.15)


def corrected_days() -> Floats:
    """Chance of each day 0 to 180 (none on day 0) of a correction, given that there is one."""
    day = np.arange(CORRECTED_LAST + 1, dtype=float)
    weight = np.where(day >= 1, np.exp(-day / CORRECTED_MEAN), 0.0)
    out: Floats = weight / weight.sum()
    return out


def classification(events: Events) -> None:
    """First and later classifications, and the audits of files."""
    c = events.cohort
    first = events.some("first as stalking", c.scenario.first_as_stalking)
    events.add("classification", first, c.reported, code="stalking", status="principal")
    others = ["harassment", "domestic_incident", "malicious_communications", "criminal_damage"]
    other = events.pick("first other", others, [0.5, 0.25, 0.15, 0.1])
    events.add("classification", ~first, c.reported, code=other, status="principal")
    corrected = events.some("corrected", CORRECTED, ~first)
    days = pick(stream(events.seed, 2, "corrected"), corrected_days(), c.size)
    events.drawn["corrected day"] = days
    at = c.reported // DAY * DAY + days * DAY
    events.add(
        "classification",
        corrected,
        at,
        key="classification_2",
        precision="day",
        code="stalking",
        status="principal",
    )
    audited = events.some("audited", SHARES["audited"])
    later = c.recorded + 60 * DAY
    never = audited & ~first & ~corrected
    meets = events.some("meets the test", 0.5, never)
    events.add(
        "audit",
        never,
        later,
        key="audit_m",
        code="meets_stalking_test",
        answer=yes_no(meets),
        by_role="reviewer",
    )
    minimising = events.some("minimising", 46 / 470, audited)
    events.add(
        "audit",
        audited,
        later,
        key="audit_a",
        code="minimising",
        answer=yes_no(minimising),
        by_role="reviewer",
    )
    found = events.some("found by search", 0.8, audited & (first | corrected))
    events.add(
        "audit",
        audited & (first | corrected),
        later,
        key="audit_s",
        code="found_by_search",
        answer=yes_no(found),
        by_role="reviewer",
    )


def risk(events: Events) -> None:
    """Assessment, plan, triggers and reviews, searches and history."""
    c = events.cohort
    assessed = events.some("assessed", SHARES["assessed"])
    at = events.after("assessed", c.reported, 20.0)
    stalking = events.some("stalking tool", SHARES["stalking tool"])
    complete = events.some("complete", SHARES["complete"])
    tool = events.pick("tool", ["s_dash", "sst", "sash"], [0.5, 0.4, 0.1])
    tool = pl.select(pl.when(pl.Series(stalking)).then(tool).otherwise(pl.lit("dash"))).to_series()
    high = events.some("high", SHARES["high"], assessed)
    grade = events.pick("grade", ["standard", "medium"], [0.6, 0.4])
    grade = pl.select(pl.when(pl.Series(high)).then(pl.lit("high")).otherwise(grade)).to_series()
    trained = yes_no(events.some("trained", SHARES["trained"]))
    status = pl.Series(["partial", "complete"]).gather(complete.astype(np.int64))
    role = events.pick("role", ["first_responder", "investigator", "supervisor"], [0.6, 0.35, 0.05])
    events.add(
        "risk_assessment",
        assessed,
        at,
        status=status,
        instrument=tool,
        grade=grade,
        by_role=role,
        trained=trained,
    )
    again = events.some("graded again", SHARES["graded again"], assessed)
    places = pl.Series(grade).replace_strict(
        {name: at for at, name in enumerate(GRADES)}, return_dtype=pl.Int64
    )
    moved = events.pick("second grade", ["-1", "0", "1"], list(SECOND_GRADE)).cast(pl.Int64)
    events.add(
        "second_assessment",
        again,
        at + 10 * DAY,
        grade=pl.Series(GRADES).gather((places + moved).clip(0, len(GRADES) - 1)),
        by_role="supervisor",
        answer="yes",
        refers_to=key_of("risk_assessment", c.size),
    )
    checked = events.some("checked", SHARES["checked"], c.named)
    earlier_offence = yes_no(c.factors["prior_convictions"])
    events.add("history_check", checked, events.after("checked", c.reported, 30.0), answer=earlier_offence)
    events.add("suspect_named", c.named, c.reported)
    searched = events.some("searched", SHARES["searched"])
    earlier = c.accused_before | (c.nth_of_suspect > 0)
    events.add(
        "prior_search",
        searched,
        events.after("searched", c.reported, 12.0),
        code="all",
        answer=yes_no(earlier),
    )
    planned = events.some("plan", SHARES["plan"], high)
    item = pl.select(pl.format("L{}", pl.int_range(c.size))).to_series()
    events.add("risk_plan", planned, at + DAY, item=item)
    done = events.some("plan action done", 0.7, planned)
    due = at + 15 * DAY
    ended = np.where(done, at + 10 * DAY, np.int64(1) << 40)
    events.add("plan_action", planned, at + DAY, item=item, agency="police", due_at=due, ended_at=ended)
    triggered = events.some("triggered", SHARES["triggered"])
    when = events.after("triggered", c.reported, 24.0 * 30, least=int(DAY))
    events.add("review_trigger", triggered, when, code="new_incident")
    again = events.some("reviewed", SHARES["reviewed"], triggered)
    events.add(
        "risk_review",
        again,
        events.after("reviewed", when, 40.0),
        refers_to=key_of("review_trigger", c.size),
        grade=grade,
    )
    low = events.some("low audited", 0.05, assessed & ~high)
    raised = events.some("low raised", 0.2, low)
    events.add(
        "audit",
        low,
        at + 50 * DAY,
        key="audit_l",
        code="low_grade_upgraded",
        answer=yes_no(raised),
        by_role="reviewer",
    )


def victim_care(events: Events) -> None:
    """Contact, advocates, needs, impact."""
    c = events.cohort
    early = events.some("early contact", SHARES["early contact"])
    events.add("victim_contact", early, events.after("early contact", c.reported, 24.0), status="reached")
    asked = events.some("specialist", SHARES["specialist"])
    advice = yes_no(events.some("advice", SHARES["advice"], asked))
    kind = events.pick("specialist kind", ["hub", "spoc", "advocate"], [0.4, 0.4, 0.2])
    events.add(
        "specialist_contact", asked, events.after("specialist", c.reported, 70.0), code=kind, answer=advice
    )
    offered = events.some("offered", SHARES["offered"])
    consented = events.some("consented", SHARES["consented"], offered)
    at = events.after("offered", c.reported, 20.0)
    said = pl.Series(["declined", "consented"]).gather(consented.astype(np.int64))
    events.add("advocate_offer", offered, at, status=said)
    referred = events.some("referred", SHARES["referred"], consented)
    accepted = events.some("accepted", SHARES["accepted"], referred)
    events.add(
        "advocate_referral",
        referred,
        at + 2 * HOUR,
        status=pl.Series(["declined_capacity", "accepted"]).gather(accepted.astype(np.int64)),
    )
    reached = events.some("reached", SHARES["reached"], accepted)
    events.add("advocate_contact", reached, events.after("reached", at + 2 * HOUR, 30.0), status="reached")
    events.add("needs_assessment", events.some("needs", 0.35), at + DAY, status="complete")
    impact = events.some("impact", SHARES["impact"])
    events.add(
        "impact_record",
        impact,
        events.after("impact", c.reported, 48.0),
        reasons=["harassed", "adverse_effect"],
    )


def enquiries(events: Events) -> None:
    """Lines of enquiry and devices."""
    c = events.cohort
    comms = c.factors["comms"]
    for line, among, share in (
        ("comms_data", comms, 0.35),
        ("handset", comms, 0.4),
        ("interview", c.named, 0.6),
    ):
        applies = events.some(f"{line} applies", 0.8, among)
        done = events.some(f"{line} done", share, applies)
        events.add(
            "enquiry_line", applies, c.reported + DAY, key=f"line_{line}_1", code=line, status="applicable"
        )
        events.add(
            "enquiry_line", done, c.reported + 20 * DAY, key=f"line_{line}_2", code=line, status="done"
        )
    submitted = events.some("submitted", SHARES["submitted"], comms)
    at = events.after("submitted", c.reported, 24.0 * 7)
    item = pl.select(pl.format("D{}", pl.int_range(c.size))).to_series()
    events.add("device_seized", submitted, np.maximum(at - HOUR, c.reported), item=item)
    events.add("device_submitted", submitted, at, item=item)
    usable = events.some("result", SHARES["result"], submitted)
    events.add("device_result", usable, events.after("result", at, 24.0 * 40), item=item, status="usable")


def orders(events: Events) -> None:
    """Stalking protection orders, orders in force, breaches, identity."""
    c = events.cohort
    considered = events.some("considered", SHARES["considered"], c.named)
    at = events.after("considered", c.reported, 24.0 * 5)
    applied = events.some("applied", SHARES["applied"], considered)
    item = pl.select(pl.format("O{}", pl.int_range(c.size))).to_series()
    code = pl.Series(["not_apply", "apply"]).gather(applied.astype(np.int64))
    events.add("spo_decision", considered & applied, at, code=code, item=item)
    events.add("spo_decision", considered & ~applied, at, code=code, item=item, reasons=["evidence"])
    interim = events.some("interim", 0.5, applied)
    full = events.some("full", 0.75, applied)
    events.add("spo_stage", applied, at + 10 * DAY, key="spo_issued", code="issued", item=item)
    events.add("spo_stage", interim, at + 20 * DAY, key="spo_interim", code="interim", item=item)
    made = at + 60 * DAY
    events.add("spo_stage", full, made, key="spo_full", code="full", item=item)
    events.add("spo_stage", full, made + DAY, key="spo_served", code="served", item=item)
    events.add("order", full, made, key="order_spo", code="spo", item=item, ended_at=made + 730 * DAY)
    told = events.some("notified", 0.8, full)
    never = np.int64(1) << 40
    received = np.where(told, made + 3 * DAY, never)
    events.add("notification", full, made + DAY, item=item, due_at=made + 4 * DAY, ended_at=received)
    other = events.some("order", SHARES["order"], c.named & ~full)
    bail = events.after("order", c.reported, 48.0)
    events.add("order", other, bail, key="order_bail", code="bail", item=item, ended_at=bail + 90 * DAY)
    breached = events.some("breached", SHARES["breached"], other)
    when = events.after("breached", bail, 24.0 * 20, least=HOUR)
    events.add("breach", breached, when, code="bail", item=item)
    answered = events.some("answered", SHARES["answered"], breached)
    breach = key_of("breach", c.size)
    events.add(
        "breach_response", answered, events.after("answered", when, 10.0), code="arrest", refers_to=breach
    )
    looked = events.some("looked at", SHARES["looked at"], breached)
    events.add("breach_review", looked, when + 2 * DAY, refers_to=breach, answer="no")
    unknown = events.some("anonymous", 0.12)
    known = unknown & c.named
    disclosed = events.some("disclosed", SHARES["disclosed"], known)
    events.add("identity_decision", disclosed, events.after("disclosed", c.reported, 40.0), code="disclose")


def others(events: Events) -> None:
    """Health, meetings, programmes, later reports, links to earlier ones."""
    c = events.cohort
    flag = events.some("health", SHARES["health"], c.named)
    at = events.after("health", c.reported, 24.0 * 4)
    events.add("health_flag", flag, at)
    decided = events.some("health decision", SHARES["health decision"], flag)
    events.add("health_decision", decided, events.after("health decision", at, 24.0 * 8), code="refer")
    meeting = events.some("meeting", SHARES["meeting"])
    when = events.after("meeting", c.reported, 24.0 * 9)
    events.add("meeting", meeting, when, code="multi_agency")
    done = events.some("action done", 0.6, meeting)
    ended: Ints = np.where(done, when + 6 * DAY, np.int64(1) << 40)
    agency = events.pick("agency", ["police", "probation", "health", "advocacy"], [0.5, 0.2, 0.15, 0.15])
    events.add("action", meeting, when, agency=agency, due_at=when + 10 * DAY, ended_at=ended)
    events.add("information_shared", meeting, when, agency=agency, answer="yes")
    programme = events.some("programme", SHARES["programme"], c.named)
    begun = events.after("programme", c.reported, 24.0 * 60, least=int(DAY))
    events.add(
        "programme",
        programme,
        begun,
        status="begun",
        quantity=np.full(c.size, 6.0),
        answer="yes",
        ended_at=begun + 120 * DAY,
    )
    again = events.some("later report", 0.12, c.named)
    events.add(
        "later_report",
        again,
        events.after("later report", c.reported, 24.0 * 250, least=int(DAY)),
        answer="yes",
    )
    link = events.some("linked", SHARES["linked"], c.nth_of_case > 0)
    before = pl.select(pl.format("R{}", pl.int_range(c.size) - 1)).to_series()
    events.add("report_linked", link, events.after("linked", c.recorded, 15.0), refers_to=before)
