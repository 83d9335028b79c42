from typing import ClassVar

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "lamplighter.hub.enquiries"
    label = "enquiries"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.enquiries.configuration"
    case_panels = "lamplighter.hub.enquiries.panels"
    case_opened = "lamplighter.hub.enquiries.appearing"
    case_events = "lamplighter.hub.enquiries.appearing"
    agencies_changed = "lamplighter.hub.enquiries.appearing"
    closing_checks = "lamplighter.hub.enquiries.closing"
    # Both end where a line gets its owner, or its outcome.
    ended_by_pages: ClassVar[tuple[str, ...]] = ("enquiry.",)
    ended_by_closing: ClassVar[tuple[str, ...]] = ("enquiry.",)
