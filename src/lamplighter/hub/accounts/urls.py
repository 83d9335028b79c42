from django.urls import path

from lamplighter.hub.accounts import confirming_views, enrolling, joining, own_views, people_views, views

app_name = "accounts"
urlpatterns = [
    # At the door
    path("sign-in", views.SignIn.as_view(), name="sign_in"),
    path("sign-out", views.SignOut.as_view(), name="sign_out"),
    path("second-step", views.second_step, name="second_step"),
    path("organisation", joining.organisation, name="organisation"),
    path("organisation/back", joining.organisation_back, name="organisation_back"),
    path("invited/<slug:secret>", joining.invited, name="invited"),
    path("join", joining.join, name="join"),
    path("second-factor", enrolling.choose, name="enrol"),
    path("second-factor/app", enrolling.app, name="enrol_app"),
    path("second-factor/app.svg", enrolling.square_code, name="enrol_square"),
    path("second-factor/passkey", enrolling.passkey, name="enrol_passkey"),
    path("second-factor/codes", enrolling.codes, name="codes"),
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
    path("people/<uuid:key>/confirm", confirming_views.answer, name="answer"),
    path("to-confirm", confirming_views.to_confirm, name="to_confirm"),
    path("waits", confirming_views.waits, name="waits"),
    path("agencies", people_views.agencies, name="agencies"),
    path("agencies/add", people_views.add_agency, name="add_agency"),
    path("training", people_views.team_training, name="training"),
    path("training/record", people_views.record_training, name="record_training"),
]
