from django.urls import path

from lamplighter.hub.evidence import incident_views, shared_views, views

app_name = "evidence"
urlpatterns = [
    path("cases/<uuid:key>/exhibits", views.page, name="page"),
    path("cases/<uuid:key>/exhibits/send", views.send, name="send"),
    path("cases/<uuid:key>/exhibits/elsewhere", views.elsewhere, name="elsewhere"),
    path("cases/<uuid:key>/exhibits/custody", views.custody, name="custody"),
    path("cases/<uuid:key>/exhibits/<uuid:row>", views.exhibit, name="exhibit"),
    path("cases/<uuid:key>/exhibits/<uuid:row>/hand-over", views.move, name="move"),
    path("cases/<uuid:key>/exhibits/<uuid:row>/device", views.step, name="step"),
    path("cases/<uuid:key>/exhibits/<uuid:row>/shows", views.support, name="support"),
    path("cases/<uuid:key>/exhibits/<uuid:row>/incidents", incident_views.of_exhibit, name="incidents"),
    path("cases/<uuid:key>/incidents/<uuid:report>/exhibits", incident_views.of_incident, name="incident"),
    path("cases/<uuid:key>/exhibits/shared/<uuid:row>", shared_views.save, name="shared"),
    path("cases/<uuid:key>/exhibits/shared/<uuid:row>/picture", shared_views.picture, name="shared_picture"),
    path("cases/<uuid:key>/exhibits/file/<uuid:row>", views.open_file, name="open"),
    path("cases/<uuid:key>/exhibits/file/<uuid:row>/picture", views.picture, name="picture"),
    path("cases/<uuid:key>/exhibits/file/<uuid:row>/grid", views.grid, name="grid"),
    path("cases/<uuid:key>/exhibits/file/<uuid:row>/redact", views.redact, name="redact"),
]
