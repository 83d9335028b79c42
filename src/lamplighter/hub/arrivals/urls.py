from django.urls import path

from lamplighter.hub.arrivals import views

app_name = "arrivals"
urlpatterns = [
    path("<uuid:key>/reports", views.reports, name="reports"),
    path("<uuid:key>/reports/read", views.read, name="read"),
]
