from django.urls import path

from lamplighter.hub.people import views

app_name = "people"
urlpatterns = [
    path("links/<slug:address>", views.link, name="link"),
    path("links/<slug:address>/waterfall.svg", views.waterfall, name="waterfall"),
    path("decisions/<uuid:act>/undo", views.undo, name="undo"),
    path("<str:person_id>", views.person, name="person"),
]
