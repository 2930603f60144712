"""Addresses of calls and applications."""

from django.urls import path

from applications.views import apply, calls, conflicts, coordinator, documents, record, student, verify, why

urlpatterns = [
    path("calls/", calls.call_list, name="call_list"),
    path("calls/<slug:code>/", calls.call_page, name="call"),
    path("calls/<slug:code>/apply/", apply.apply, name="apply"),
    path("applications/<uuid:public_id>/", student.application, name="application"),
    path("applications/<uuid:public_id>/edit/period/", apply.edit_period, name="edit_period"),
    path("applications/<uuid:public_id>/edit/destinations/", apply.edit_destinations, name="edit_destinations"),
    path("applications/<uuid:public_id>/edit/review/", apply.review, name="review"),
    path("applications/<uuid:public_id>/edit/discard/", apply.discard, name="discard"),
    path("applications/<uuid:public_id>/withdraw/", student.withdraw, name="withdraw"),
    path("applications/<uuid:public_id>/receipt/", student.receipt, name="receipt"),
    path("applications/<uuid:public_id>/why/", why.why, name="why"),
    path("record/", record.record, name="record"),
    path("record/nationality/", record.declare_nationality, name="declare_nationality"),
    path("record/programme/", record.choose_programme, name="choose_programme"),
    path("record/documents/", documents.documents, name="documents"),
    path("record/documents/<uuid:public_id>/", documents.student_document, name="student_document"),
    path("record/documents/<uuid:public_id>/remove/", documents.remove_document, name="remove_document"),
    path("coordination/", coordinator.coordination, name="coordination"),
    path("coordination/applications/<uuid:public_id>/", coordinator.candidate, name="candidate"),
    path("coordination/runs/<uuid:public_id>/", coordinator.confirm_many, name="confirm_rankings"),
    path("coordination/runs/<uuid:public_id>/<str:programme>/", coordinator.confirm, name="confirm_ranking"),
    path("coordination/conflicts/", conflicts.conflicts, name="conflicts"),
    path("coordination/conflicts/<uuid:public_id>/", conflicts.withdraw_conflict, name="withdraw_conflict"),
    path("coordination/applications/<uuid:public_id>/conflict/", conflicts.declare_conflict, name="declare_conflict"),
    path("coordination/<slug:code>/<str:programme>/", coordinator.candidates, name="candidates"),
    path("verify/", verify.verify, name="verify"),
]
