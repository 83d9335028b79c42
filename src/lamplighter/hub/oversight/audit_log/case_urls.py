from django.urls import path

from lamplighter.hub.oversight.audit_log import views

app_name = "looks"
urlpatterns = [
    path("<uuid:key>/looked", views.looked, name="looked"),
]
