from typing import ClassVar

from django.apps import AppConfig


class ChildrenConfig(AppConfig):
    """Questions and tasks where the victim or the suspect of a case is under 18."""

    name = "lamplighter.hub.children"
    label = "children"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.children.configuration"
    case_panels = "lamplighter.hub.children.panels"
    case_opened = "lamplighter.hub.children.services"
    case_people = "lamplighter.hub.children.services"
    ended_by_pages: ClassVar[tuple[str, ...]] = ("child.",)
    outlives_closing: ClassVar[tuple[str, ...]] = ("child.",)
