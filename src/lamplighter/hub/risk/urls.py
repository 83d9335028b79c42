from django.urls import path

from lamplighter.hub.risk import plan_views, views

app_name = "risk"
CASE = "cases/<uuid:key>/risk"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/assess", views.assess, name="assess"),
    path(f"{CASE}/assessments/<uuid:row>", views.assessment, name="assessment"),
    path(f"{CASE}/assessments/<uuid:row>/lower", views.answer, name="answer"),
    path(f"{CASE}/compare", views.compare, name="compare"),
    path(f"{CASE}/triggers", views.triggers, name="triggers"),
    path(f"{CASE}/happened", views.record, name="record"),
    path(f"{CASE}/triggers/<uuid:row>/set-aside", views.set_aside, name="set_aside"),
    path(f"{CASE}/second-rating", views.rate, name="rate"),
    path(f"{CASE}/second-rating/decline", views.decline, name="decline"),
    path(f"{CASE}/measures/<slug:code>", plan_views.measure, name="measure"),
    path(f"{CASE}/plan", plan_views.plan, name="plan"),
    path(f"{CASE}/plan/scenario", plan_views.scenario, name="scenario"),
    path(f"{CASE}/plan/scenario/<uuid:thread>", plan_views.scenario, name="scenario"),
    path(f"{CASE}/plan/action", plan_views.action, name="action"),
    path(f"{CASE}/plan/victims-view", plan_views.view, name="view"),
    path("risk/agreement", views.agreement, name="agreement"),
]
