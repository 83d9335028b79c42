from django.urls import path

from lamplighter.hub.accounts.own_account import second_factor_views
from lamplighter.hub.accounts.own_account import views as own_views
from lamplighter.hub.accounts.sign_in import invitation_views, views
from lamplighter.hub.accounts.staff import confirmation_views
from lamplighter.hub.accounts.staff import views as people_views

app_name = "accounts"
urlpatterns = [
    # At the door
    path("sign-in", views.SignIn.as_view(), name="sign_in"),
    path("sign-out", views.SignOut.as_view(), name="sign_out"),
    path("second-step", views.second_step, name="second_step"),
    path("organisation", invitation_views.organisation, name="organisation"),
    path("organisation/back", invitation_views.organisation_back, name="organisation_back"),
    path("invited/<slug:secret>", invitation_views.invited, name="invited"),
    path("join", invitation_views.join, name="join"),
    path("second-factor", second_factor_views.choose, name="enrol"),
    path("second-factor/app", second_factor_views.app, name="enrol_app"),
    path("second-factor/app.svg", second_factor_views.square_code, name="enrol_square"),
    path("second-factor/passkey", second_factor_views.passkey, name="enrol_passkey"),
    path("second-factor/codes", second_factor_views.codes, name="codes"),
    # One's own
    path("", own_views.own, name="own"),
    path("confirm", own_views.confirm, name="confirm"),
    path("password", own_views.change_password, name="password"),
    path("second-factor/remove", own_views.remove_factor, name="remove_factor"),
    path("sign-out-everywhere", own_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("kept", own_views.kept_text, name="kept"),
    path("kept/<uuid:key>", own_views.kept_one, name="kept_one"),
    # Who works here
    path("people", people_views.people_list, name="people"),
    path("people/invite", people_views.invite, name="invite"),
    path("people/<uuid:key>", people_views.person, name="person"),
    path("people/<uuid:key>/role", people_views.change_role, name="change_role"),
    path("people/<uuid:key>/move", people_views.transfer, name="transfer"),
    path("people/<uuid:key>/leave", people_views.leave, name="leave"),
    path("people/<uuid:key>/new-link", people_views.fresh_start, name="fresh_start"),
    path("people/<uuid:key>/confirm", confirmation_views.answer, name="answer"),
    path("to-confirm", confirmation_views.to_confirm, name="to_confirm"),
    path("waits", confirmation_views.waits, name="waits"),
    path("agencies", people_views.agencies, name="agencies"),
    path("agencies/add", people_views.add_agency, name="add_agency"),
    path("training", people_views.team_training, name="training"),
    path("training/record", people_views.record_training, name="record_training"),
]
