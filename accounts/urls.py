"""Addresses of the staff pages about the account itself."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.staff_home, name="staff-home"),
    path("sign-in/", views.sign_in, name="staff-sign-in"),
    path("sign-out/", views.sign_out, name="staff-sign-out"),
]
