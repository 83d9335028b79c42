"""Put work on received reports into the queue, by the name of its job."""

from __future__ import annotations

from procrastinate.contrib.django import app


def follow_up_later(report_key: str) -> None:
    """Have a worker see what a report joins that is stored."""
    app.configure_task("intake.follow_up_report", allow_unknown=False).defer(report_key=report_key)
