from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PeopleConfig(AppConfig):
    name = "lamplighter.hub.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
    work_list = "lamplighter.hub.people.work"

    def ready(self) -> None:
        from lamplighter.hub.people import wording

        connection_created.connect(wording.forget, dispatch_uid="reasons of explanations")
