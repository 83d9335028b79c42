from django.urls import path

from lamplighter.hub.search import views

app_name = "search"
urlpatterns = [path("", views.search, name="search")]
