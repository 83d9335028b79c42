from django.urls import path

from lamplighter.hub.intake import import_views, views

app_name = "intake"
urlpatterns = [
    path("new", views.new_report, name="new"),
    path("new/check", views.check, name="check"),
    path("new/sent", views.sent, name="sent"),
    path("new/<slug:step>", views.page, name="page"),
    path("imports", import_views.history, name="history"),
    path("imports/held", import_views.held, name="held"),
    path("imports/send", import_views.send, name="send"),
    path("imports/<uuid:key>", import_views.delivery, name="delivery"),
    path("imports/<uuid:key>/rejects.csv", import_views.rejects, name="rejects"),
]
