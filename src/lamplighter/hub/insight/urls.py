from django.urls import path

from lamplighter.hub.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.index, name="index"),
    path("run", views.start, name="start"),
    path("reviews/<uuid:key>", views.review, name="review"),
    path("reviews/<uuid:key>/again", views.again, name="again"),
    path("reviews/<uuid:key>/report", views.report, name="report"),
    path("reviews/<uuid:key>/report.css", views.style, name="style"),
    path("reviews/<uuid:key>/report.zip", views.download, name="download"),
    path("reviews/<uuid:key>/release", views.prepare, name="prepare"),
    path("releases/<uuid:key>", views.release, name="release"),
    path("releases/<uuid:key>/again", views.release_again, name="release_again"),
    path("published/<uuid:key>", views.published, name="published"),
    path("published/<uuid:key>/report.css", views.published_style, name="published_style"),
    path("published/<uuid:key>/report.zip", views.published_archive, name="published_archive"),
]
