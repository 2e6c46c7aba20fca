"""Addresses of the public pages; the Bengali ones are the same under /bn/."""

from django.urls import path

from hubs import views

urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.find, name="find"),
    path("find/near-me/", views.near_me, name="find-near-me"),
    path("find/too-far/", views.too_far, name="find-too-far"),
    path("hubs/", views.hub_list, name="hub-list"),
    path("hubs/<slug:slug>/", views.hub_page, name="hub"),
    path("topics/", views.topic_list, name="topic-list"),
    path("topics/<slug:slug>/", views.topic_page, name="topic"),
]
