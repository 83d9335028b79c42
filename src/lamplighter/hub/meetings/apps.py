from typing import ClassVar

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "lamplighter.hub.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.meetings.configuration"
    case_panels = "lamplighter.hub.meetings.panels"
    work_list = "lamplighter.hub.meetings.work"
    case_history = "lamplighter.hub.meetings.minutes.history"
    navigation: ClassVar[list[tuple[str, str, str]]] = [("Meetings", "meetings:list", "may_see_cases")]
    wall_sql: ClassVar[tuple[str, ...]] = ("wall.sql",)
    # An agency's return is written on a page; what was agreed in a meeting ends by Done with its outcome.
    ended_by_pages: ClassVar[tuple[str, ...]] = ("meeting.return",)
    ended_by_closing: ClassVar[tuple[str, ...]] = ("meeting.return",)
