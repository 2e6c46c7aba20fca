"""Addresses of the staff pages about visits, enquiries and referrals, below /staff/."""

from django.urls import path

from enquiries.views import complaints, desk, enquiries, referrals, residents, rights, slips, waiting

urlpatterns = [
    path("visits/log/", desk.log_visit, name="log-visit"),
    path("visits/waiting/", waiting.waiting_list_page, name="waiting-list"),
    path("visits/waiting/rows/", waiting.waiting_rows, name="waiting-rows"),
    path("visits/waiting/summary/", waiting.waiting_summary, name="waiting-summary"),
    path("visits/call-next/", waiting.call_next, name="call-next"),
    path("visits/<int:pk>/call/", waiting.call_visit, name="call-visit"),
    path("visits/<int:pk>/hold/", waiting.hold_visit, name="hold-visit"),
    path("visits/<int:pk>/return/", waiting.return_visit, name="return-visit"),
    path("visits/<int:pk>/left/", waiting.leave_visit, name="leave-visit"),
    path("visits/<int:pk>/finish/", waiting.finish_visit, name="finish-visit"),
    path("display/<slug:slug>/", waiting.waiting_display, name="waiting-display"),
    path("display/<slug:slug>/numbers/", waiting.waiting_display_numbers, name="waiting-display-numbers"),
    path("enquiries/", enquiries.enquiry_list, name="enquiries"),
    path("enquiries/<str:reference>/", enquiries.enquiry_page, name="enquiry"),
    path("enquiries/<str:reference>/refer/", referrals.refer, name="refer"),
    path("enquiries/<str:reference>/slip/", slips.slip, name="slip"),
    path("referrals/", referrals.inbox, name="referrals"),
    path("referrals/<int:pk>/", referrals.referral_page, name="referral"),
    path("residents/", residents.resident_list, name="residents"),
    path("residents/add/", residents.add_resident, name="add-resident"),
    path("residents/<int:pk>/", residents.resident_page, name="resident"),
    path("residents/<int:pk>/change/", residents.change_resident, name="change-resident"),
    path("residents/<int:pk>/merge/", residents.merge_residents, name="merge-residents"),
    path("residents/<int:pk>/copy/", rights.copy_resident, name="copy-resident"),
    path("residents/<int:pk>/erase/", rights.erase_resident, name="erase-resident"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<str:reference>/", complaints.complaint_page, name="complaint"),
    path("record-views/", residents.record_views, name="record-views"),
]
