from django.urls import path

from lamplighter.hub.caseload import views

app_name = "caseload"
urlpatterns = [
    path("", views.index, name="index"),
    path("cases", views.cases, name="cases"),
    path("cases.csv", views.cases_file, name="cases_file"),
    path("overdue", views.tasks, name="tasks"),
    path("overdue.csv", views.tasks_file, name="tasks_file"),
    path("time", views.time, name="time"),
    path("time.csv", views.time_file, name="time_file"),
]
