from django.urls import path

from lamplighter.hub.oversight.audit_log import views

app_name = "audit"
urlpatterns = [
    path("", views.events, name="events"),
    path("unusual", views.unusual_access, name="unusual"),
    path("unusual/<uuid:key>", views.one_unusual, name="one_unusual"),
]
