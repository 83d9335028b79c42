from django.urls import path

from lamplighter.hub.messages import draft_views, views

app_name = "brought"
urlpatterns = [
    path("", views.listing, name="list"),
    path("file", views.bring, name="bring"),
    path("pictures", views.bring_pictures, name="bring_pictures"),
    path("diary/<slug:sort>", views.template, name="template"),
    path("<uuid:of>", views.one, name="one"),
    path("<uuid:of>/confirm", draft_views.confirm, name="confirm"),
    path("drafts/<uuid:of>", draft_views.draft, name="draft"),
    path("drafts/<uuid:of>/change", draft_views.change, name="change"),
    path("drafts/<uuid:of>/part", draft_views.part, name="part"),
    path("drafts/<uuid:of>/join", draft_views.join, name="join"),
    path("drafts/<uuid:of>/leave-out", draft_views.leave_out, name="leave_out"),
    path("drafts/<uuid:of>/take-in", draft_views.take_in, name="take_in"),
    path("originals/<uuid:of>/picture", views.picture, name="picture"),
]
