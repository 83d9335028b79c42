from django.urls import path

from lamplighter.hub.casework import views

app_name = "casework"
urlpatterns = [
    path("cases/<uuid:key>/notes/new", views.add, name="add"),
    path("cases/<uuid:key>/notes/<uuid:row>", views.note, name="note"),
    path("cases/<uuid:key>/notes/<uuid:row>/correct", views.correct, name="correct"),
    path("cases/<uuid:key>/tasks/new", views.task, name="task"),
]
