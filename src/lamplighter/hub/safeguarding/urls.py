from django.urls import path

from lamplighter.hub.safeguarding import views

app_name = "safeguarding"
urlpatterns = [
    path("<uuid:key>/intervention/victim-safety", views.checks, name="checks"),
    path("<uuid:key>/intervention/victim-safety/ask", views.ask, name="ask"),
    path("<uuid:key>/intervention/warnings", views.warned, name="warned"),
    path("<uuid:key>/intervention/warnings/warn", views.warn, name="warn"),
    path("<uuid:key>/victim/checks", views.victim_checks, name="victim_checks"),
    path("<uuid:key>/victim/checks/<uuid:row>", views.sign, name="sign"),
    path("<uuid:key>/warnings", views.warnings, name="warnings"),
]
