from django.urls import path

from lamplighter.hub.children import views

app_name = "children"
urlpatterns = [
    path("<uuid:key>/under-18", views.page, name="page"),
    path("<uuid:key>/under-18/<slug:side>/<slug:code>", views.answer, name="answer"),
]
