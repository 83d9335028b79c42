from django.urls import path

from lamplighter.hub.my_work import views

app_name = "clocks"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("team", views.team, name="team"),
    path("given", views.given, name="given"),
    path("<uuid:key>", views.clock, name="clock"),
    path("<uuid:key>/done", views.done, name="done"),
    path("<uuid:key>/take", views.take, name="take"),
    path("<uuid:key>/give", views.give, name="give"),
    path("<uuid:key>/cancel", views.cancel, name="cancel"),
]
