"""Addresses of the sources, among those of the reports (``arrivals.report_urls``)."""

from django.urls import path

from lamplighter.hub.intake.sources import views

urlpatterns = [
    path("imports/sources", views.source_list, name="sources"),
    path("imports/sources/new", views.source_new, name="source_new"),
    path("imports/sources/draft/<uuid:draft>/agency", views.source_agency, name="source_agency"),
    path("imports/sources/draft/<uuid:draft>/sample", views.source_sample, name="source_sample"),
    path("imports/sources/draft/<uuid:draft>/columns", views.source_columns, name="source_columns"),
    path("imports/sources/draft/<uuid:draft>/questions", views.source_questions, name="source_questions"),
    path("imports/sources/draft/<uuid:draft>/words", views.source_codes, name="source_codes"),
    path("imports/sources/draft/<uuid:draft>/preview", views.source_preview, name="source_preview"),
    path("imports/sources/draft/<uuid:draft>/readers", views.source_readers, name="source_readers"),
    path("imports/sources/draft/<uuid:draft>/save", views.source_save, name="source_save"),
    path("imports/sources/draft/<uuid:draft>/discard", views.source_discard, name="source_discard"),
    path("imports/sources/<slug:source>", views.source, name="source"),
    path("imports/sources/<slug:source>/change", views.source_change, name="source_change"),
    path("imports/<uuid:key>/words", views.words, name="words"),
]
