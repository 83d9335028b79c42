from django.urls import path

from lamplighter.hub.victim_side.views import contact, documents, safe_contact, standing_by, updates

app_name = "victim"
urlpatterns = [
    path("", standing_by.side, name="side"),
    path("advocate", standing_by.appoint, name="advocate"),
    path("support", standing_by.support, name="support"),
    path("impact", standing_by.impact, name="impact"),
    path("statement", standing_by.statement, name="statement"),
    path("needs", documents.needs, name="needs"),
    path("offers", standing_by.offers, name="offers"),
    path("public-funds", standing_by.funds, name="funds"),
    path("safety-plan", documents.safety_plan, name="safety_plan"),
    path("contact", contact.contact, name="contact"),
    path("contact/<uuid:of>/result", contact.result, name="result"),
    path("contact/cadence", contact.cadence, name="cadence"),
    path("contact/rule-broken", contact.broken, name="broken"),
    path("safe-contact", safe_contact.look, name="safe_contact"),
    path("safe-contact/change", safe_contact.change, name="change_safe_contact"),
    path("updates", updates.updates, name="updates"),
    path("updates/<uuid:of>/told", updates.told, name="told"),
    path("updates/enhanced", updates.enhanced, name="enhanced"),
]
