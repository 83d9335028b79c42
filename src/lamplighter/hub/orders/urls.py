from django.urls import path

from lamplighter.hub.orders import views

app_name = "orders"
CASE = "cases/<uuid:key>/orders"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/record", views.record, name="record"),
    path(f"{CASE}/decide", views.decide, name="decide"),
    path(f"{CASE}/decide/<uuid:row>", views.decide, name="decide"),
    path(f"{CASE}/breach", views.breach, name="breach"),
    path(f"{CASE}/breaches/<uuid:row>", views.broken, name="broken"),
    path(f"{CASE}/breaches/<uuid:row>/answer", views.answer, name="answer"),
    path(f"{CASE}/breaches/<uuid:row>/stalking", views.stalking, name="stalking"),
    path(f"{CASE}/zones", views.zones_page, name="zones"),
    path(f"{CASE}/zones/write", views.zone, name="zone"),
    path(f"{CASE}/<uuid:row>", views.order, name="order"),
    path(f"{CASE}/<uuid:row>/change", views.change, name="change"),
    path(f"{CASE}/<uuid:row>/happened", views.step, name="step"),
]
