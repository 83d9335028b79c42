from django.urls import path

from lamplighter.hub.law import views

app_name = "law"
urlpatterns = [
    path("", views.law, name="law"),
    path("signed/<uuid:key>/check", views.check, name="check"),
    path("signed/<uuid:key>/off", views.off, name="off"),
    path("<slug:code>", views.switch, name="switch"),
    path("<slug:code>/sign", views.sign, name="sign"),
]
