from django.urls import path

from lamplighter.hub.redaction import views

app_name = "redaction"
urlpatterns = [
    path("<uuid:key>/redact", views.rows, name="rows"),
    path("<uuid:key>/redact/<slug:kind>/<uuid:row>", views.row, name="row"),
    path("<uuid:key>/redacted/<uuid:act>", views.redaction, name="redaction"),
]
