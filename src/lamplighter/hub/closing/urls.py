from django.urls import path

from lamplighter.hub.closing import views
from lamplighter.hub.closing.around import views as around

app_name = "closing"
CASE = "cases/<uuid:key>/closing"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/considered", views.considered, name="considered"),
    path(f"{CASE}/propose", views.propose, name="propose"),
    path(f"{CASE}/sign", views.sign, name="sign"),
    path(f"{CASE}/told", views.told, name="told"),
    path(f"{CASE}/override", views.ask_override, name="ask_override"),
    path(f"{CASE}/override/answer", views.override, name="override"),
    path(f"{CASE}/safeguarding-review", around.review, name="review"),
    path("cases/<uuid:key>/handing-over", around.handovers, name="handovers"),
    path("cases/<uuid:key>/handing-over/<uuid:row>", around.handover, name="handover"),
    path("cases/<uuid:key>/identity", around.identity, name="identity"),
    path("cases/<uuid:key>/identity/decide", around.decide_identity, name="decide_identity"),
    path("cases/<uuid:key>/identity/<uuid:row>", around.authorise, name="authorise"),
    path("cases/<uuid:key>/audit", around.audit, name="audit"),
    path("closing/published", views.publish, name="published"),
]
