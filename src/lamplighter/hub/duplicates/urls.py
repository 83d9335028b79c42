from django.urls import path

from lamplighter.hub.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("<uuid:key>/joined", views.joined, name="joined"),
    path("<uuid:key>/joined/with/<uuid:other>", views.join, name="join"),
    path("<uuid:key>/joined/<uuid:row>/part", views.part, name="part"),
]
