from typing import ClassVar

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders that protect, decisions about them, and breaches."""

    name = "lamplighter.hub.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.orders.configuration"
    case_panels = "lamplighter.hub.orders.panels"
    case_opened = "lamplighter.hub.orders.following"
    case_people = "lamplighter.hub.orders.following"
    case_events = "lamplighter.hub.orders.following"
    closing_checks = "lamplighter.hub.orders.for_others.closing"
    case_decisions = "lamplighter.hub.orders.for_others.caseload"
    risk_reasons = "lamplighter.hub.orders.for_others.risk_reasons"
    meeting_agenda = "lamplighter.hub.orders.for_others.agenda"
    # What these ask for is recorded on a page. Telling the victim and enforcement end by Done.
    ended_by_pages: ClassVar[tuple[str, ...]] = (
        *("orders.decision", "orders.court_end", "orders.service", "orders.notification"),
        *("orders.ending", "orders.answer", "orders.stalking", "orders.zone"),
    )
    # Orders, breaches and whom to tell of them are policed whoever else still works on the case.
    ended_by_closing: ClassVar[tuple[str, ...]] = ("orders.decision",)
    outlives_closing: ClassVar[tuple[str, ...]] = ("orders.",)
