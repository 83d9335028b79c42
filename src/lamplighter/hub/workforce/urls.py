from django.urls import path

from lamplighter.hub.workforce import views

app_name = "workforce"
urlpatterns = [
    path("intake/reports/<uuid:key>/works-for", views.report, name="report"),
    path("patterns/<str:course_id>/works-for", views.pattern, name="pattern"),
    path("cases/<uuid:key>/works-for", views.case, name="case"),
    path("staff-reported/", views.every, name="list"),
    path("staff-reported/<uuid:key>", views.marker, name="marker"),
    path("staff-reported/<uuid:key>/lead", views.lead, name="lead"),
    path("staff-reported/<uuid:key>/team", views.admit, name="admit"),
    path("staff-reported/<uuid:key>/team/<uuid:member>", views.take_out, name="take_out"),
    path("staff-reported/<uuid:key>/steps/<uuid:step>", views.step, name="step"),
    path("staff-reported/<uuid:key>/read", views.looks, name="looks"),
    path("staff-reported/<uuid:key>/end", views.end, name="end"),
    path("staff-reported/<uuid:key>/end/<uuid:proposal>", views.check_end, name="check_end"),
]
