"""Who is who, stored: linking, matching one report, deciding and undoing."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns.saved_reports.services import erase_reports
from lamplighter.hub.people import selectors, services
from lamplighter.hub.people.links import presenters as link_explanations
from lamplighter.hub.people.matching import record_tables
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import (
    CrowdedKey,
    Decision,
    KeyPage,
    Link,
    Membership,
    PreparedRecord,
    RecentKey,
)
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story"), pytest.mark.own_server]


@pytest.fixture
def officer():
    return ensure_user(
        "officer",
        password="a-long-password-1",
        display_name="A. Officer",
        role=Role.INVESTIGATOR,
        agency=ensure_agency("force-a", "Force A", "police"),
    )


def persons():
    return dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))


def record(report, place):
    return f"{report['report_id']}#{place}"


VICTIMS = [record(r, 1) for r in story.STORY]
SUSPECTS = [record(r, 2) for r in story.STORY]


def test_the_three_reports_are_about_the_same_two_people():
    who = persons()
    assert len({who[r] for r in VICTIMS}) == 1
    assert len({who[r] for r in SUSPECTS}) == 1
    assert who[VICTIMS[0]] != who[SUSPECTS[0]]


def test_every_link_carries_the_bars_that_make_its_weight():
    assert Link.objects.exists()
    for link in Link.objects.all():
        assert sum(b["weight"] for b in link.levels) == pytest.approx(link.match_weight, abs=1e-9)


def test_a_pair_that_is_too_weak_is_not_said_to_wait_for_a_person():
    link = Link.objects.first()
    link.hold = "unnamed"
    said = {}
    for band in (Link.Band.TO_DECIDE, Link.Band.NOT_LINKED):
        link.band = band
        said[band] = link_explanations.explained(link).held
    assert "a person must decide" in said[Link.Band.TO_DECIDE]
    assert said[Link.Band.NOT_LINKED] == ""
    link.hold = "barred"
    assert link_explanations.explained(link).held


def test_relinking_changes_nothing_when_nothing_came():
    before = persons()
    relinking.relink_all()
    assert persons() == before


def test_what_happens_to_reports_while_everything_is_linked_is_not_lost():
    """One comes, one is corrected and one is erased after they were read and before who is who is written."""
    gone, corrected = story.STORY[0], story.STORY[1]
    stranger = {"role": "suspect", "forenames": "Xerxes", "surname": "Ploughright", "sex": "male"}
    steps = []

    def meanwhile(step, share):
        steps.append(step)
        if step == "Comparing records":
            story.receive([story.FOURTH, corrected | {"people": (story.VICTIM_B, stranger)}])
            for report in (story.FOURTH, corrected):
                services.match_reports([report["report_id"]])
            assert erase_reports([gone["report_id"]])["intake_reportversion"] == 1

    relinking.relink_all(meanwhile)
    assert "Comparing records" in steps
    who = persons()
    assert not {record(gone, 1), record(gone, 2)} & who.keys()
    assert not PreparedRecord.objects.filter(report_id=gone["report_id"]).exists()
    assert not Link.objects.filter(left_record__startswith=gone["report_id"]).exists()
    assert not Link.objects.filter(right_record__startswith=gone["report_id"]).exists()
    assert who[record(corrected, 2)] not in {who[SUSPECTS[2]], who[record(story.FOURTH, 2)]}
    assert who[record(corrected, 1)] == who[VICTIMS[2]] == who[record(story.FOURTH, 1)]
    assert who[record(story.FOURTH, 2)] == who[SUSPECTS[2]]
    relinking.relink_all(fit=False)
    assert persons() == who


def test_a_new_report_is_matched_when_it_is_saved():
    before = persons()
    story.receive([story.FOURTH])
    touched = services.match_reports([story.FOURTH["report_id"]])
    who = persons()
    assert who[record(story.FOURTH, 1)] == who[VICTIMS[0]] == before[VICTIMS[0]]
    assert who[record(story.FOURTH, 2)] == who[SUSPECTS[0]] == before[SUSPECTS[0]]
    assert {r["report_id"] for r in (*story.STORY, story.FOURTH)} <= touched.reports
    assert {r: p for r, p in who.items() if r in before} == before


def test_matching_one_report_believes_what_linking_everything_would():
    story.receive([story.FOURTH])
    services.match_reports([story.FOURTH["report_id"]])
    mine = {record(story.FOURTH, 1), record(story.FOURTH, 2)}
    online = {
        (k.left_record, k.right_record): k.match_weight
        for k in Link.objects.all()
        if {k.left_record, k.right_record} & mine
    }
    relinking.relink_all(fit=False)
    batch = {
        (k.left_record, k.right_record): k.match_weight
        for k in Link.objects.all()
        if {k.left_record, k.right_record} & mine
    }
    strong = {pair for pair, weight in batch.items() if weight > 0}
    assert strong
    assert strong <= set(online)
    for pair in strong:
        assert online[pair] == pytest.approx(batch[pair], abs=1e-9)


def test_reports_come_in_the_order_asked_for_each_with_its_people_and_none_that_is_not_held():
    last, first = story.STORY[2]["report_id"], story.STORY[0]["report_id"]
    found = intake.received([last, "force_a:4A/nobody/26", first])
    assert [report["report_id"] for report, _ in found] == [last, first]
    for report, people in found:
        assert {p["report_id"] for p in people} == {report["report_id"]}
        assert sorted(p["record_id"] for p in people) == [f"{report['report_id']}#{n}" for n in (1, 2)]
    before = persons()
    with pytest.raises(ReportVersion.DoesNotExist):
        services.match_reports([first, "force_a:4A/nobody/26"])
    assert persons() == before


def test_saving_the_same_report_twice_doubles_nothing():
    story.receive([story.FOURTH])
    services.match_reports([story.FOURTH["report_id"]])
    links, keys, who = Link.objects.count(), kept_under(), persons()
    services.match_reports([story.FOURTH["report_id"]])
    assert (Link.objects.count(), len(kept_under()), persons()) == (links, len(keys), who)


def test_a_rejected_link_parts_them_and_undoing_gives_back_exactly_what_was(officer):
    before = persons()
    third = story.STORY[2]["report_id"]
    act, touched = services.part(officer, third, before[SUSPECTS[2]], "She showed a photograph: another man.")
    parted = persons()
    assert parted[SUSPECTS[2]] != parted[SUSPECTS[0]]
    assert parted[SUSPECTS[0]] == before[SUSPECTS[0]]
    assert parted[VICTIMS[2]] == before[VICTIMS[2]]
    assert before[SUSPECTS[0]] in touched.persons
    services.undo(officer, act, "The photograph was of somebody else.")
    assert persons() == before


def test_a_decision_outlives_linking_everything_anew(officer):
    who = persons()
    services.part(officer, story.STORY[2]["report_id"], who[SUSPECTS[2]], "Another man.")
    relinking.relink_all()
    assert persons()[SUSPECTS[2]] != persons()[SUSPECTS[0]]


def test_same_joins_what_the_model_would_not(officer):
    who = persons()
    strangers = [r for r in who if r.startswith("force_a:4A/9")][:2]
    act, _ = services.decide(
        officer, Decision.Kind.SAME, [tuple(strangers)], "Found to be one person in custody."
    )
    assert persons()[strangers[0]] == persons()[strangers[1]]
    services.undo(officer, act, "It was a mistake in the custody record.")
    assert persons() == who


def test_what_cannot_be_decided_is_refused_in_words(officer):
    with pytest.raises(NotPossibleError, match="Enter your reason"):
        services.decide(officer, Decision.Kind.SAME, [(VICTIMS[0], VICTIMS[1])], "  ")
    with pytest.raises(NotPossibleError, match="no two records"):
        services.decide(officer, Decision.Kind.SAME, [], "Because.")
    with pytest.raises(NotPossibleError, match="no longer held"):
        services.decide(officer, Decision.Kind.SAME, [(VICTIMS[0], "nowhere:1")], "Because.")
    act, _ = services.decide(officer, Decision.Kind.SAME, [(VICTIMS[0], VICTIMS[1])], "Because.")
    services.undo(officer, act, "Not so.")
    with pytest.raises(NotPossibleError, match="undone already"):
        services.undo(officer, act, "Not so.")


def test_the_database_keeps_every_decision(officer):
    services.decide(officer, Decision.Kind.SAME, [(VICTIMS[0], VICTIMS[1])], "Because.")
    with pytest.raises(Exception, match="append-only"):
        Decision.objects.all().delete()


def test_a_record_is_one_person_and_may_have_been_several():
    now = Membership.objects.filter(current=True).order_by("pk").first()
    values = {"record_id": now.record_id, "report_id": now.report_id, "role": now.role, "born": now.born}
    for earlier in ("P-1", "P-2"):
        Membership.objects.create(person_id=earlier, current=False, **values)
    with pytest.raises(IntegrityError, match="one_person_a_record"), transaction.atomic():
        Membership.objects.create(person_id="P-3", **values)
    assert Membership.objects.filter(record_id=now.record_id, current=True).get() == now


def test_references_that_name_each_other_bring_reports_together_for_comparison():
    named = dict(story.FOURTH, report_id="force_a:4A/000301/26", related_refs=["hm 2600001299"])
    named["people"] = (
        {"role": "victim", "forenames": "P", "sex": "female"},
        {"role": "suspect", "sex": "male"},
    )
    story.receive([named])
    touched = services.match_reports([named["report_id"]])
    assert story.STORY[2]["report_id"] in set(touched.reports) | reports_compared_with(named["report_id"])


def reports_compared_with(report_id):
    pairs = Link.objects.filter(left_record__startswith=report_id) | Link.objects.filter(
        right_record__startswith=report_id
    )
    return {r.split("#")[0] for k in pairs for r in (k.left_record, k.right_record)}


def test_a_hub_that_comes_back_under_another_secret_still_finds_people_and_knows_common_names(settings):
    before = selectors.model_in_use()
    common = max(before.frequencies.hidden()["first"].values())
    keys = set(kept_under())
    settings.SECRET_KEY = "the secret of another place, as long as it takes"
    story.receive([story.FOURTH])
    services.match_reports([story.FOURTH["report_id"]])
    who = persons()
    assert who[record(story.FOURTH, 1)] == who[VICTIMS[0]]
    # No key of before finds anybody any more, and a common name is as common as it was.
    assert not keys & set(kept_under())
    after = selectors.model_in_use()
    assert max(after.frequencies.hidden()["first"].values()) == pytest.approx(common, rel=0.2)
    assert not before.frequencies.hidden()["first"].keys() & after.frequencies.hidden()["first"].keys()
    services.match_reports([story.FOURTH["report_id"]])
    assert selectors.model_in_use().version == after.version


def test_the_records_of_a_crowded_key_are_found_by_what_narrows_it(monkeypatch):
    whole = kept_under()
    monkeypatch.setattr("lamplighter.hub.people.matching.prepared_records.most_in", lambda way: 3)
    story.receive([story.FOURTH])
    services.match_reports([story.FOURTH["report_id"]])
    crowded = set(CrowdedKey.objects.values_list("key", flat=True))
    assert crowded
    now = kept_under()
    assert all(len(records) <= 3 for key, records in now.items() if key not in whole)
    assert not crowded & now.keys()
    # What narrows a key is found again when a record is taken out.
    everybody = list(PreparedRecord.objects.values_list("record_id", flat=True))
    assert sum(record_tables.remove(everybody)) == len(everybody) + sum(len(n) for n in now.values())
    assert kept_under() == {}


def kept_under():
    found = {}
    pages = KeyPage.objects.values_list("keys", "records")
    held = [pair for keys, records in pages for pair in zip(keys, records, strict=True)]
    for key, number in [*held, *RecentKey.objects.values_list("key", "record")]:
        assert number not in found.setdefault(key, set())
        found[key].add(number)
    return found
