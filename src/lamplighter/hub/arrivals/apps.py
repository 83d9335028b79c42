from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    name = "lamplighter.hub.arrivals"
    label = "arrivals"
    default_auto_field = "django.db.models.BigAutoField"
    configuration = "lamplighter.hub.arrivals.configuration"
    case_panels = "lamplighter.hub.arrivals.panels"
    case_timeline = "lamplighter.hub.arrivals.timeline"
    case_opened = "lamplighter.hub.arrivals.services"
    work_list = "lamplighter.hub.arrivals.work"
    follows_patterns = "lamplighter.hub.arrivals.following"
