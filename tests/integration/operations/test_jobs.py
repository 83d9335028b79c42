"""Background work: every kind has words, what fails is tried again, what is left undone comes back."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import services as intake
from lamplighter.hub.intake import tasks as intake_tasks
from lamplighter.hub.intake.models import Delivery, ReportVersion
from lamplighter.hub.operations import checks, jobs, selectors, services
from lamplighter.hub.operations.models import Copy, JobFault
from lamplighter.hub.site.background_work import retries
from tests.integration.access import making
from tests.integration.intake import making as extracts

pytestmark = [pytest.mark.django_db, pytest.mark.own_server]


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    checks.forget()


def failed(task: str = "intake.read_delivery", **args: Any) -> int:
    """A job that has failed for good."""
    number = int(app.configure_task(task, allow_unknown=True).defer(**args))
    app.job_manager.connector.execute_query(
        query="UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %(id)s", id=number
    )
    return number


def test_every_task_has_words_and_no_task_is_missing() -> None:
    tasks = {name for name in app.tasks if "builtin" not in name}
    assert set(jobs.WORDS) == tasks
    assert {t.queue for n, t in app.tasks.items() if n in tasks} >= jobs.LONG


def test_a_job_is_tried_again_with_growing_waits_and_then_no_more() -> None:
    now = timezone.now()
    waits = []
    for attempts in range(10):
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = retries.PATIENT.get_retry_decision(exception=OSError(), job=job)
        if decision is None:
            break
        assert decision.retry_at is not None
        waits.append(round((decision.retry_at - now).total_seconds()))
    assert waits == list(retries.Patient.WAITS)
    assert waits == sorted(waits)


def test_what_fails_is_kept_by_its_kind_and_place_never_by_its_words() -> None:
    class Context:
        job = Job(
            id=7, queue="q", lock=None, queueing_lock=None, task_name="intake.read_delivery", attempts=1
        )

    def fails() -> None:
        raise ValueError("Priya Nair, 12 Meadow Lane")

    with pytest.raises(ValueError, match="Priya"):
        jobs.watched(fails, Context(), None)  # type: ignore[arg-type]
    kept = JobFault.objects.get()
    assert (kept.job_id, kept.attempt, kept.kind) == (7, 2, "ValueError")
    assert "test_jobs.py" in kept.place
    assert "Priya" not in kept.place


def received(tmp_path: Path, minutes: int) -> Delivery:
    """A delivery that came so many minutes ago."""
    path = extracts.force_a(tmp_path / "force_a_rms_extract.csv", 1)
    delivery = intake.receive_files([path], "force_a_rms")
    at = timezone.now() - dt.timedelta(minutes=minutes)
    Delivery.objects.filter(pk=delivery.pk).update(received_at=at)
    return delivery


def test_files_that_nobody_reads_are_queued_again_once(tmp_path: Path) -> None:
    delivery = received(tmp_path, 10)
    with identity.job("receive reports"):
        assert services.queue_undone() == [str(delivery.key)]
        # It waits now.
        assert services.queue_undone() == []
    (job,) = ProcrastinateJob.objects.filter(task_name="intake.read_delivery")
    assert job.args == {"delivery_key": str(delivery.key)}


def test_files_of_just_now_and_failed_ones_are_left_alone(tmp_path: Path) -> None:
    delivery = received(tmp_path, 1)
    with identity.job("receive reports"):
        assert services.queue_undone() == []
        Delivery.objects.filter(pk=delivery.pk).update(received_at=timezone.now() - dt.timedelta(minutes=10))
        failed(delivery_key=str(delivery.key))
        assert services.queue_undone() == []


def test_read_files_whose_reports_nobody_matched_are_queued_again(tmp_path: Path) -> None:
    delivery = received(tmp_path, 10)
    intake.run(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=timezone.now() - dt.timedelta(minutes=5))
    with identity.job("receive reports"):
        assert services.queue_undone() == [str(delivery.key)]


def test_uploads_that_nobody_needs_go_after_a_day(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    yesterday = time.time() - 90_000
    kept, needed, gone, cut_off, new = (
        tmp_path / name for name in ("new", "needed", "gone", "arriving/cut.upload", "arriving/new.upload")
    )
    for folder in (kept, needed, gone, tmp_path / "arriving"):
        folder.mkdir()
    for path in (kept / "a.csv", gone / "a.csv", cut_off, new):
        path.write_text("somebody's record")
    delivery = received(needed, 10)
    # A sample of today, in a folder to which none was added since yesterday.
    sample = tmp_path / "samples" / "one" / "draft.sealed"
    sample.parent.mkdir(parents=True)
    sample.write_text("sealed")
    for path in (needed, gone, cut_off, tmp_path / "arriving", tmp_path / "samples"):
        os.utime(path, (yesterday, yesterday))
    with identity.job("receive reports"):
        assert services.clear_uploads() == 2
    assert not gone.exists()
    assert not cut_off.exists()
    assert all(p.exists() for p in (kept / "a.csv", new, sample, Path(delivery.files.get().path)))


def test_files_that_cannot_be_read_leave_nothing_in_plain_text(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS = tmp_path
    (tmp_path / "one").mkdir()
    path = tmp_path / "one" / "force_a_rms_extract.csv"
    path.write_text("nothing,like,it\n1,2,Priya Nair\n")
    delivery = intake.import_files([path], "force_a_rms")
    assert delivery.state == Delivery.State.FAILED
    assert not path.exists()


def test_old_records_of_work_go_and_failed_ones_stay_longer() -> None:
    done, lost = (int(app.configure_task("clocks.overdue").defer(timestamp=n)) for n in (1, 2))
    connector = app.job_manager.connector
    for number, status in ((done, "succeeded"), (lost, "failed")):
        connector.execute_query(
            query="UPDATE procrastinate_jobs SET status = %(s)s::procrastinate_job_status WHERE id = %(id)s",
            s=status,
            id=number,
        )
    connector.execute_query(query="UPDATE procrastinate_events SET at = at - interval '30 days'")
    with identity.job(jobs.PURPOSE):
        services.clear_records()
    assert list(ProcrastinateJob.objects.values_list("pk", flat=True)) == [lost]


def page(client: Client, role: str) -> Any:
    client.force_login(making.somebody(role))
    return client.get("/service/", secure=True)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR])
def test_the_page_says_what_failed_and_how_the_copies_stand(client: Client, role: str) -> None:
    number = failed()
    JobFault.objects.create(
        job_id=number, task="t", attempt=1, at=timezone.now(), kind="DataError", place="store.py:99 write"
    )
    services.note_copy(timezone.now() - dt.timedelta(days=5), 1_000_000, 3.0)
    shown = page(client, role).content.decode()
    assert "Read files that were sent" in shown
    assert "DataError at store.py:99 write" in shown
    assert "No worker is running" in shown
    assert "The last copy was made on" in shown
    # Who only looks has no button.
    assert ("/again" in shown) is (role != Role.AUDITOR)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"administrator", "coordinator", "auditor"}))
def test_nobody_else_opens_the_page(client: Client, role: str) -> None:
    assert page(client, role).status_code == 403


def test_what_failed_is_tried_again_once_and_the_trail_has_it(client: Client) -> None:
    number = failed()
    user = making.somebody(Role.COORDINATOR)
    client.force_login(user)
    for words in ("back in the queue", "tried again already"):
        shown = client.post(f"/service/work/{number}/again", secure=True, follow=True).content.decode()
        assert words in shown
    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
    assert Event.objects.filter(verb="operations.tried_again", actor_id=user.pk).count() == 1
    client.force_login(making.somebody(Role.AUDITOR))
    assert client.post(f"/service/work/{number}/again", secure=True).status_code == 403


def test_every_page_says_to_those_who_look_after_it_that_something_is_wrong(client: Client) -> None:
    client.force_login(making.somebody(Role.ADMINISTRATOR))
    assert "No worker is running" in client.get("/account/", secure=True).content.decode()
    client.force_login(making.somebody(Role.ADVOCATE, "helpline"))
    assert "No worker is running" not in client.get("/account/", secure=True).content.decode()


def test_findings_follow_what_is_there() -> None:
    now = timezone.now()
    assert checks.copies(now).state is checks.State.NOW
    services.note_copy(now - dt.timedelta(hours=30), 1, 1.0)
    assert checks.copies(now).state is checks.State.SOON
    services.note_copy(now, 1, 1.0)
    assert checks.copies(now).state is checks.State.OK
    assert checks.proofs(now).state is checks.State.SOON
    services.note_drill(now, 1.0, equal=False)
    assert checks.proofs(now).state is checks.State.NOW
    services.note_drill(now, 1.0, equal=True)
    assert checks.proofs(now).state is checks.State.OK
    assert Copy.objects.count() == 4
    assert checks.worker(now).state is checks.State.NOW
    app.job_manager.connector.execute_query(query="INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert checks.worker(timezone.now()).state is checks.State.OK
    assert checks.failed_work(now).state is checks.State.OK
    failed()
    assert checks.failed_work(now).state is checks.State.NOW
    assert [w.words for w in selectors.work("failed")] == ["Read files that were sent"]


def test_whoever_sent_files_is_told_that_nobody_reads_them(tmp_path: Path, client: Client) -> None:
    execute = app.job_manager.connector.execute_query
    delivery = received(tmp_path, 0)
    sender = making.somebody(Role.ADMINISTRATOR, "hub")
    client.force_login(sender, backend="django.contrib.auth.backends.ModelBackend")
    for address in (reverse("intake:history"), reverse("intake:delivery", args=[delivery.key])):
        assert "the hub’s worker is not running" in client.get(address, secure=True).content.decode()
        execute(query="INSERT INTO procrastinate_workers DEFAULT VALUES")
        assert "worker is not running" not in client.get(address, secure=True).content.decode()
        execute(query="DELETE FROM procrastinate_workers")


def test_what_a_killed_worker_left_is_taken_up_within_two_minutes() -> None:
    class Manager:
        """What a worker asks, of one job that another left."""

        retried: ClassVar[list[Any]] = []

        async def get_stalled_jobs(self, *, seconds_since_heartbeat: float) -> list[Any]:
            return [
                Job(id=7, queue="intake", task_name="intake.read_delivery", lock=None, queueing_lock=None)
            ]

        async def retry_job(self, job: Any) -> None:
            self.retried.append(job.id)

    # In a thread of its own: a browser of another test may have left a loop running in this one.
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(asyncio.run, jobs.take_up_again(Manager())).result() == 1
    assert Manager.retried == [7]
    # Dead after so long, looked for so often, and a sign of life every ten seconds.
    assert jobs.DEAD_AFTER + jobs.LOOK_EVERY + 10 <= 120


def test_work_that_waits_for_long_is_said_on_every_page() -> None:
    number = int(app.configure_task("intake.read_delivery", allow_unknown=True).defer())
    for waited, state in ((1, "ok"), (10, "soon"), (90, "now")):
        app.job_manager.connector.execute_query(
            query="UPDATE procrastinate_events SET at = now() - make_interval(mins => %(waited)s)"
            " WHERE job_id = %(job)s",
            waited=waited,
            job=number,
        )
        assert checks.waiting_work(timezone.now()).state == state


def test_a_worker_reads_no_file_of_the_machine_that_a_row_names(tmp_path: Path, settings: Any) -> None:
    """As somebody who writes into the database could ask it to: a file elsewhere, a link to it, a mapping."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    outside = extracts.force_a(tmp_path / "force_a_rms_extract.csv", 1)
    inside = extracts.force_a(settings.UPLOADS / "force_a_rms_extract.csv", 2)
    link = settings.UPLOADS / "link.csv"
    link.symlink_to(outside)
    own = tmp_path / "force_a_rms.toml"
    own.write_text("name = 'x'")
    for path, mapping, words in (
        (outside, "force_a_rms", "Its files are not where files are sent to"),
        (link, "force_a_rms", "Its files are not where files are sent to"),
        (settings.UPLOADS / ".." / outside.name, "force_a_rms", "Its files are not where files are sent to"),
        (inside, str(own), "Its mapping is not one of this hub’s"),
    ):
        delivery = intake.receive_files([inside], "force_a_rms")
        Delivery.objects.filter(pk=delivery.pk).update(mapping=mapping, state=Delivery.State.WAITING)
        delivery.files.update(path=str(path))
        intake_tasks.read_delivery(str(delivery.key))
        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.FAILED
        assert words in delivery.problem
        assert ReportVersion.objects.count() == 0
    assert outside.exists()
    Delivery.objects.filter(pk=delivery.pk).update(mapping="force_a_rms", state=Delivery.State.WAITING)
    intake_tasks.read_delivery(str(delivery.key))
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DONE
