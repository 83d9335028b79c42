from typing import ClassVar

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "lamplighter.hub.oversight"
    label = "oversight"
    configuration = "lamplighter.hub.oversight.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("Audit log", "audit:events", "may_see_activity"),
        ("Unusual access", "audit:unusual", "may_see_activity"),
        ("Emergency access", "oversight:reviews", "may_review_glass"),
    ]
    work_list = "lamplighter.hub.oversight.work"
    case_panels = "lamplighter.hub.oversight.panels"
    banners: ClassVar[tuple[str, ...]] = ("lamplighter.hub.oversight.emergency_access.banners.open_glass",)
    outlives_closing: ClassVar[tuple[str, ...]] = ("glass_broken",)
