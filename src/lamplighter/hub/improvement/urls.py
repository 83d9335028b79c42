from django.urls import path

from lamplighter.hub.improvement import views

app_name = "improvement"
urlpatterns = [
    path("improvement/", views.every, name="list"),
    path("improvement/add", views.add, name="add"),
    path("improvement/table.csv", views.table, name="table"),
    path("improvement/<uuid:key>", views.action, name="action"),
    path("improvement/<uuid:key>/owner", views.owner, name="owner"),
    path("improvement/<uuid:key>/end", views.end, name="end"),
    path("improvement/<uuid:key>/say", views.say, name="say"),
    path("improvement/<uuid:key>/find", views.find, name="find"),
    path("improvement/<uuid:key>/entries/<uuid:row>/check", views.check, name="check"),
    path("improvement/<uuid:key>/entries/<uuid:row>/withdraw", views.withdraw, name="withdraw"),
]
