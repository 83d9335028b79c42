from django.urls import path

from lamplighter.hub.intake import views

app_name = "intake"
urlpatterns = [
    path("new", views.new_report, name="new"),
    path("imports", views.history, name="history"),
]
