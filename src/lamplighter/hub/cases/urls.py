from django.urls import path

from lamplighter.hub.cases.case_page import views
from lamplighter.hub.cases.participants import acting_together_views
from lamplighter.hub.cases.participants import views as people_views
from lamplighter.hub.cases.referrals import rejection_views
from lamplighter.hub.cases.referrals import views as list_views
from lamplighter.hub.cases.status import views as state_views

app_name = "cases"
urlpatterns = [
    path("", list_views.case_list, name="list"),
    path("search", list_views.search, name="search"),
    path("names", views.names, name="names"),
    path("refer", list_views.refer, name="refer"),
    path("refer/pattern/<str:course_id>", list_views.refer_pattern, name="refer_pattern"),
    path("refer/case/<uuid:key>", list_views.refer_reversed, name="refer_reversed"),
    path("<uuid:key>", views.case, name="case"),
    path("<uuid:key>/timeline", views.whole, name="timeline"),
    path("<uuid:key>/history", views.history, name="history"),
    path("<uuid:key>/as-at", views.as_at, name="as_at"),
    path("<uuid:key>/triage", state_views.triage, name="triage"),
    path("<uuid:key>/triage/reject", rejection_views.reject, name="reject"),
    path("<uuid:key>/triage/rejection", rejection_views.rejection, name="rejection"),
    path("<uuid:key>/safeguarding", state_views.safeguarding, name="safeguarding"),
    path("<uuid:key>/move", state_views.move, name="move"),
    path("<uuid:key>/close", state_views.close, name="close"),
    path("<uuid:key>/follow-up", state_views.follow_up, name="follow_up"),
    path("<uuid:key>/legal", state_views.legal, name="legal"),
    path("<uuid:key>/mappa", state_views.mappa_page, name="mappa"),
    path("<uuid:key>/suspects", acting_together_views.together, name="together"),
    path("<uuid:key>/suspects/<uuid:row_key>/part", acting_together_views.part, name="part_suspects"),
    path("<uuid:key>/people", people_views.people, name="people"),
    path("<uuid:key>/people/<uuid:party_key>", people_views.person, name="person"),
    path("<uuid:key>/people/<uuid:party_key>/same", people_views.same, name="same"),
    path("<uuid:key>/agencies", people_views.agencies, name="agencies"),
    path("<uuid:key>/agencies/lead", people_views.lead, name="lead"),
    path("<uuid:key>/agencies/<slug:code>/end", people_views.end_agency, name="end_agency"),
    path("<uuid:key>/minutes", people_views.work, name="work"),
]
