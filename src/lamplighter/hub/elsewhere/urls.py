from django.urls import path

from lamplighter.hub.elsewhere import views

app_name = "elsewhere"
CASE = "cases/<uuid:key>/elsewhere"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/<uuid:row>/ask", views.ask, name="ask"),
    path(f"{CASE}/<uuid:row>/decide", views.decide, name="decide"),
    path(f"{CASE}/requests/<uuid:row>", views.one_request, name="request"),
    path("index/", views.releases, name="releases"),
    path("index/<uuid:row>/withdraw", views.withdraw, name="withdraw"),
    path("index/decisions.csv", views.decisions, name="decisions"),
    path("index/suspects.csv", views.suspects, name="suspects"),
]
