from django.urls import path

from lamplighter.hub.oversight.emergency_access import views

app_name = "oversight"
urlpatterns = [
    path("glass", views.reviews, name="reviews"),
    path("glass/<uuid:key>", views.review, name="review"),
    path("glass/<uuid:key>/end", views.end_glass, name="end_glass"),
]
