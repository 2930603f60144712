"""The access matrix: one literal line per address, role by role.

To add an address, put a line under its section:

    "call": Page(everyone(OK), args=lambda w: {"code": w.open_call.code}),

* The key is the URL's name. ``args`` makes the address's arguments from the world of ``world.py`` (``w.people``,
  ``w.open_call``, ``w.application``, ``w.draft``, ``w.run("decided")``, ``w.job()`` …).
* The first column is what a GET answers: ``everyone(status)``, or ``only("nmci", "board", otherwise=403)``.
  Roles: anonymous, owner (the student whose application it is), other_student, coordinator (of the application's
  programme), other_coordinator, department, nmci, board, scientific_council, academic_office, auditor, administrator.
  An anonymous visitor is sent to sign in (LOGIN) unless the line says ``anonymous=...``.
* ``post`` is what a POST answers, with ``data`` as its form. Left out, the page must refuse POST with 405
  (``@require_safe``) wherever GET answers 200. An address for POST alone says ``get=POST_ONLY``.
* 404: may not see that it exists. 403: may see it and may not do this. MOVED: sent on to another page.
* The same name in two situations: ``"confirm_ranking in a published run"``; what follows the first space is a remark.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mobility.privacy.notices import CURRENT
from tests.permissions.world import OFFICIALS, ROLES, World

OK, MOVED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED, UNPROCESSABLE = 200, 302, 403, 404, 405, 422
LOGIN = "to sign in"

Expected = Mapping[str, int | str]


def everyone(status: int, *, anonymous: int | str | None = None) -> Expected:
    """The same answer to all; to visitors too unless ``anonymous`` says otherwise."""
    return {**dict.fromkeys(ROLES, status), "anonymous": status if anonymous is None else anonymous}


def only(*roles: str, to: int = OK, otherwise: int = FORBIDDEN, anonymous: int | str = LOGIN) -> Expected:
    """``to`` for these roles, ``otherwise`` for the rest, visitors sent to sign in."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")
    return {**dict.fromkeys(ROLES, otherwise), **dict.fromkeys(roles, to), "anonymous": anonymous}


def owner_alone(to: int) -> Expected:
    """Who may see the application and isn't its student may not do this; the rest may not see it."""
    seen_by = dict.fromkeys(("coordinator", "nmci", "board", "auditor"), FORBIDDEN)
    return {**only("owner", to=to, otherwise=NOT_FOUND), **seen_by}


signed_in = only(*ROLES)
STAFF = ("coordinator", "other_coordinator", *OFFICIALS)
POST_ONLY = everyone(NOT_ALLOWED, anonymous=LOGIN)


def one_may(role: str, *others: str, to: int, others_get: int = FORBIDDEN, otherwise: int = NOT_FOUND) -> Expected:
    """``to`` for the one who may act; the others see the page and may not; to the rest it isn't there."""
    return {**only(role, to=to, otherwise=otherwise), **dict.fromkeys(others, others_get)}


OPERATIONS = ("nmci", "board", "auditor")
SEE_PEOPLE = ("department", "nmci", "board", "auditor", "administrator")


@dataclass(frozen=True)
class Page:
    get: Expected
    post: Expected | None = None
    args: Callable[[World], dict[str, Any]] = lambda w: {}
    data: Callable[[World], dict[str, Any]] = field(default=lambda w: {})


RESULT = ("run", "run_ranking", "run_placements", "run_grants", "run_ties")

MATRIX: dict[str, Page] = {
    # --- The frame -------------------------------------------------------------------------------
    "home": Page(everyone(OK)),
    "health": Page(everyone(OK)),
    "set_language": Page(everyone(MOVED), post=everyone(MOVED), data=lambda w: {"language": "en"}),
    # --- Imports (mobility office) -------------------------------------------------------------------
    "imports": Page(only("nmci"), post=only("nmci", to=UNPROCESSABLE)),
    "apply_import": Page(only("nmci", to=NOT_ALLOWED), post=only("nmci", to=MOVED), data=lambda w: {"sha256": "none"}),
    "import_template": Page(only("nmci"), args=lambda w: {"kind": "places"}),
    # --- The log -----------------------------------------------------------------------------------
    "log": Page(only("auditor", "administrator")),
    "log_entry about a student's file": Page(
        only("auditor", to=OK) | {"administrator": NOT_FOUND}, args=lambda w: {"number": w.logged(w.application)}
    ),
    "log_entry about a call": Page(only("auditor", "administrator"), args=lambda w: {"number": w.logged(w.open_call)}),
    "log_checks": Page(only("auditor", "administrator")),
    "exceptional_accesses": Page(only("auditor")),
    "open_file": Page(only("administrator"), post=only("administrator", to=UNPROCESSABLE)),
    "readers": Page(only("owner", "other_student")),
    "log_csv": Page(only("auditor", "administrator")),
    "log_xlsx": Page(only("auditor", "administrator")),
    "log_jsonl": Page(only("auditor")),
    # --- One's own account ---------------------------------------------------------------------------
    "account": Page(signed_in),
    "mfa_index": Page(signed_in),
    "mfa_activate_totp": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED)),
    "mfa_deactivate_totp": Page(
        only(*STAFF, to=MOVED, otherwise=NOT_FOUND), post=only(*STAFF, to=MOVED, otherwise=NOT_FOUND)
    ),
    "mfa_view_recovery_codes": Page(only(*ROLES, to=NOT_FOUND), post=only(*ROLES, to=NOT_ALLOWED)),
    "mfa_download_recovery_codes": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=NOT_ALLOWED)),
    "mfa_generate_recovery_codes": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED)),
    "mfa_list_webauthn": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=NOT_ALLOWED)),
    "mfa_add_webauthn": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED)),
    "mfa_edit_webauthn": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED), args=lambda w: {"pk": 1}),
    "mfa_remove_webauthn": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED), args=lambda w: {"pk": 1}),
    "mfa_authenticate": Page(everyone(MOVED, anonymous=LOGIN), post=everyone(MOVED, anonymous=LOGIN)),
    "mfa_reauthenticate": Page(only(*STAFF, to=OK, otherwise=MOVED), post=only(*STAFF, to=OK, otherwise=MOVED)),
    "mfa_reauthenticate_webauthn": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED)),
    "mfa_login_webauthn": Page(everyone(MOVED, anonymous=LOGIN), post=everyone(MOVED, anonymous=LOGIN)),
    "reset_factor": Page(only("administrator"), post=only("administrator", to=UNPROCESSABLE)),
    "usersessions_list": Page(signed_in, post=only(*ROLES, to=MOVED)),
    # --- Personal data -------------------------------------------------------------------------------
    "privacy_notice": Page(everyone(OK)),
    "privacy_notice_version": Page(everyone(OK), args=lambda w: {"version": CURRENT.version}),
    "my_corrections": Page(signed_in, post=only(*ROLES, to=UNPROCESSABLE)),
    "correction": Page(
        only("owner", "nmci", "auditor", otherwise=NOT_FOUND),
        post=one_may("nmci", "owner", "auditor", to=UNPROCESSABLE),
        args=lambda w: {"public_id": w.correction.public_id},
    ),
    "drop_correction": Page(
        POST_ONLY,
        post=one_may("owner", "nmci", "auditor", to=MOVED),
        args=lambda w: {"public_id": w.correction.public_id},
    ),
    "corrections": Page(only("nmci", "auditor")),
    "retention": Page(only("nmci", "auditor", "administrator"), post=only("nmci", to=UNPROCESSABLE)),
    "lift_hold": Page(POST_ONLY, post=only("nmci", to=MOVED), args=lambda w: {"hold": w.hold.pk}),
    # To delete it, first to confirm that it is them.
    "delete_account": Page(signed_in, post=only(*ROLES, to=MOVED)),
    "my_data": Page(signed_in, post=only(*ROLES, to=MOVED)),
    # First, to confirm that it is them; a POST has nothing to do here.
    "download_my_data": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=NOT_ALLOWED)),
    "take_note": Page(signed_in, post=only(*ROLES, to=MOVED), data=lambda w: {"version": CURRENT.version}),
    "choose_hat": Page(signed_in, post=only(*ROLES, to=MOVED)),
    # --- People and their roles ----------------------------------------------------------------------
    "people": Page(only(*SEE_PEOPLE)),
    "people_xlsx": Page(only(*SEE_PEOPLE)),
    "give_role": Page(
        only("administrator"), post=only("administrator", to=UNPROCESSABLE), data=lambda w: {"reason": ""}
    ),
    "membership": Page(
        only("scientific_council", "nmci", "board", "auditor", "administrator", otherwise=NOT_FOUND),
        post={
            **only("scientific_council", "nmci", "board", "auditor", otherwise=NOT_FOUND, to=FORBIDDEN),
            "administrator": UNPROCESSABLE,
        },
        args=lambda w: {"public_id": w.membership("scientific_council").public_id},
        data=lambda w: {"reason": ""},
    ),
    "membership of a coordinator": Page(
        only("coordinator", "department", "nmci", "board", "auditor", "administrator", otherwise=NOT_FOUND),
        post={
            **only("coordinator", "board", "auditor", "administrator", to=FORBIDDEN, otherwise=NOT_FOUND),
            "nmci": UNPROCESSABLE,
            "department": UNPROCESSABLE,
        },
        args=lambda w: {"public_id": w.membership("coordinator").public_id},
        data=lambda w: {"reason": ""},
    ),
    "programme_departments": Page(
        only("nmci", "administrator"),
        post=only("nmci", "administrator", to=MOVED),
        args=lambda w: {"code": "MEFT"},
        data=lambda w: {"departments": ["DEEC"]},
    ),
    "appointments": Page(only(*SEE_PEOPLE)),
    "propose": Page(only("nmci"), post=only("nmci", to=UNPROCESSABLE), data=lambda w: {"name": ""}),
    "appointment": Page(
        only(*SEE_PEOPLE, otherwise=NOT_FOUND),
        post={**only(*SEE_PEOPLE, to=FORBIDDEN, otherwise=NOT_FOUND), "department": MOVED},
        args=lambda w: {"public_id": w.appointment().public_id},
        data=lambda w: {"revision": "1"},
    ),
    "correct_appointment": Page(
        {**only(*SEE_PEOPLE, to=FORBIDDEN, otherwise=NOT_FOUND), "nmci": OK},
        post={**only(*SEE_PEOPLE, to=FORBIDDEN, otherwise=NOT_FOUND), "nmci": UNPROCESSABLE},
        args=lambda w: {"public_id": w.appointment("returned").public_id},
        data=lambda w: {"reason": ""},
    ),
    "delegations": Page(only("board"), post=only("board", to=UNPROCESSABLE), data=lambda w: {"reason": ""}),
    "substitutes": Page(
        only("nmci", "coordinator", "other_coordinator"),
        post=only("nmci", "coordinator", "other_coordinator", to=UNPROCESSABLE),
        data=lambda w: {"reason": ""},
    ),
    "conflicts": Page(only("coordinator", "other_coordinator", *OPERATIONS)),
    "declare_conflict": Page(
        {**only("coordinator", "nmci", otherwise=NOT_FOUND), "board": FORBIDDEN, "auditor": FORBIDDEN},
        post={
            **only("coordinator", to=MOVED, otherwise=NOT_FOUND),
            "nmci": UNPROCESSABLE,
            "board": FORBIDDEN,
            "auditor": FORBIDDEN,
        },
        args=lambda w: {"public_id": w.application.public_id},
        data=lambda w: {"reason": "A cousin."},
    ),
    "withdraw_conflict": Page(
        POST_ONLY,
        post=only("nmci", to=MOVED),
        args=lambda w: {"public_id": w.conflict().public_id},
        data=lambda w: {"reason": "Not related."},
    ),
    # --- Sign-in: django-allauth's pages -----------------------------------------------------------
    "account_login": Page(everyone(MOVED, anonymous=OK), post=everyone(MOVED, anonymous=OK)),
    "account_signup": Page(everyone(MOVED, anonymous=OK), post=everyone(MOVED, anonymous=OK)),
    "account_logout": Page(everyone(OK, anonymous=MOVED), post=everyone(MOVED)),
    "account_inactive": Page(everyone(OK)),
    "account_email_verification_sent": Page(everyone(OK)),
    "account_confirm_email": Page(everyone(OK), post=everyone(NOT_FOUND), args=lambda w: {"key": "no-such-key"}),
    "account_confirm_login_code": Page(everyone(MOVED, anonymous=LOGIN), post=everyone(MOVED, anonymous=LOGIN)),
    "account_reset_password": Page(everyone(OK), post=everyone(OK)),
    "account_reset_password_done": Page(everyone(OK)),
    "account_reset_password_from_key": Page(
        everyone(OK), post=everyone(OK), args=lambda w: {"uidb36": "1", "key": "no-such-key"}
    ),
    "account_reset_password_from_key_done": Page(everyone(OK)),
    "account_reauthenticate": Page(signed_in, post=signed_in),
    "account_email": Page(signed_in, post=only(*ROLES, to=MOVED)),
    "account_change_password": Page(signed_in, post=signed_in),
    "account_set_password": Page(only(*ROLES, to=MOVED), post=only(*ROLES, to=MOVED)),
    # --- Sign-in through the institution: here no provider is configured -------------------------------
    "socialaccount_login_cancelled": Page(everyone(OK)),
    "socialaccount_login_error": Page(only(*ROLES, to=401), post=POST_ONLY),
    "socialaccount_signup": Page(everyone(LOGIN), post=everyone(LOGIN)),
    "socialaccount_connections": Page(signed_in, post=signed_in),
    "openid_connect_login": Page(everyone(NOT_FOUND), args=lambda w: {"provider_id": "none"}),
    "openid_connect_callback": Page(everyone(NOT_FOUND), args=lambda w: {"provider_id": "none"}),
    "saml_login": Page(everyone(NOT_FOUND), args=lambda w: {"organization_slug": "none"}),
    "saml_acs": Page(everyone(MOVED), post=everyone(MOVED), args=lambda w: {"organization_slug": "none"}),
    "saml_finish_acs": Page(everyone(NOT_FOUND), args=lambda w: {"organization_slug": "none"}),
    "saml_sls": Page(everyone(NOT_FOUND), args=lambda w: {"organization_slug": "none"}),
    "saml_metadata": Page(everyone(NOT_FOUND), args=lambda w: {"organization_slug": "none"}),
    # --- Fénix: here the portal isn't registered with it ------------------------------------------------
    "fenix_login": Page(everyone(NOT_FOUND), post=everyone(NOT_FOUND)),
    "fenix_callback": Page(everyone(NOT_FOUND), post=everyone(NOT_FOUND)),
    # --- Calls and the student's application ---------------------------------------------------------
    "call_list": Page(everyone(OK)),
    "call": Page(everyone(OK), args=lambda w: {"code": w.open_call.code}),
    "call in draft": Page(
        only("nmci", "board", "auditor", otherwise=NOT_FOUND, anonymous=NOT_FOUND),
        args=lambda w: {"code": w.draft_call.code},
    ),
    "apply": Page(
        only(*ROLES, to=MOVED),
        post=only("owner", "other_student", to=MOVED),
        args=lambda w: {"code": w.open_call.code},
    ),
    "record": Page(only("owner", "other_student")),
    "declare_nationality": Page(
        POST_ONLY, post=only("owner", "other_student", to=MOVED), data=lambda w: {"nationality": "PT"}
    ),
    "choose_programme": Page(POST_ONLY, post=only(*ROLES, to=FORBIDDEN)),
    "documents": Page(only("owner", "other_student"), post=only("owner", "other_student", to=UNPROCESSABLE)),
    "student_document": Page(
        only("owner", "coordinator", "nmci", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.student_document("language").public_id},
    ),
    "student_document that names the person": Page(
        only("owner", "nmci", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.student_document("identity").public_id},
    ),
    "remove_document": Page(
        {**only("owner", otherwise=NOT_FOUND), **dict.fromkeys(("coordinator", "nmci", "auditor"), FORBIDDEN)},
        post={
            **only("owner", to=MOVED, otherwise=NOT_FOUND),
            **dict.fromkeys(("coordinator", "nmci", "auditor"), FORBIDDEN),
        },
        args=lambda w: {"public_id": w.student_document("language").public_id},
    ),
    "verify": Page(everyone(OK)),
    "application": Page(
        only("owner", "coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.application.public_id},
    ),
    "application still a draft": Page(
        only("other_student", otherwise=NOT_FOUND), args=lambda w: {"public_id": w.draft.public_id}
    ),
    "edit_period": Page(
        owner_alone(OK),
        post=owner_alone(MOVED),
        args=lambda w: {"public_id": w.application.public_id},
        data=lambda w: {"term": "year", "version": 0},
    ),
    "edit_destinations": Page(
        owner_alone(OK),
        post=owner_alone(MOVED),
        args=lambda w: {"public_id": w.application.public_id},
        data=lambda w: {"action": "next", "version": 0},
    ),
    "review": Page(
        owner_alone(OK),
        post=owner_alone(MOVED),
        args=lambda w: {"public_id": w.application.public_id},
        data=lambda w: {"version": 0},
    ),
    "discard": Page(POST_ONLY, post=owner_alone(MOVED), args=lambda w: {"public_id": w.application.public_id}),
    "withdraw": Page(owner_alone(OK), post=owner_alone(MOVED), args=lambda w: {"public_id": w.application.public_id}),
    "receipt": Page(
        only("owner", "coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.application.public_id},
    ),
    "why": Page(
        only("owner", "coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.result().public_id},
    ),
    "why before it is published": Page(
        only("coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.result("decided").public_id},
    ),
    # --- The coordinator -----------------------------------------------------------------------------
    "coordination": Page(only("coordinator", "other_coordinator"), post=POST_ONLY),
    "candidates": Page(
        only("coordinator", *OPERATIONS, otherwise=NOT_FOUND),
        post=one_may("coordinator", *OPERATIONS, to=MOVED),
        args=lambda w: {"code": w.open_call.code, "programme": "MEEC"},
        data=lambda w: {"one": f"favourable:{w.application.pk}"},
    ),
    "candidates of a call in draft": Page(
        only(*OPERATIONS, otherwise=NOT_FOUND),
        post=only(*OPERATIONS, to=FORBIDDEN, otherwise=NOT_FOUND),
        args=lambda w: {"code": w.draft_call.code, "programme": "MEEC"},
    ),
    "candidate": Page(
        only("coordinator", *OPERATIONS, otherwise=NOT_FOUND),
        post=one_may("coordinator", *OPERATIONS, to=MOVED),
        args=lambda w: {"public_id": w.application.public_id},
        data=lambda w: {"value": "unfavourable"},
    ),
    "candidate who is still writing": Page(
        only(otherwise=NOT_FOUND),
        post=only(otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.draft.public_id},
    ),
    "confirm_ranking": Page(
        only("coordinator", *OPERATIONS, otherwise=NOT_FOUND),
        post=one_may("coordinator", *OPERATIONS, to=MOVED),
        args=lambda w: {"public_id": w.run("decided").public_id, "programme": "MEEC"},
    ),
    "confirm_rankings": Page(
        only("coordinator", "other_coordinator"),
        post={**only("coordinator", to=MOVED), "other_coordinator": NOT_FOUND},
        args=lambda w: {"public_id": w.run("decided").public_id},
        data=lambda w: {"programme": "MEEC"},
    ),
    "confirm_ranking in a run that has no outcome": Page(
        only(otherwise=NOT_FOUND),
        post=only(otherwise=NOT_FOUND),
        args=lambda w: {"public_id": w.run("running").public_id, "programme": "MEEC"},
    ),
    # --- The office, its calls and jobs --------------------------------------------------------------
    "office": Page(only("nmci", "board", "auditor")),
    "office_call": Page(only("nmci", "board", "auditor"), args=lambda w: {"code": w.open_call.code}),
    "set_dates": Page(
        POST_ONLY, post=only("nmci", to=UNPROCESSABLE), args=lambda w: {"code": w.open_call.code}, data=lambda w: {}
    ),
    "set_budget": Page(
        POST_ONLY,
        post=only("nmci", to=MOVED),
        args=lambda w: {"code": w.open_call.code, "scheme": "erasmus"},
        data=lambda w: {"erasmus-grants": "10", "erasmus-source": "Contract 1"},
    ),
    "requeue_mail": Page(POST_ONLY, post=only("nmci", to=MOVED)),
    "load_destinations": Page(POST_ONLY, post=only("nmci", to=MOVED), args=lambda w: {"code": w.open_call.code}),
    "open_call": Page(only("nmci"), post=only("nmci", to=UNPROCESSABLE), args=lambda w: {"code": w.draft_call.code}),
    "close_call": Page(
        only("nmci"),
        post=only("nmci", to=MOVED),
        args=lambda w: {"code": w.open_call.code},
        data=lambda w: {"reason": "The partner universities asked for it."},
    ),
    "run_call": Page(only("nmci"), post=only("nmci", to=MOVED), args=lambda w: {"code": w.run("returned").call.code}),
    "job": Page(only("nmci", "board", "auditor"), args=lambda w: {"public_id": w.job().public_id}),
    "cancel_job": Page(POST_ONLY, post=only("nmci", to=MOVED), args=lambda w: {"public_id": w.job().public_id}),
    # --- The result of a run, public once it is published --------------------------------------------
    **{
        name: Page(everyone(OK), args=lambda w: {"public_id": w.run("published").public_id})
        for name in (*RESULT, "run_case", "run_decision", "run_xlsx")
    },
    **{
        f"{name} of a decided run": Page(
            only(
                "coordinator", "other_coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND, anonymous=NOT_FOUND
            ),
            args=lambda w: {"public_id": w.run("decided").public_id},
        )
        for name in (*RESULT, "run_case", "run_decision", "run_xlsx")
    },
    "make_documents": Page(
        POST_ONLY,
        post=only("nmci", to=MOVED),
        args=lambda w: {"public_id": w.run("published").public_id},
    ),
    "document": Page(everyone(OK), args=lambda w: {"public_id": w.document("published").public_id}),
    "document of a decided run": Page(
        only("coordinator", "other_coordinator", "nmci", "board", "auditor", otherwise=NOT_FOUND, anonymous=NOT_FOUND),
        args=lambda w: {"public_id": w.document("decided").public_id},
    ),
    "engine_zip": Page(everyone(OK)),
    # --- The board, publication and results ----------------------------------------------------------
    "board": Page(only(*OPERATIONS), post=POST_ONLY),
    "homologate": Page(
        only(*OPERATIONS),
        post=only("board", to=MOVED),
        args=lambda w: {"public_id": w.run("confirmed").public_id},
        data=lambda w: {"decision_sha256": w.run("confirmed").decision_sha256},
    ),
    "homologate a run that has no outcome": Page(
        only(*OPERATIONS, to=NOT_FOUND),
        post=only(*OPERATIONS, to=NOT_FOUND),
        args=lambda w: {"public_id": w.run("running").public_id},
    ),
    "publish_run": Page(
        only("nmci"), post=only("nmci", to=MOVED), args=lambda w: {"public_id": w.run("homologated").public_id}
    ),
    "results": Page(everyone(OK), args=lambda w: {"code": w.run("published").call.code}),
    "results before publication": Page(everyone(OK), args=lambda w: {"code": w.run("homologated").call.code}),
    "results of a call in draft": Page(
        only(*OPERATIONS, otherwise=NOT_FOUND, anonymous=NOT_FOUND), args=lambda w: {"code": w.draft_call.code}
    ),
    "result_destinations": Page(everyone(OK), args=lambda w: {"code": w.run("published").call.code}),
}
