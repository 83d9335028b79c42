from django.urls import path

from lamplighter.hub.patterns import views
from lamplighter.hub.patterns.decisions import domestic_abuse_views, step_views
from lamplighter.hub.patterns.learning import views as lesson_views
from lamplighter.hub.patterns.one_pattern import occasion_views
from lamplighter.hub.patterns.saved_reports import earlier_report_views

app_name = "patterns"
urlpatterns = [
    path("", views.pattern_list, name="list"),
    path("search", views.search, name="search"),
    path("saved/<uuid:key>", earlier_report_views.joined, name="joined"),
    path("saved/<uuid:key>/different", earlier_report_views.different, name="different"),
    path("steps/<uuid:key>", step_views.step, name="step"),
    path("learned", lesson_views.lessons, name="lessons"),
    path("learned/export", lesson_views.lessons_export, name="lessons_export"),
    path("learned/<uuid:key>", lesson_views.lesson, name="lesson"),
    path("words/<uuid:key>", occasion_views.words, name="words"),
    path("words/<uuid:key>/<int:occasion_seq>", occasion_views.words, name="words_of"),
    path(
        "words/<uuid:key>/<int:occasion_seq>/teach/<str:behaviour>",
        lesson_views.teach_report,
        name="teach_report",
    ),
    path("<str:course_id>", views.pattern, name="pattern"),
    path("<str:course_id>/chart.svg", views.chart, name="chart"),
    path("<str:course_id>/schedule.pdf", views.schedule, name="schedule"),
    path("<str:course_id>/decide", views.decide, name="decide"),
    path("<str:course_id>/next", step_views.next_steps, name="next"),
    path("<str:course_id>/abuse", domestic_abuse_views.look, name="abuse"),
    path("<str:course_id>/hold", views.hold, name="hold"),
    path(
        "<str:course_id>/different/<int:place>",
        earlier_report_views.different_in_pattern,
        name="different_in_pattern",
    ),
    path("<str:course_id>/occasions/<int:place>", occasion_views.occasion, name="occasion"),
    path("<str:course_id>/occasions/<int:place>/teach/<str:behaviour>", lesson_views.teach, name="teach"),
]
