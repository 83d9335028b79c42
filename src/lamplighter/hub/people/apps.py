from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PeopleConfig(AppConfig):
    name = "lamplighter.hub.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lamplighter.hub.people.links import reason_words

        connection_created.connect(reason_words.forget, dispatch_uid="reasons of explanations")
