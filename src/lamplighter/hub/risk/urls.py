from django.urls import path

from lamplighter.hub.risk import views
from lamplighter.hub.risk.plan import views as plan
from lamplighter.hub.risk.second_opinion import views as second_opinion
from lamplighter.hub.risk.triggers import views as triggers

app_name = "risk"
CASE = "cases/<uuid:key>/risk"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/assess", views.assess, name="assess"),
    path(f"{CASE}/assessments/<uuid:row>", views.assessment, name="assessment"),
    path(f"{CASE}/assessments/<uuid:row>/lower", views.answer, name="answer"),
    path(f"{CASE}/compare", views.compare, name="compare"),
    path(f"{CASE}/triggers", triggers.triggers, name="triggers"),
    path(f"{CASE}/happened", triggers.record, name="record"),
    path(f"{CASE}/triggers/<uuid:row>/set-aside", triggers.set_aside, name="set_aside"),
    path(f"{CASE}/second-rating", second_opinion.rate, name="rate"),
    path(f"{CASE}/second-rating/decline", second_opinion.decline, name="decline"),
    path(f"{CASE}/measures/<slug:code>", plan.measure, name="measure"),
    path(f"{CASE}/plan", plan.plan, name="plan"),
    path(f"{CASE}/plan/scenario", plan.scenario, name="scenario"),
    path(f"{CASE}/plan/scenario/<uuid:thread>", plan.scenario, name="scenario"),
    path(f"{CASE}/plan/action", plan.action, name="action"),
    path(f"{CASE}/plan/victims-view", plan.view, name="view"),
    path("risk/agreement", second_opinion.agreement, name="agreement"),
]
