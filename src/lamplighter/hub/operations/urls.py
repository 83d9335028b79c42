from django.urls import path

from lamplighter.hub.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.status, name="status"),
    path("work/<int:job>/again", views.try_again, name="try_again"),
]
