from django.urls import path

from lamplighter.hub.access.oversight import views

app_name = "access"
urlpatterns = [
    path("need", views.need_by_reference, name="need_by_reference"),
    path("<uuid:key>/need", views.need, name="need"),
    path("<uuid:key>/kept-off", views.kept_off, name="kept_off"),
    path("<uuid:key>/kept-off/end", views.end_kept_off, name="end_kept_off"),
    path("<uuid:key>/i-know-somebody", views.i_know_somebody, name="i_know_somebody"),
]
