"""The words, tones and icons of states and of what the log records: one list, so that all pages agree."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ICON_OF_TONE = {"good": "check", "wait": "clock", "bad": "cross", "info": "info", "quiet": "dot"}

# State -> tone and icon; the word is the model's own.
TONES = {
    "draft": ("quiet", "pencil"),
    "submitted": ("good", "check"),
    "withdrawn": ("quiet", "minus"),
    "open": ("good", "check"),
    "closed": ("quiet", "lock"),
    "queued": ("wait", "clock"),
    "running": ("info", "running"),
    "sending": ("info", "running"),
    "done": ("good", "check"),
    "sent": ("good", "check"),
    "failed": ("bad", "warning"),
    "cancelled": ("quiet", "minus"),
    "decided": ("wait", "clock"),
    "confirmed": ("wait", "clock"),
    "returned": ("bad", "left"),
    "homologated": ("good", "check"),
    "published": ("good", "check"),
    "superseded": ("quiet", "archive"),
    "proposed": ("wait", "clock"),
    "ended": ("quiet", "minus"),
}

# Art. 5: what admission decides about a candidate.
TIERS = {
    "admitted": ("good", pgettext_lazy("tier", "Admitted"), "check"),
    "vacancy": ("good", pgettext_lazy("tier", "Admitted to a vacancy"), "check"),
    "conditional": ("wait", pgettext_lazy("tier", "Admitted conditionally"), "clock"),
    "rejected": ("bad", pgettext_lazy("tier", "Not admitted"), "cross"),
}
TIER_CHOICES = [(tier, words) for tier, (_tone, words, _icon) in TIERS.items()]

# What rows of the log are about, by model.
THINGS = {
    "mobility.academicrecord": _("Academic record"),
    "mobility.appointment": _("Appointment of a coordinator"),
    "mobility.conflict": _("Conflict of interest"),
    "mobility.programme": _("Programme"),
    "applications.application": _("Application"),
    "scholarships.budget": _("Budget of grants"),
    "mobility.call": _("Call"),
    "mobility.document": _("Document"),
    "mobility.message": _("E-mail"),
    "mobility.membership": _("Role of a person"),
    "applications.run": _("Run"),
    "mobility.student": _("Student file"),
    "mobility.user": _("Account"),
}

# How a row of the log fails (the keys of mobility.chain.WHAT).
FAULTS = {
    "altered": _("It no longer says what it said when it was written."),
    "missing": _("The row before it is gone or was altered, or this one was put in."),
    "reordered": _("It stands in another place than where it was written."),
    "cut": _("The last row that was known is no longer there: the end was cut off, or all was written anew."),
}

# Model and action -> what happened, as the timeline says it.
ACTIONS = {
    ("academicrecord", "write"): _("Academic record brought in"),
    ("appointment", "propose"): _("Appointment proposed"),
    ("appointment", "propose_again"): _("Proposed again, corrected"),
    ("appointment", "homologate_department"): _("Homologated by one of the departments"),
    ("appointment", "homologate"): _("Appointment homologated"),
    ("appointment", "return"): _("Returned with reasons"),
    ("appointment", "withdraw"): _("Proposal withdrawn"),
    ("appointment", "end"): _("Appointment ended early"),
    ("conflict", "declare"): _("Conflict of interest declared"),
    ("conflict", "withdraw"): _("Conflict of interest withdrawn"),
    ("membership", "give"): _("Role given"),
    ("membership", "delegate"): _("Delegation given"),
    ("membership", "substitute"): _("Substitute named"),
    ("membership", "end"): _("Role ended"),
    ("programme", "set_departments"): _("Departments responsible changed"),
    ("user", "give_role"): _("Role given"),
    ("application", "start"): _("Application started"),
    ("application", "submit"): _("Application submitted"),
    ("application", "withdraw"): _("Application withdrawn"),
    ("application", "opinion"): _("Coordinator's opinion given"),
    ("budget", "set_budget"): _("Number of grants set"),
    ("document", "import"): _("File imported"),
    ("user", "export_log"): _("Log exported"),
    ("user", "ask_for_file"): _("Student's file asked for that there isn't"),
    ("student", "open_file"): _("File opened by an administrator, for a reason"),
    ("call", "load_destinations"): _("Destinations loaded from the agreements"),
    ("call", "demo_built"): _("Demonstration built"),
    ("call", "create"): _("Call created"),
    ("call", "open"): _("Call opened"),
    ("call", "close"): _("Call closed"),
    ("call", "set_dates"): _("Dates changed"),
    ("message", "requeue"): _("E-mail put back in the queue"),
    ("user", "take_note"): _("Took note of the privacy notice"),
    ("student", "upload_document"): _("Document added"),
    ("student", "discard_document"): _("Document removed"),
    ("student", "read_document"): _("Document opened"),
    ("run", "export_names"): _("Ranking downloaded with names"),
    ("run", "request"): _("Run requested"),
    ("run", "request_cancel"): _("Cancelling requested"),
    ("run", "request_documents"): _("PDFs requested"),
    ("run", "make_documents"): _("PDFs made"),
    ("run", "create"): _("Run requested"),
    ("run", "start"): _("Run started"),
    ("run", "decide"): _("Ranking, placements and grants decided"),
    ("run", "fail"): _("Run failed"),
    ("run", "cancel"): _("Run cancelled"),
    ("run", "confirm_programme"): _("Ranking of one programme confirmed"),
    ("run", "confirm"): _("Ranking confirmed for every programme"),
    ("run", "homologate"): _("Result homologated"),
    ("run", "return"): _("Result returned with reasons"),
    ("run", "publish"): _("Result published"),
    ("run", "supersede"): _("Replaced by a later run"),
    ("student", "create"): _("Student file made from Fénix"),
    ("student", "update"): _("Programme or year changed from Fénix"),
    ("student", "declare_nationality"): _("Nationality declared"),
    ("user", "add_factor"): _("Second factor set up"),
    ("user", "remove_factor"): _("Second factor removed"),
    ("user", "reset_factor"): _("Second factor reset by an administrator"),
    ("user", "make_recovery_codes"): _("New recovery codes made"),
    ("user", "use_recovery_code"): _("Signed in with a recovery code"),
    ("user", "end_sessions"): _("Signed out on other devices"),
    ("user", "connect"): _("Sign-in through the institution connected"),
    ("user", "disconnect"): _("Sign-in through the institution disconnected"),
    ("user", "rename"): _("Name changed from Fénix"),
}
