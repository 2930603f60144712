"""Every address of the portal."""

import allauth.urls
from django.urls import include, path

from mobility import views
from mobility.views import factors
from mobility.views.people import appointments, stand_ins, who

# Without the addresses from which allauth still redirects: nobody has them.
account_urls = [pattern for pattern in allauth.urls.urlpatterns if not str(pattern.pattern).startswith("social/")]

handler400 = "mobility.views.errors.bad_request"
handler403 = "mobility.views.errors.permission_denied"
handler429 = "mobility.views.errors.too_many"
handler500 = "mobility.views.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("applications.urls")),
    path("account/", views.account, name="account"),
    # Before allauth's own pages: at the same addresses, the portal's in their place.
    path("account/sessions/", views.devices, name="usersessions_list"),
    path("account/2fa/", factors.Index.as_view(), name="mfa_index"),
    path("account/2fa/totp/activate/", factors.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/2fa/recovery-codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "account/2fa/recovery-codes/generate/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path("account/2fa/recovery-codes/download/", factors.all_in_one, name="mfa_download_recovery_codes"),
    path("account/2fa/webauthn/", factors.all_in_one, name="mfa_list_webauthn"),
    path("account/2fa/webauthn/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/2fa/webauthn/keys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/saml/<str:organization_slug>/sls/", views.saml_logout, name="saml_sls"),
    path("account/", include(account_urls)),
    path("role/", views.choose_hat, name="choose_hat"),
    path("people/", who.people, name="people"),
    path("people/export.xlsx", who.people_xlsx, name="people_xlsx"),
    path("people/give/", who.give_role, name="give_role"),
    path("people/roles/<uuid:public_id>/", who.membership, name="membership"),
    path("people/programmes/<str:code>/", who.programme_departments, name="programme_departments"),
    path("people/appointments/", appointments.appointments, name="appointments"),
    path("people/appointments/propose/", appointments.propose, name="propose"),
    path("people/appointments/<uuid:public_id>/", appointments.appointment, name="appointment"),
    path(
        "people/appointments/<uuid:public_id>/correct/",
        appointments.correct_appointment,
        name="correct_appointment",
    ),
    path("people/delegations/", stand_ins.delegations, name="delegations"),
    path("people/substitutes/", stand_ins.substitutes, name="substitutes"),
    path("language/", views.set_language, name="set_language"),
    path("office/imports/", views.imports, name="imports"),
    path("office/imports/apply/", views.apply_import, name="apply_import"),
    path("office/imports/template/<slug:kind>.csv", views.import_template, name="import_template"),
    path("administration/second-factor/", factors.reset_factor, name="reset_factor"),
    path("health/", views.health, name="health"),
    # Who reads a student's file.
    path("account/readers/", views.readers, name="readers"),
    path("administration/open-file/", views.open_student_file, name="open_file"),
    path("log/exceptional/", views.exceptional_accesses, name="exceptional_accesses"),
    # The log.
    path("log/", views.log, name="log"),
    path("log/<int:number>/", views.log_entry, name="log_entry"),
    path("log/checks/", views.log_checks, name="log_checks"),
    path("log/export.csv", views.log_csv, name="log_csv"),
    path("log/export.xlsx", views.log_xlsx, name="log_xlsx"),
    path("log/export.jsonl", views.log_jsonl, name="log_jsonl"),
    # Personal data.
    path("privacy/", views.privacy_notice, name="privacy_notice"),
    path("privacy/<str:version>/", views.privacy_notice, name="privacy_notice_version"),
    path("account/privacy/note/", views.take_note, name="take_note"),
    path("account/data/", views.my_data, name="my_data"),
    path("account/delete/", views.delete_account, name="delete_account"),
    path("account/corrections/", views.my_corrections, name="my_corrections"),
    path("corrections/<uuid:public_id>/", views.correction, name="correction"),
    path("corrections/<uuid:public_id>/drop/", views.drop_correction, name="drop_correction"),
    path("office/corrections/", views.corrections, name="corrections"),
    path("office/retention/", views.retention, name="retention"),
    path("office/retention/<int:hold>/lift/", views.lift_hold, name="lift_hold"),
    path("account/data/download/", views.download_my_data, name="download_my_data"),
    path("", include("scholarships.urls")),
]
