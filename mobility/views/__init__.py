"""Pages that belong to no single part of the portal."""

from mobility.views.account import account, saml_logout
from mobility.views.corrections import correction, corrections, drop_correction, my_corrections
from mobility.views.hats import choose_hat
from mobility.views.home import home
from mobility.views.imports import apply_import, import_template, imports
from mobility.views.log import log, log_checks, log_entry
from mobility.views.log_exports import log_csv, log_jsonl, log_xlsx
from mobility.views.my_data import download_my_data, my_data
from mobility.views.privacy import privacy_notice, take_note
from mobility.views.readings import exceptional_accesses, open_student_file, readers
from mobility.views.retention import delete_account, lift_hold, retention
from mobility.views.sessions import devices
from mobility.views.site import health, set_language, site

__all__ = [
    "account",
    "apply_import",
    "choose_hat",
    "correction",
    "corrections",
    "delete_account",
    "devices",
    "download_my_data",
    "drop_correction",
    "exceptional_accesses",
    "health",
    "home",
    "import_template",
    "imports",
    "lift_hold",
    "log",
    "log_checks",
    "log_csv",
    "log_entry",
    "log_jsonl",
    "log_xlsx",
    "my_corrections",
    "my_data",
    "open_student_file",
    "privacy_notice",
    "readers",
    "retention",
    "saml_logout",
    "set_language",
    "site",
    "take_note",
]
