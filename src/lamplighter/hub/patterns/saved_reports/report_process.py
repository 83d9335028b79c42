"""The process that follows up one report by itself: what ``watched_process`` starts and watches."""

from __future__ import annotations

import os
import sys
import uuid

from lamplighter.hub.patterns.saved_reports import watched_process


def main(key: str) -> int:
    """Follow up one report, as the worker does; return the status to end with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    import django

    django.setup()
    from lamplighter.hub.access.wall import identity
    from lamplighter.hub.intake import selectors
    from lamplighter.hub.patterns import services
    from lamplighter.hub.patterns.saved_reports import failing_reports
    from lamplighter.hub.site.background_work import within

    within.ends_with_a_hang()
    try:
        with identity.job("match a new report"):
            services.reports_saved([selectors.report_id(uuid.UUID(key))], None)
    except failing_reports.NOBODYS:
        return watched_process.NOBODYS
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
