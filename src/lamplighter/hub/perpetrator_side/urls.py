from django.urls import path

from lamplighter.hub.perpetrator_side import formulation_views, views
from lamplighter.hub.perpetrator_side.health_flags import views as health_views
from lamplighter.hub.perpetrator_side.legal_gate import views as gate_views
from lamplighter.hub.perpetrator_side.programmes import views as programme_views

app_name = "perpetrator_side"
START = "<uuid:key>/intervention"
urlpatterns = [
    path(START, views.overview, name="overview"),
    path(f"{START}/publish", views.publish, name="publish"),
    path(f"{START}/typology", views.typology, name="typology"),
    path(f"{START}/typology/judge", views.judge, name="judge"),
    path(f"{START}/typology/relationship", views.relationship, name="relationship"),
    path(f"{START}/formulation", formulation_views.formulation, name="formulation"),
    path(f"{START}/formulation/history", formulation_views.history, name="formulation_history"),
    path(f"{START}/formulation/add", formulation_views.add, name="add"),
    path(f"{START}/formulation/<uuid:line>/change", formulation_views.change, name="change"),
    path(f"{START}/formulation/<uuid:line>/withdraw", formulation_views.withdraw, name="withdraw"),
    path(f"{START}/programmes", programme_views.programmes, name="programmes"),
    path(f"{START}/programmes/enrol/<slug:code>", programme_views.enrol, name="enrol"),
    path(f"{START}/programmes/<uuid:row>", programme_views.enrolment, name="enrolment"),
    path(f"{START}/programmes/<uuid:row>/allocate", programme_views.allocate, name="allocate"),
    path(f"{START}/programmes/<uuid:row>/offer", programme_views.offer, name="offer"),
    path(f"{START}/programmes/<uuid:row>/end", programme_views.end, name="end"),
    path(f"{START}/sessions/<uuid:row>", programme_views.session, name="session"),
    path(f"{START}/sessions/<uuid:row>/record", programme_views.record, name="record"),
    path(f"{START}/sessions/<uuid:row>/chase", programme_views.chase, name="chase"),
    path(f"{START}/measures", views.measures, name="measures"),
    path(f"{START}/measures/<slug:code>/<str:version>", views.measure, name="measure"),
    path(f"{START}/measures/<slug:code>/<str:version>/chart.svg", views.chart, name="chart"),
    path(f"{START}/consultations", views.consultations, name="consultations"),
    path(f"{START}/consultations/record", views.consult, name="consult"),
    path(f"{START}/health", health_views.health, name="health"),
    path(f"{START}/health/flag", health_views.flag, name="health_flag"),
    path(f"{START}/health/<uuid:row>/decide", health_views.decide, name="decide_health"),
    path(f"{START}/officer", gate_views.officer_consultations, name="officer_consultations"),
    path(f"{START}/officer/record", gate_views.consult_officer, name="consult_officer"),
]
