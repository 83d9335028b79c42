from django.urls import path

from lamplighter.hub.intake import import_views, views
from lamplighter.hub.intake.reports import views as report_views

app_name = "intake"
urlpatterns = [
    path("new", views.new_report, name="new"),
    path("new/check", views.check, name="check"),
    path("new/sent/<uuid:key>", report_views.sent, name="sent"),
    path("new/<slug:step>", views.page, name="page"),
    path("reports", report_views.typed, name="typed"),
    path("reports/<uuid:key>", report_views.report, name="report"),
    path("reports/<uuid:key>/correct", report_views.correct, name="correct"),
    path("reports/<uuid:key>/correct/<slug:step>", report_views.correct_page, name="correct_page"),
    path("reports/<uuid:key>/withdraw", report_views.withdraw, name="withdraw"),
    path("reports/<uuid:key>/put-back", report_views.put_back, name="put_back"),
    path("imports", import_views.history, name="history"),
    path("imports/held", import_views.held, name="held"),
    path("imports/send", import_views.send, name="send"),
    path("imports/<uuid:key>", import_views.delivery, name="delivery"),
    path("imports/<uuid:key>/rejects.csv", import_views.rejects, name="rejects"),
]
