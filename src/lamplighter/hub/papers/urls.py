from django.urls import path

from lamplighter.hub.papers import views

app_name = "papers"
CASE = "cases/<uuid:key>/papers"
urlpatterns = [
    path(CASE, views.page, name="page"),
    path(f"{CASE}/make/<slug:kind>", views.make, name="make"),
    path(f"{CASE}/<uuid:row>", views.paper, name="paper"),
    path(f"{CASE}/<uuid:row>/issue", views.issue, name="issue"),
    path(f"{CASE}/<uuid:row>/withdraw", views.withdraw, name="withdraw"),
    path(f"{CASE}/<uuid:row>/<slug:form>", views.file, name="file"),
]
