from django.urls import path

from lamplighter.hub.instruments import views

app_name = "instruments"
START = "<uuid:key>/instruments"
SHEET = f"{START}/<uuid:sheet>"
urlpatterns = [
    path(START, views.page, name="page"),
    path(f"{START}/begin/<slug:code>", views.begin, name="begin"),
    path(SHEET, views.sheet, name="sheet"),
    path(f"{SHEET}/pages/<slug:section>", views.questions, name="questions"),
    path(f"{SHEET}/submit", views.submit, name="submit"),
    path(f"{SHEET}/set-aside", views.set_aside, name="set_aside"),
    path(f"{SHEET}/correct", views.correct, name="correct"),
    path(f"{SHEET}/beside/<uuid:other>", views.beside, name="beside"),
    path(f"{SHEET}/response.json", views.response, name="response"),
    path(f"{SHEET}/questionnaire.json", views.questionnaire, name="questionnaire"),
]
