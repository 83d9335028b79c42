"""Insight as people use it: who may, what a run says while it is made, what is read, what may leave."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.insight import folders, presenters, running, selectors, services
from lamplighter.hub.insight.models import Publication, Release, Review
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.web.middleware import CONTENT_SECURITY_POLICY
from tests.integration.access.making import somebody
from tests.integration.insight import making
from tests.integration.wall.inline_code import problems

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(folders, "root", lambda: tmp_path / "insight")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def asked(client: Client, scope: str = "reports", **changes: str) -> Any:
    form = {"scope": scope}
    for name, day in zip(("period_from", "period_to"), making.PERIOD, strict=True):
        form |= {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
    return client.post("/insight/run", form | changes, secure=True)


def test_from_the_form_to_what_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    making.a_hub()
    analyst = somebody(Role.ANALYST, "hub")
    client = signed_in(analyst)
    assert "No review has been run yet" in client.get("/insight/", secure=True).content.decode()
    to = asked(client)["Location"]
    review = Review.objects.get()
    assert to == f"/insight/reviews/{review.key}"
    assert ProcrastinateJob.objects.filter(task_name="insight.make_review").count() == 1
    waiting = client.get(to, secure=True).content.decode()
    assert "waits for its turn" in waiting
    assert client.get(f"{to}/report", secure=True).status_code == 404

    seen: list[str] = []
    taken = running.Steps.__call__

    def step(self: running.Steps, words: str) -> None:
        taken(self, words)
        seen.append(client.get(to, secure=True).content.decode().split("Step ")[1].split("<")[0])

    with monkeypatch.context() as patched:
        patched.setattr(running.Steps, "__call__", step)
        review = making.made(review)
    assert review.state == Review.State.DONE, (review.problem, review.remedy)
    assert len(seen) == presenters.STEPS[Review]
    assert seen[0] == f"1 of 11: {services.TAKING}."
    assert seen[-1] == f"11 of 11: {services.WRITING}."
    assert review.counts["rows"]["reports"] == 21
    _the_report(client, to, review)
    _what_leaves(client, review, monkeypatch)


def _the_report(client: Client, to: str, review: Review) -> None:
    page = client.get(to, secure=True)
    assert "Read the report" in page.content.decode()
    assert problems(page) == []
    report = client.get(f"{to}/report", secure=True)
    assert report.status_code == 200
    # The site's own strict policy, and nothing on the page that it would not run.
    assert problems(report) == []
    assert "Back to the review in Insight" in report.content.decode()
    style = client.get(f"{to}/report.css", secure=True)
    assert style["Content-Type"].startswith("text/css")
    made = (folders.report(review) / "report.html").read_text("utf-8")
    assert style.content.decode() in made
    with zipfile.ZipFile(io.BytesIO(client.get(f"{to}/report.zip", secure=True).content)) as archive:
        # What is downloaded is the file as it was made.
        assert archive.read("report.html").decode() == made
        assert {"tables.ods", "manifest.json"} <= set(archive.namelist())
        assert any(name.startswith("tables/") for name in archive.namelist())
    verbs = set(Event.objects.filter(subject=f"review {review.key}").values_list("verb", flat=True))
    assert {"insight.review_asked", "insight.bundle_made", "insight.report_read"} <= verbs
    assert "insight.report_downloaded" in verbs
    assert "insight.review_seen" in verbs


def _what_leaves(client: Client, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    from lamplighter.studies.review.publication import publishing

    address = f"/insight/reviews/{review.key}/release"
    assert "A count of fewer than 10 people" in client.get(address, secure=True).content.decode()
    assert client.post(address, secure=True)["Location"].startswith("/insight/releases/")
    # A figure that went round the protection: the separate program finds it, and nothing leaves.
    drawn = publishing.report_files
    with monkeypatch.context() as patched:
        leak = {"notes.txt": b"There were 4711 of them.\n"}
        patched.setattr(publishing, "report_files", lambda report: drawn(report) | leak)
        with identity.job(services.PURPOSE):
            services.make_release(Release.objects.get())
    blocked = Release.objects.get()
    assert (blocked.state, blocked.outcome) == ("done", "blocked"), (blocked.problem, blocked.remedy)
    page = client.get(f"/insight/releases/{blocked.key}", secure=True).content.decode()
    assert "Blocked: nothing was released" in page
    assert "notes.txt" in page
    assert not Publication.objects.exists()
    assert "Nothing has been released yet" in client.get("/insight/", secure=True).content.decode()

    release = making.released(review)
    assert (release.state, release.outcome) == ("done", "withstood"), (release.problem, release.words)
    publication = Publication.objects.get()
    assert "It passed" in client.get(f"/insight/releases/{release.key}", secure=True).content.decode()
    lead = signed_in(somebody(Role.STALKING_LEAD))
    read = lead.get(f"/insight/published/{publication.key}", secure=True)
    assert read.status_code == 200
    assert problems(read) == []
    assert lead.get(f"/insight/published/{publication.key}/report.css", secure=True).status_code == 200
    archive = lead.get(f"/insight/published/{publication.key}/report.zip", secure=True)
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert "report.html" in opened.namelist()
    # The next edition is attacked together with this one, and enters the ledger beside it.
    again = making.released(review)
    assert again.state == "done", (again.problem, again.remedy)
    assert again.edition != release.edition


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_what(role: Role) -> None:
    code = {"advocate": "helpline", "clinician": "health", "probation": "probation"}.get(role, "force-a")
    review = making.a_review()
    Review.objects.filter(pk=review.pk).update(state="done", finished_at=timezone.now())
    client = signed_in(somebody(role, code))
    insight = role in {"coordinator", "stalking_lead", "analyst", "auditor", "administrator"}
    reads, runs = role in {"coordinator", "analyst", "auditor"}, role in {"coordinator", "analyst"}
    for path, may in (
        ("/insight/", insight),
        ("/insight/run", runs),
        (f"/insight/reviews/{review.key}", reads),
        (f"/insight/reviews/{review.key}/release", runs),
    ):
        assert (client.get(path, secure=True).status_code == 200) == may, path
    listed = client.get("/insight/", secure=True).content.decode()
    assert (str(review.key) in listed) == reads


def test_a_review_of_the_hubs_cases_is_there_for_analysts_and_auditors_alone() -> None:
    """What the hub did in its cases comes from behind the wall: the database keeps it from coordinators."""
    review = making.a_review(scope="cases")
    for role, may in ((Role.ANALYST, True), (Role.AUDITOR, True), (Role.COORDINATOR, False)):
        user = somebody(role, "hub")
        with identity.as_person(user):
            assert Review.objects.filter(pk=review.pk).exists() == may
        status = signed_in(user).get(f"/insight/reviews/{review.key}", secure=True).status_code
        assert (status == 200) == may
    coordinator = somebody(Role.COORDINATOR)
    form = signed_in(coordinator)
    assert "own cases" not in form.get("/insight/run", secure=True).content.decode()
    assert asked(form, "cases").status_code == 422
    with identity.as_person(coordinator), pytest.raises(NotPossibleError):
        services.ask_for_review(coordinator, "cases", *making.PERIOD)


def test_nobody_writes_a_review_or_a_release_through_the_pages() -> None:
    from django.db import DatabaseError, transaction

    review = making.a_review()
    with identity.as_person(somebody(Role.ANALYST, "hub")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(state="done")
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.create(review=review, profile="tre", edition="x")


def test_two_who_ask_at_once_get_one_review() -> None:
    first, second = somebody(Role.ANALYST, "hub"), somebody(Role.COORDINATOR)
    assert making.a_review(first).pk == making.a_review(second).pk
    assert ProcrastinateJob.objects.filter(task_name="insight.make_review").count() == 1


def test_a_run_whose_worker_died_says_so_and_can_be_run_again() -> None:
    review = making.a_review()
    client = signed_in(somebody(Role.ANALYST, "hub"))
    address = f"/insight/reviews/{review.key}"
    Review.objects.filter(pk=review.pk).update(state="running", step="Trend by quarter", step_number=6)
    page = client.get(address, secure=True).content.decode()
    assert "The worker ended while it made this review" in page
    assert "data-watch" not in page
    # While a process holds it, it is being made, and cannot be started a second time.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [running.LOCKS[Review], review.pk])
    assert "Step 6 of 11: Trend by quarter" in client.get(address, secure=True).content.decode()
    client.post(f"{address}/again", secure=True)
    assert Review.objects.get().state == "running"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [running.LOCKS[Review], review.pk])
    client.post(f"{address}/again", secure=True)
    assert Review.objects.get().state == "waiting"
    assert ProcrastinateJob.objects.filter(task_name="insight.make_review").count() == 2
    # Nothing is in this hub: the run ends in words, and not in a traceback.
    ended = making.made(review)
    assert ended.state == "failed"
    page = client.get(address, secure=True).content.decode()
    assert "No report about stalking came to the hub in this period" in page
    assert "Run it again" in page


def test_a_fault_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Priya Nair")

    monkeypatch.setattr(services, "export", broken)
    ended = making.made(making.a_review())
    assert ended.state == "failed"
    assert "RuntimeError" in ended.problem
    assert "Priya" not in f"{ended.problem} {ended.remedy}"


def test_bundles_go_when_they_were_kept_long_enough() -> None:
    review = making.a_review()
    folders.emptied(folders.bundle(review))
    Review.objects.filter(pk=review.pk).update(state="done", finished_at=timezone.now())
    today = timezone.localdate()
    with identity.job(services.PURPOSE):
        assert services.clear_bundles(today + dt.timedelta(days=29)) == 0
        assert services.clear_bundles(today + dt.timedelta(days=30)) == 1
    assert not folders.bundle(review).exists()
    by = somebody(Role.ANALYST, "hub")
    with identity.as_person(by), pytest.raises(NotPossibleError, match="was removed"):
        services.ask_for_release(by, review, "police-victim")


def test_no_address_leads_to_what_is_not_there() -> None:
    client = signed_in(somebody(Role.ANALYST, "hub"))
    key = uuid.uuid4()
    for path in ("reviews/{}", "reviews/{}/report", "reviews/{}/report.zip", "releases/{}", "published/{}"):
        answer = client.get(f"/insight/{path.format(key)}", secure=True)
        assert answer.status_code == 404, path
        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_period_that_is_turned_or_not_over_is_refused_in_words() -> None:
    client = signed_in(somebody(Role.ANALYST, "hub"))
    turned = asked(client, period_to_year="2024")
    assert "The first day must be before the last day" in turned.content.decode()
    ahead = asked(client, period_to_year="2099")
    assert "must not be in the future" in ahead.content.decode()
    assert not Review.objects.exists()


def test_standing_of_nothing_asks_nothing() -> None:
    assert selectors.standing([]) == []


def quarter(year: int, number: int) -> tuple[dt.date, dt.date]:
    first = dt.date(year, 3 * number - 2, 1)
    after = dt.date(year + number // 4, 3 * number % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)


def test_a_review_of_own_cases_is_of_whole_quarters() -> None:
    analyst = somebody(Role.ANALYST, "hub")
    for first, last in (
        (dt.date(2026, 3, 19), dt.date(2026, 6, 30)),
        (dt.date(2026, 2, 1), dt.date(2026, 4, 30)),
        (dt.date(2026, 1, 1), dt.date(2026, 3, 30)),
    ):
        with (
            identity.as_person(analyst),
            pytest.raises(NotPossibleError, match="whole quarters"),
        ):
            services.ask_for_review(analyst, "cases", first, last)
        # Every report is no confidence of a case: any days are good.
        assert making.a_review(analyst, "reports", (first, last)).period_from == first
    assert making.a_review(analyst, "cases", quarter(2026, 1)).scope == "cases"


def test_two_reviews_that_a_few_cases_tell_apart_are_refused_and_put_before_the_auditor() -> None:
    """Seven cases in the first quarter, two of them with a report in the second: the half year and the
    quarter would tell about those two, whoever asks for the second."""
    from lamplighter.hub.audit.access_log import anomalies
    from lamplighter.hub.audit.models import UnusualAccess

    making.a_hub(7, 3)
    for pair in range(2):
        making.received(making.report(pair, 3))
    making.joined()
    making.cases_of_all()
    first = making.made(making.a_review(scope="cases", period=quarter(2026, 1)))
    assert first.state == "done", first.problem
    colleague = somebody(Role.ANALYST, "hub")
    half = (quarter(2026, 1)[0], quarter(2026, 2)[1])
    second = making.made(making.a_review(colleague, "cases", half))
    assert second.state == "failed"
    assert "differ by fewer than 5 cases" in second.problem
    assert not folders.report(second).exists()
    with identity.job("watch access"):
        anomalies.watch()
    raised = UnusualAccess.objects.get(rule="near_review")
    assert raised.user == colleague
    # The same quarter again tells nothing that the first did not.
    assert making.made(making.a_review(colleague, "cases", quarter(2026, 1))).state == "done"


def test_no_count_of_own_cases_is_of_a_single_one() -> None:
    """To the nearest five, and one to four are hidden: on the page of the run and in every file of the
    report.
    """
    making.a_hub(7, 3)
    making.cases_of_all()
    review = making.made(making.a_review(scope="cases"))
    told = presenters.counts(review)
    numbers = {row[0]["text"]: row[1]["text"] for row in told}
    assert numbers["Reports"] == "20"  # 21
    assert numbers["People, by pseudonym"] == "15"  # 14
    page = (folders.report(review) / "report.html").read_text()
    for table in sorted((folders.report(review)).rglob("*.csv")):
        if table.name == "outcome-groups.csv":
            continue  # what each code of the Home Office counts as, and no count
        for line in table.read_text().splitlines()[1:]:
            # The first cell is the number of an indicator, or words.
            for cell in line.split(",")[1:]:
                if cell.isdecimal() and len(cell) < 4:
                    assert int(cell) % 5 == 0, (table.name, line)
    assert "21 reports" not in page
    shown = signed_in(somebody(Role.ANALYST, "hub")).get(f"/insight/reviews/{review.key}", secure=True)
    assert "Counts are to the nearest five" in shown.content.decode()
