"""A person's own account: one page from which everything about it is reached."""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mobility.permissions import is_student

# Address, words, and what one does there; in the order in which they are read.
SECTIONS = (
    ("account_email", _("E-mail address"), _("Where messages go, and what you sign in with.")),
    ("account_change_password", _("Password"), _("Change it; a notice comes by e-mail.")),
    ("mfa_index", _("Second factor"), _("What you sign in with besides the password: an app or a passkey.")),
    ("usersessions_list", _("Devices and sessions"), _("Where you are signed in; sign out elsewhere.")),
    (
        "socialaccount_connections",
        _("Ways to sign in"),
        _("Connect the account of your institution, or disconnect it."),
    ),
    ("my_data", _("My data"), _("Download everything that the portal keeps about you.")),
    ("my_corrections", _("Corrections"), _("Something about you is wrong: say what, and see the answer.")),
    ("delete_account", _("Delete the account"), _("Without applications, at once; otherwise until when it is kept.")),
)

OF_STUDENTS = (("readers", _("Who read my file"), _("Who opened your file, in which role, when and why.")),)


@dataclass(frozen=True)
class Section:
    url: str
    label: Any
    hint: Any


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    offered = get_social_adapter(request).list_providers(request)
    own = OF_STUDENTS if is_student.test(request.user) else ()
    sections = [
        Section(reverse(name), label, hint)
        for name, label, hint in (*SECTIONS, *own)
        if offered or name != "socialaccount_connections"
    ]
    return render(request, "mobility/account.html", {"sections": sections})


@csrf_exempt
@login_not_required
def saml_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """In the place of allauth's: the library takes a message that nobody signed, by which any page could sign people
    out. Signing out at the institution leaves the portal as it is; see docs/people.md."""
    raise Http404
