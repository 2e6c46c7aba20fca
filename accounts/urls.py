"""Addresses of the staff pages about signing in and about accounts."""

from django.urls import path

from accounts.views import account, directory, lock_screen, people, sign_in

urlpatterns = [
    path("", sign_in.staff_home, name="staff-home"),
    path("sign-in/", sign_in.sign_in, name="staff-sign-in"),
    path("sign-in/code/", account.second_step, name="staff-second-step"),
    path("sign-in/council/", directory.leave, name="staff-directory"),
    path("sign-in/council/back/", directory.come_back, name="staff-directory-back"),
    path("sign-out/", sign_in.sign_out, name="staff-sign-out"),
    path("lock/", lock_screen.lock, name="staff-lock"),
    path("locked/", lock_screen.locked, name="staff-locked"),
    path("account/", account.account, name="staff-account"),
    path("account/password/", account.change_password, name="staff-password"),
    path("account/sessions/", account.sessions, name="staff-sessions"),
    path("account/second-step/", account.set_up_second_step, name="staff-set-up-second-step"),
    path("account/second-step/remove/", account.remove_second_step, name="staff-remove-second-step"),
    path("account/recovery-codes/", account.new_recovery_codes, name="staff-recovery-codes"),
    path("people/", people.people, name="staff-people"),
    path("people/<int:pk>/", people.change_account, name="staff-change-account"),
]
