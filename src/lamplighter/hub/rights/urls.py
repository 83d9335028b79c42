from django.urls import path

from lamplighter.hub.rights import views
from lamplighter.hub.rights.retention import views as retention_views

app_name = "rights"
urlpatterns = [
    path("rights", views.requests, name="requests"),
    path("rights/new", views.take_in, name="take_in"),
    path("rights/requests/<uuid:row>", views.request_page, name="request"),
    path("rights/requests/<uuid:row>/time", views.request_time, name="request_time"),
    path("rights/requests/<uuid:row>/letter", views.time_letter, name="time_letter"),
    path("rights/items", views.items, name="items"),
    path("rights/items/<uuid:row>", views.decide, name="decide"),
    path("rights/retention", retention_views.due, name="due"),
    path("cases/<uuid:key>/retention", retention_views.retention_page, name="retention"),
    path("cases/<uuid:key>/retention/review", retention_views.review, name="review"),
    path("cases/<uuid:key>/retention/hold", retention_views.hold, name="hold"),
    path("cases/<uuid:key>/retention/hold/<uuid:row>/end", retention_views.end_hold, name="end_hold"),
    path("cases/<uuid:key>/retention/erase", retention_views.erase, name="erase"),
]
