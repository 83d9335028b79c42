from django.urls import path

from lamplighter.hub.enquiries import views

app_name = "enquiries"
CASE = "cases/<uuid:key>/enquiries"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/add", views.add, name="add"),
    path(f"{CASE}/<uuid:row>", views.line, name="line"),
]
