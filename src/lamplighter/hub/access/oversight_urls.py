from django.urls import path

from lamplighter.hub.access.oversight import views

app_name = "oversight"
urlpatterns = [
    path("glass", views.reviews, name="reviews"),
    path("glass/<uuid:key>", views.review, name="review"),
    path("glass/<uuid:key>/end", views.end_glass, name="end_glass"),
]
