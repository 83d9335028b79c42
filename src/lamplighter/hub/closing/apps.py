from typing import ClassVar

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """The closing check: each thing that a case needs before an outcome drops it, and who signs."""

    name = "lamplighter.hub.closing"
    label = "closing"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.closing.configuration"
    case_panels = "lamplighter.hub.closing.panels"
    case_events = "lamplighter.hub.closing.around.following"
    closing_checks = "lamplighter.hub.closing.checking"
    closing_guard = "lamplighter.hub.closing.services"
    caseload_figures = "lamplighter.hub.closing.published"
    # What is missing on a side, and the six-month limit, end by Done, with the outcome.
    ended_by_pages: ClassVar[tuple[str, ...]] = (
        *("closing.sign", "closing.override", "closing.review"),
        *("closing.handover", "closing.outcome", "closing.identity", "closing.authorise"),
    )
    # When the hub's work has ended, whoever took a case over is asked for its outcome, a victim who withdrew
    # is looked after, and the right to a review is there.
    ended_by_closing: ClassVar[tuple[str, ...]] = (
        *("closing.asked", "closing.sign", "closing.override", "closing.limit"),
    )
    outlives_closing: ClassVar[tuple[str, ...]] = (
        *("closing.review", "closing.right", "closing.outcome", "closing.identity", "closing.authorise"),
    )
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
