from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Messages and pictures that the victim brings. Django has an application of the folder's label."""

    name = "lamplighter.hub.messages"
    label = "brought"
    default_auto_field = "django.db.models.BigAutoField"
    case_panels = "lamplighter.hub.messages.panels"
    case_timeline = "lamplighter.hub.messages.timeline"
    work_list = "lamplighter.hub.messages.work"
