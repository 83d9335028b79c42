from django.urls import path

from lamplighter.hub.arrivals.deliveries import views as import_views
from lamplighter.hub.arrivals.held_reports import views as report_views
from lamplighter.hub.arrivals.new_report import views
from lamplighter.hub.intake.sources import urls as sources

app_name = "intake"
urlpatterns = [
    path("new", views.new_report, name="new"),
    path("new/check", views.check, name="check"),
    path("new/readers", views.readers, name="readers"),
    path("new/sent/<uuid:key>", report_views.sent, name="sent"),
    path("new/<slug:step>", views.page, name="page"),
    path("reports", report_views.typed, name="typed"),
    path("reports/<uuid:key>", report_views.report, name="report"),
    path("reports/<uuid:key>/correct", report_views.correct, name="correct"),
    path("reports/<uuid:key>/correct/<slug:step>", report_views.correct_page, name="correct_page"),
    path("reports/<uuid:key>/withdraw", report_views.withdraw, name="withdraw"),
    path("reports/<uuid:key>/put-back", report_views.put_back, name="put_back"),
    path("reports/<uuid:key>/readers", report_views.readers, name="report_readers"),
    path("imports", import_views.history, name="history"),
    path("imports/held", import_views.held, name="held"),
    path("imports/set-aside", import_views.set_aside, name="set_aside"),
    path("imports/set-aside/<uuid:key>/again", import_views.set_aside_again, name="set_aside_again"),
    path("imports/send", import_views.send, name="send"),
    path("imports/send/<uuid:draft>", import_views.send_told_apart, name="send_told_apart"),
    *sources.urlpatterns,
    path("imports/<uuid:key>", import_views.delivery, name="delivery"),
    path("imports/<uuid:key>/rejects.csv", import_views.rejects, name="rejects"),
]
