"""Say how a background job that failed is tried again."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job


class Patient(BaseRetryStrategy):
    """Try again after 5 seconds, 30 seconds, 2 minutes, 10 minutes, half an hour and two hours; then no more.

    A database that restarts, or a disk that somebody empties, is back by then. What still fails has a reason
    of its own, and stands on the page of the service.
    """

    WAITS = (5, 30, 120, 600, 1800, 7200)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= len(self.WAITS):
            return None
        return RetryDecision(retry_in={"seconds": self.WAITS[job.attempts]})


PATIENT = Patient()
