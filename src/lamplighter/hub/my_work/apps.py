from typing import ClassVar

from django.apps import AppConfig


class MyWorkConfig(AppConfig):
    name = "lamplighter.hub.my_work"
    label = "my_work"
    case_timeline = "lamplighter.hub.my_work.timeline"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("My work", "clocks:mine", "may_see_cases")]
