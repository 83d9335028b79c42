from django.urls import path

from lamplighter.hub.cases import views

app_name = "cases"
urlpatterns = [
    path("<uuid:key>", views.case, name="case"),
]
