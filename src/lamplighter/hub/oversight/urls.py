from django.urls import path

from lamplighter.hub.oversight.blocked_people import views as blocked_people
from lamplighter.hub.oversight.emergency_access import views as emergency_access
from lamplighter.hub.oversight.file_audits import views as file_audits

app_name = "access"
urlpatterns = [
    path("need", emergency_access.need_by_reference, name="need_by_reference"),
    path("<uuid:key>/need", emergency_access.need, name="need"),
    path("<uuid:key>/kept-off", blocked_people.kept_off, name="kept_off"),
    path("<uuid:key>/kept-off/end", blocked_people.end_kept_off, name="end_kept_off"),
    path("<uuid:key>/file-audit", file_audits.file_audit, name="file_audit"),
    path("<uuid:key>/i-know-somebody", blocked_people.i_know_somebody, name="i_know_somebody"),
]
