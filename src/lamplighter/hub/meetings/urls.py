from django.urls import path

from lamplighter.hub.meetings import case_views, views
from lamplighter.hub.meetings.general import views as business
from lamplighter.hub.meetings.minutes import views as minutes

app_name = "meetings"
urlpatterns = [
    path("meetings/", views.every, name="list"),
    path("meetings/plan", views.plan, name="plan"),
    path("meetings/<uuid:meeting>", views.meeting, name="meeting"),
    path("meetings/<uuid:meeting>/change", views.change, name="change"),
    path("meetings/<uuid:meeting>/cancel", views.cancel, name="cancel"),
    path("meetings/<uuid:meeting>/attendance", views.attendance, name="attendance"),
    path("meetings/<uuid:meeting>/returns", views.ask_returns, name="ask_returns"),
    path("meetings/<uuid:meeting>/add", views.add_case, name="add_case"),
    path("meetings/<uuid:meeting>/business", business.add, name="business_add"),
    path("meetings/<uuid:meeting>/business/<uuid:row>", business.item, name="business"),
    path("meetings/<uuid:meeting>/business/<uuid:row>/strike", business.strike, name="business_strike"),
    path("meetings/<uuid:meeting>/business/<uuid:row>/done", business.done, name="business_done"),
    path("meetings/<uuid:meeting>/agree", views.agree, name="agree"),
    path("meetings/<uuid:meeting>/minutes", views.minutes_full, name="minutes_full"),
    path("meetings/<uuid:meeting>/minutes-for-every-side", views.minutes_safe, name="minutes_safe"),
    path("meetings/<uuid:meeting>/calendar", views.calendar, name="calendar"),
    path("cases/<uuid:key>/meetings", case_views.case, name="case"),
    path("cases/<uuid:key>/meetings/ask", case_views.ask, name="ask"),
    path("cases/<uuid:key>/meetings/<uuid:meeting>", case_views.item, name="item"),
    path("cases/<uuid:key>/meetings/<uuid:meeting>/place", case_views.place, name="place"),
    path("cases/<uuid:key>/meetings/<uuid:meeting>/order", case_views.order, name="order"),
    path("cases/<uuid:key>/meetings/<uuid:meeting>/return", case_views.send_return, name="return"),
    path("cases/<uuid:key>/minutes/<uuid:row>", minutes.line, name="line"),
    path("cases/<uuid:key>/minutes/<uuid:row>/correct", minutes.correct, name="correct"),
]
