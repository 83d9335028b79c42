from django.urls import path

from lamplighter.hub.notices import views

app_name = "notices"
urlpatterns = [
    path("account/email", views.settings, name="settings"),
    path("account/email/address", views.address, name="address"),
    path("account/email/code", views.code, name="code"),
    path("account/email/choices", views.choices, name="choices"),
    path("account/email/remove", views.remove, name="remove"),
    path("account/email/test", views.test, name="test"),
    path("service/email", views.service, name="service"),
]
