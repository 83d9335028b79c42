from django.urls import path

from lamplighter.hub.audit import views

app_name = "looks"
urlpatterns = [
    path("<uuid:key>/looked", views.looked, name="looked"),
]
