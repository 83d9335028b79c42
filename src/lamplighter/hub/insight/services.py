"""Ask for a review, make it, prepare its release, and remove files held too long."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.insight import folders, ledger, policies, rules, running
from lamplighter.hub.insight.export import bundle as exporting
from lamplighter.hub.insight.models import Publication, Release, Review, Run
from lamplighter.study_bundle.bundle import Publication as Pack

PURPOSE = "review the response"
#: Held while a release is made: the next one must know of it.
RELEASING = 72028
TAKING, CHECKING, WRITING = "Taking the reports out", "Checking the bundle", "Writing the report"
READING, PROTECTING = "Reading the bundle again", "Protecting and testing the release"


def ask_for_review(user: User, scope: str, period_from: dt.date, period_to: dt.date) -> Review:
    """A review that a worker will make; or the one that is waiting or being made already.

    Raises:
        NotPossibleError: the period is turned, or not over, or this person may not ask for this scope.
    """
    policies.may_ask(scope, period_from, period_to, timezone.localdate(), permissions.may_review_cases(user))
    with identity.as_service(PURPOSE), connection.cursor() as cursor:
        # Two who ask at the same moment ask for one review.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [running.LOCKS[Review]])
        asked = {"scope": scope, "period_from": period_from, "period_to": period_to}
        under_way = Review.objects.filter(**asked, state__in=(Run.State.WAITING, Run.State.RUNNING))
        broken = running.broken_off(list(under_way))
        there = under_way.exclude(pk__in=broken).order_by("pk").first()
        if there is not None:
            return there
        review = Review.objects.create(asked_by=user, **asked)
        audit.record(
            user,
            "insight.review_asked",
            f"review {review.key}",
            operation=Operation.COMBINATION,
            scope=scope,
            period=[period_from.isoformat(), period_to.isoformat()],
        )
        _defer("review", review)
    return review


def ask_again(user: User, run: Run) -> None:
    """Put a run that stopped, or whose worker died, back in the queue.

    Raises:
        NotPossibleError: it waits, is being worked on, or is done.
    """
    with identity.as_service(PURPOSE):
        # Whoever presses the button second finds it waiting.
        found = type(run).objects.select_for_update().get(pk=run.pk)  # type: ignore[attr-defined]  # every model has it
        policies.may_run_again(found, bool(running.broken_off([found])))
        found.state = Run.State.WAITING
        found.save(update_fields=["state"])
        kind = "review" if isinstance(found, Review) else "release"
        audit.record(user, f"insight.{kind}_asked_again", f"{kind} {found.key}")
        _defer(kind, found)


def _defer(kind: str, run: Run) -> None:
    # In the same transaction as the row: either there are both or there is neither.
    app.configure_task(f"insight.make_{kind}", allow_unknown=False).defer(run_key=str(run.key))


def forget_later() -> None:
    """Have a worker remove the bundles that were made before an erasure."""
    app.configure_task("insight.forget_bundles", allow_unknown=False).defer()


def make_review(review: Review) -> None:
    """Export, check, review, write: by a worker, inside ``identity.job(PURPOSE)``. Its end is in the row."""
    with running.carried_out(review) as step:
        if step is not None:
            _make_review(review, step)


def _make_review(review: Review, step: running.Steps) -> None:
    from lamplighter.studies.review.publication.report_folder import write_review

    step(TAKING)
    place = folders.emptied(folders.bundle(review))
    review.counts = export(review, place)
    step(CHECKING)
    found = _found(review, step)
    step(WRITING)
    # Written beside and put in place as a whole: a page never shows half a report.
    half = folders.emptied(folders.of(review) / "half")
    write_review(found, half, rounded=review.scope == Review.Scope.CASES)
    shutil.rmtree(folders.report(review), ignore_errors=True)
    half.rename(folders.report(review))
    review.digest = found.cohort.bundle.digest
    review.not_answered = list(dict.fromkeys(item.what for item in found.found.not_answered))
    review.bundle_removed_at = None
    if review.scope == Review.Scope.CASES:
        # It is never released, so nothing needs what the hub's agencies wrote once the report is there.
        shutil.rmtree(place)
        review.bundle_removed_at = timezone.now()
    review.state, review.finished_at = Run.State.DONE, timezone.now()
    review.save()


def export(review: Review, place: Path) -> dict[str, Any]:
    """Write the bundle of a review into a folder, and say so in the trail."""
    period = (review.period_from, review.period_to)
    try:
        made = exporting.export(
            review.scope,
            period,
            place,
            timezone.localdate(),
            earlier=_earlier(review.scope, period),
            packs=_packs(period, timezone.localdate()),
        )
    except exporting.TooNearError as problem:
        _near(review.asked_by, f"review {review.key}", period)
        raise running.UnableError(str(problem), "") from None
    except exporting.TooLittleError as problem:
        raise running.UnableError(str(problem), "") from None
    counts = {
        "rows": made.tables,
        "events": made.kinds,
        "left out": made.left_out,
        "unique": {"rows": made.unique.rows, "alone": made.unique.alone},
    }
    tables: dict[str, Any] = dict(made.tables)
    audit.record(
        review.asked_by,
        "insight.bundle_made",
        f"review {review.key}",
        operation=Operation.COMBINATION,
        fields=sorted(made.tables),
        scope=review.scope,
        **tables,
    )
    return counts


def _earlier(scope: str, period: tuple[dt.date, dt.date]) -> list[tuple[dt.date, dt.date]]:
    """Periods of the hub's own cases that anybody here has had counted, other than this one."""
    if scope != Review.Scope.CASES:
        return []
    done = Review.objects.filter(scope=scope, state=Run.State.DONE)
    known = set(done.values_list("period_from", "period_to"))
    return sorted(known - {period})


def _packs(period: tuple[dt.date, dt.date], today: dt.date) -> tuple[Pack, ...]:
    """The hub's own pack of this period, where the rules say that one is due: whether it came out, and when.

    It has come out when a release of these days withstood.
    """
    due = rules.pack_due(period, today)
    if due is None:
        return ()
    out = Publication.objects.filter(period_from=period[0], period_to=period[1]).order_by("at").first()
    return (Pack("The hub", due, timezone.localdate(out.at) if out else None),)


def _near(user: User | None, subject: str, period: tuple[dt.date, dt.date]) -> None:
    """Put before the auditors that somebody asked for a period that one of before would tell a case from."""
    audit.record(
        user,
        "insight.near_review",
        subject,
        operation=Operation.COMBINATION,
        period=[day.isoformat() for day in period],
    )


def export_to(folder: Path, scope: str, period: tuple[dt.date, dt.date], reason: str) -> exporting.Exported:
    """A bundle for an administrator on the server: the same one, by the same services, in the same trail.

    Raises:
        TooLittleError: no report is in it, or fewer cases than the hub reviews together.
        TooTellingError: too many of its rows could be told from all others.
        NotPossibleError: the period is turned or not over.
        FileExistsError: the folder has something in it.
    """
    policies.may_ask(scope, *period, timezone.localdate(), cases=True)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Name a folder that is not there yet.")
    days = [day.isoformat() for day in period]
    with identity.as_service(PURPOSE):
        # Before a file is written: whatever becomes of this process, the trail has it.
        audit.record(
            None,
            "insight.bundle_asked",
            "bundle",
            operation=Operation.DISCLOSURE,
            reason=reason,
            scope=scope,
            period=days,
        )
        earlier = _earlier(scope, period)
        packs = _packs(period, timezone.localdate())
    try:
        made = exporting.export(
            scope, period, folder, timezone.localdate(), leaves=True, earlier=earlier, packs=packs
        )
    except exporting.TooNearError:
        with identity.as_service(PURPOSE):
            _near(None, "bundle", period)
        raise
    with identity.as_service(PURPOSE):
        audit.record(
            None,
            "insight.bundle_exported",
            "bundle",
            operation=Operation.DISCLOSURE,
            fields=sorted(made.tables),
            reason=reason,
            scope=scope,
            period=days,
            unique=made.unique.alone,
            left_out=list(made.coarser),
            **made.tables,
        )
    return made


def _found(review: Review, step: running.Steps) -> Any:
    """What the study finds in the bundle, with what its check had to say of the data."""
    from lamplighter.studies.review import engine
    from lamplighter.study_bundle import checking
    from lamplighter.study_bundle.errors import StudyBundleError

    try:
        checked = checking.check(folders.bundle(review))
        bundle = checked.required()
    except StudyBundleError:
        raise running.UnableError(
            "The bundle that the hub made is not one that the review can read.",
            "Tell whoever looks after this hub.",
        ) from None
    return engine.review(bundle, progress=step, rejects=checked.rejects)


def ask_for_release(user: User, review: Review, profile: str) -> Release:
    """A release of a review that a worker will prepare; or the one that is under way already.

    Raises:
        NotPossibleError: the review is not done, its bundle is gone, or it may never leave.
    """
    with identity.as_service(PURPOSE):
        held = Review.objects.select_for_update().get(pk=review.pk)
        policies.may_release(held, folders.bundle(held).is_dir())
        under_way = held.releases.filter(state__in=(Run.State.WAITING, Run.State.RUNNING))
        there = under_way.exclude(pk__in=running.broken_off(list(under_way))).first()
        if there is not None:
            return there
        number = Release.objects.filter(review__period_to=held.period_to).count() + 1
        release = Release.objects.create(
            asked_by=user, review=held, profile=profile, edition=f"{held.period_to.isoformat()}-{number}"
        )
        audit.record(user, "insight.release_asked", f"release {release.key}", profile=profile)
        _defer("release", release)
    return release


def make_release(release: Release) -> None:
    """Protect, attack, enter in the ledger what withstood: by a worker, inside ``identity.job(PURPOSE)``."""
    with running.carried_out(release) as step:
        if step is not None:
            _make_release(release, step)


def _make_release(release: Release, step: running.Steps) -> None:
    from lamplighter.disclosure.errors import DisclosureError

    review = release.review
    if not folders.bundle(review).is_dir():
        raise running.UnableError(
            "The bundle of this review is gone.", "Run the review again, then release that."
        )
    step(READING)
    found = _found(review, step)
    step(PROTECTING)
    with tempfile.TemporaryDirectory(prefix="lamplighter-release-") as work, _alone():
        try:
            outcome = ledger.publish(found, release, Path(work))
        except DisclosureError as problem:
            raise running.UnableError(problem.what, problem.remedy) from None
        with transaction.atomic():
            if outcome.passed:
                made = ledger.enter(release, Path(work))
                audit.record(
                    release.asked_by,
                    "insight.released",
                    f"publication {made.key}",
                    operation=Operation.DISCLOSURE,
                    profile=release.profile,
                )
            else:
                audit.record(
                    release.asked_by,
                    "insight.release_blocked",
                    f"release {release.key}",
                    tables=len(outcome.tables),
                )
            kind = Release.Outcome.WITHSTOOD if outcome.passed else Release.Outcome.BLOCKED
            release.outcome, release.tables, release.words = kind, list(outcome.tables), outcome.words
            release.state, release.finished_at = Run.State.DONE, timezone.now()
            release.save()


@contextmanager
def _alone() -> Iterator[None]:
    """One release at a time in the whole hub: each is attacked with everything that was released before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [RELEASING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RELEASING])


def clear_bundles(today: dt.date) -> int:
    """Remove bundles that were kept long enough; returns how many. Their reports stay."""
    days = rules.in_force("bundle_days", today)["days"]
    old = Review.objects.filter(
        state=Run.State.DONE,
        bundle_removed_at=None,
        finished_at__date__lte=today - dt.timedelta(days=days),
    )
    return _removed(old)


def forget_bundles() -> bool:
    """Remove every bundle that is kept, since somebody in it was erased; tell whether one is being made.

    A bundle is made anew in a minute, by *Run it again* for the same days, without who was erased. The
    reports stay: they hold counts, and no row of anybody.
    """
    _removed(Review.objects.filter(state=Run.State.DONE, bundle_removed_at=None), why="erasure")
    # What stopped half way is not read by anybody, and not kept either.
    running_now = running.worked_on(Review)
    for review in Review.objects.exclude(state=Run.State.DONE).exclude(pk__in=running_now):
        shutil.rmtree(folders.bundle(review), ignore_errors=True)
    return bool(running_now)


def _removed(reviews: QuerySet[Review], why: str = "kept long enough") -> int:
    removed = 0
    for review in reviews:
        # The files first: done again after a crash, it finds none and says so in the row and the trail.
        shutil.rmtree(folders.bundle(review), ignore_errors=True)
        with transaction.atomic():
            review.bundle_removed_at = timezone.now()
            review.save(update_fields=["bundle_removed_at"])
            audit.record(
                None, "insight.bundle_removed", f"review {review.key}", operation=Operation.ERASURE, why=why
            )
        removed += 1
    return removed


def opened(publication: Publication, user: User, how: str) -> bytes:
    """The archive of what was published, and who took it."""
    audit.record(
        user, f"insight.publication_{how}", f"publication {publication.key}", operation=Operation.CONSULTATION
    )
    return bytes(publication.archive)
