from typing import ClassVar

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lamplighter.hub.cases"
    label = "cases"
    lead_workers = "lamplighter.hub.cases.participants.services"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.cases.configuration"
    case_panels = "lamplighter.hub.cases.places"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Cases", "cases:list", "may_see_cases")]
    # The other tasks of a case end by Done, with what came of it.
    ended_by_pages: ClassVar[tuple[str, ...]] = (
        "case.triage",
        "case.rejection",
        "case.follow_up_",
    )
    # By the states of its rule: see ``status.services``.
    ended_by_closing: ClassVar[tuple[str, ...]] = ("case.",)
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
