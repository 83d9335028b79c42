from django.urls import path

from lamplighter.hub.configuration import views

app_name = "configuration"
urlpatterns = [
    path("", views.parts, name="parts"),
    path("<slug:name>", views.part, name="part"),
    path("<slug:name>/<uuid:key>", views.version, name="version"),
]
