from typing import ClassVar

from django.apps import AppConfig


class ElsewhereConfig(AppConfig):
    """Answers of the national index, kept for the police on a case, and what is asked of other forces."""

    name = "lamplighter.hub.elsewhere"
    label = "elsewhere"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.elsewhere.configuration"
    navigation: ClassVar[list[tuple[str, str, str]]] = [
        ("National index", "elsewhere:releases", "may_see_index")
    ]
    case_panels = "lamplighter.hub.elsewhere.panels"
    case_opened = "lamplighter.hub.elsewhere.placing"
    case_people = "lamplighter.hub.elsewhere.placing"
    follows_patterns = "lamplighter.hub.elsewhere.following"
    agencies_changed = "lamplighter.hub.elsewhere.placing"
    ended_by_pages: ClassVar[tuple[str, ...]] = ("elsewhere.",)
    ended_by_closing: ClassVar[tuple[str, ...]] = ("elsewhere.",)
