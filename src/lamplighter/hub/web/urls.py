from django.urls import include, path

from lamplighter.hub.intake.feed import api
from lamplighter.hub.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("more/", views.more, name="more"),
    path("work/", include("lamplighter.hub.my_work.urls")),
    path("audit/", include("lamplighter.hub.oversight.audit_log.urls")),
    path("cases/", include("lamplighter.hub.oversight.audit_log.case_urls")),
    path("account/", include("lamplighter.hub.accounts.urls")),
    path("patterns/", include("lamplighter.hub.patterns.urls")),
    path("search/", include("lamplighter.hub.search.urls")),
    path("people/", include("lamplighter.hub.clerical_review.urls")),
    path("cases/", include("lamplighter.hub.cases.urls")),
    path("cases/", include("lamplighter.hub.arrivals.urls")),
    path("", include("lamplighter.hub.closing.urls")),
    path("", include("lamplighter.hub.enquiries.urls")),
    path("", include("lamplighter.hub.elsewhere.urls")),
    path("", include("lamplighter.hub.risk.urls")),
    path("", include("lamplighter.hub.orders.urls")),
    path("", include("lamplighter.hub.papers.urls")),
    path("cases/", include("lamplighter.hub.duplicates.urls")),
    path("cases/", include("lamplighter.hub.children.urls")),
    path("cases/", include("lamplighter.hub.instruments.urls")),
    path("instruments/", include("lamplighter.hub.instruments.register_urls")),
    path("cases/", include("lamplighter.hub.oversight.urls")),
    path("cases/", include("lamplighter.hub.redaction.urls")),
    path("oversight/", include("lamplighter.hub.oversight.review_urls")),
    path("", include("lamplighter.hub.workforce.urls")),
    path("", include("lamplighter.hub.improvement.urls")),
    path("cases/", include("lamplighter.hub.perpetrator_side.urls")),
    path("cases/", include("lamplighter.hub.safeguarding.urls")),
    path("cases/<uuid:key>/victim/", include("lamplighter.hub.victim_side.urls")),
    path("cases/<uuid:key>/brought/", include("lamplighter.hub.messages.urls")),
    path("", include("lamplighter.hub.sharing.urls")),
    path("", include("lamplighter.hub.casework.urls")),
    path("", include("lamplighter.hub.evidence.urls")),
    path("", include("lamplighter.hub.meetings.urls")),
    path("", include("lamplighter.hub.rights.urls")),
    path("intake/", include("lamplighter.hub.arrivals.report_urls")),
    path("insight/", include("lamplighter.hub.insight.urls")),
    path("law/", include("lamplighter.hub.law.urls")),
    path("", include("lamplighter.hub.notices.urls")),
    path("caseload/", include("lamplighter.hub.caseload.urls")),
    path("configuration/", include("lamplighter.hub.configuration.urls")),
    path("service/", include("lamplighter.hub.operations.urls")),
    path("feed/v1/", api.urls),
]

handler400 = "lamplighter.hub.web.views.bad_request"
handler403 = "lamplighter.hub.web.views.refused"
handler404 = "lamplighter.hub.web.views.not_found"
handler500 = "lamplighter.hub.web.views.went_wrong"
