from django.urls import path

from lamplighter.hub.papers import views
from lamplighter.hub.papers.self_inspection import views as self_inspection

app_name = "papers"
CASE = "cases/<uuid:key>/papers"
PACK = "improvement/self-inspection/<slug:code>"
urlpatterns = [
    path(PACK, self_inspection.page, name="self_inspection"),
    path(f"{PACK}/<slug:form>", self_inspection.file, name="self_inspection_file"),
    path(CASE, views.page, name="page"),
    path(f"{CASE}/make/<slug:kind>", views.make, name="make"),
    path(f"{CASE}/<uuid:row>", views.paper, name="paper"),
    path(f"{CASE}/<uuid:row>/issue", views.issue, name="issue"),
    path(f"{CASE}/<uuid:row>/withdraw", views.withdraw, name="withdraw"),
    path(f"{CASE}/<uuid:row>/<slug:form>", views.file, name="file"),
]
