from django.urls import path

from lamplighter.hub.instruments import register_views

app_name = "instruments_register"
urlpatterns = [
    path("", register_views.register, name="register"),
    path("<slug:code>/<str:version>/questions.xlsx", register_views.questions, name="questions"),
    path("licence", register_views.licence, name="licence"),
]
