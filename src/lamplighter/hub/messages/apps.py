from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """What the victim brings. Its label is not the folder's: Django has an application of that label."""

    name = "lamplighter.hub.messages"
    label = "brought"
    default_auto_field = "django.db.models.BigAutoField"
    case_panels = "lamplighter.hub.messages.panels"
    case_timeline = "lamplighter.hub.messages.timeline"
    work_list = "lamplighter.hub.messages.work"
