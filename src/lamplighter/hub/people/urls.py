from django.urls import path

from lamplighter.hub.people import views

app_name = "people"
urlpatterns = [
    path("links/<slug:key>", views.link, name="link"),
    path("links/<slug:key>/waterfall.svg", views.waterfall, name="waterfall"),
    path("decisions/<uuid:act>/undo", views.undo, name="undo"),
    path("<str:person_id>", views.person, name="person"),
]
