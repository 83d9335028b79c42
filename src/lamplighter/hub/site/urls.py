from django.urls import include, path

from lamplighter.hub.intake.feed import api
from lamplighter.hub.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("more/", views.more, name="more"),
    path("work/", include("lamplighter.hub.clocks.urls")),
    path("audit/", include("lamplighter.hub.audit.urls")),
    path("cases/", include("lamplighter.hub.audit.case_urls")),
    path("account/", include("lamplighter.hub.accounts.urls")),
    path("patterns/", include("lamplighter.hub.patterns.urls")),
    path("search/", include("lamplighter.hub.search.urls")),
    path("people/", include("lamplighter.hub.people.urls")),
    path("cases/", include("lamplighter.hub.cases.urls")),
    path("cases/", include("lamplighter.hub.arrivals.urls")),
    path("cases/", include("lamplighter.hub.duplicates.urls")),
    path("cases/", include("lamplighter.hub.children.urls")),
    path("cases/", include("lamplighter.hub.instruments.urls")),
    path("instruments/", include("lamplighter.hub.instruments.register_urls")),
    path("cases/", include("lamplighter.hub.access.urls")),
    path("cases/", include("lamplighter.hub.redaction.urls")),
    path("oversight/", include("lamplighter.hub.access.oversight_urls")),
    path("", include("lamplighter.hub.workforce.urls")),
    path("cases/", include("lamplighter.hub.perpetrator_side.urls")),
    path("cases/", include("lamplighter.hub.safeguarding.urls")),
    path("cases/<uuid:key>/victim/", include("lamplighter.hub.victim_side.urls")),
    path("", include("lamplighter.hub.sharing.urls")),
    path("", include("lamplighter.hub.casework.urls")),
    path("", include("lamplighter.hub.rights.urls")),
    path("intake/", include("lamplighter.hub.intake.urls")),
    path("insight/", include("lamplighter.hub.insight.urls")),
    path("law/", include("lamplighter.hub.law.urls")),
    path("configuration/", include("lamplighter.hub.configuration.urls")),
    path("service/", include("lamplighter.hub.operations.urls")),
    path("feed/v1/", api.urls),
]

handler400 = "lamplighter.hub.site.views.bad_request"
handler403 = "lamplighter.hub.site.views.refused"
handler404 = "lamplighter.hub.site.views.not_found"
handler500 = "lamplighter.hub.site.views.went_wrong"
