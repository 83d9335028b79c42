from django.urls import path

from lamplighter.hub.sharing import views
from lamplighter.hub.sharing.refusals import views as refusals

app_name = "sharing"
urlpatterns = [
    path("cases/<uuid:key>/sharing", views.register, name="register"),
    path("cases/<uuid:key>/sharing/print", views.register_print, name="register_print"),
    path("cases/<uuid:key>/sharing/register.pdf", views.register_pdf, name="register_pdf"),
    path("cases/<uuid:key>/sharing/new", views.choose, name="choose"),
    path("cases/<uuid:key>/sharing/new/write", views.write, name="write"),
    path("cases/<uuid:key>/sharing/refuse", refusals.refuse, name="refuse"),
    path("cases/<uuid:key>/sharing/<uuid:row>", views.released, name="released"),
    path("cases/<uuid:key>/sharing/<uuid:row>/withdraw", views.withdraw, name="withdraw"),
    path("sharing/register", views.agency, name="agency"),
    path("sharing/register.pdf", views.agency_pdf, name="agency_pdf"),
]
