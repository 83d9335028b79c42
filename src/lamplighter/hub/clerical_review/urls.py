from django.urls import path

from lamplighter.hub.clerical_review import unsure_views, views

app_name = "people"
urlpatterns = [
    path("links/<slug:address>", views.link, name="link"),
    path("links/<slug:address>/waterfall.svg", views.waterfall, name="waterfall"),
    path("decisions/<uuid:act>/undo", views.undo, name="undo"),
    path("unsure", unsure_views.unsure_list, name="unsure"),
    path("unsure/<slug:address>", unsure_views.decide, name="unsure_one"),
    path("<str:person_id>", views.person, name="person"),
]
