"""The second factor's pages: allauth's, with what the portal adds when a factor comes or goes."""

import base64
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import IndexView
from allauth.mfa.internal.flows.add import redirect_if_add_not_allowed
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mobility.factor_forms import ResetFactorForm
from mobility.log import take_turn
from mobility.middleware import AFTER_FACTOR
from mobility.permissions import is_administrator
from mobility.services import factors


def _set_up(request: HttpRequest, kind: str) -> None:
    """Who has just shown the new factor has also said who they are: the recovery codes come next, without asking."""
    who = request.user
    record_authentication(request, who, "mfa", type=kind, reauthenticated=True)
    factors.added(user=who, kind=kind, session_key=request.session.session_key, by=who)


@method_decorator(require_safe, name="dispatch")
class Index(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        who = self.request.user
        rows = list(Authenticator.objects.filter(user=who).order_by("created_at", "pk"))
        return super().get_context_data(**kwargs) | {
            "app": next((row for row in rows if row.type == factors.TOTP), None),
            "passkeys": [row for row in rows if row.type == factors.PASSKEY],
            "codes_left": factors.codes_left(who),
            "few_codes": factors.FEW,
            "must_have": factors.must_have(who),
        }


class SetUpApp(ActivateTOTPView):
    """The first app, or another in its place: who changes the phone loses nothing in between."""

    @method_decorator(redirect_if_add_not_allowed)
    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # allauth's own refuses a second app; here it takes the place of the first.
        return super(ActivateTOTPView, self).dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        replaces = Authenticator.objects.filter(user=self.request.user, type=factors.TOTP).exists()
        return super().get_context_data(**kwargs) | {"replaces": replaces}

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.is_stale and factors.has_factor(self.request.user):
            messages.info(self.request, _("The app is set up already, from another window; there is no more to do."))
            return redirect("mfa_index")
        return super().form_invalid(form)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        take_turn()
        who = self.request.user
        Authenticator.objects.filter(user=who, type=factors.TOTP).delete()
        response: HttpResponse = super().form_valid(form)
        factors.mark_used(Authenticator.objects.get(user=who, type=factors.TOTP), form.counter)
        _set_up(self.request, factors.TOTP)
        return response


class RemoveApp(DeactivateTOTPView):
    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        take_turn()
        response: HttpResponse = super().form_valid(form)
        who, key = self.request.user, self.request.session.session_key
        factors.removed(user=who, kind=factors.TOTP, session_key=key, by=who)
        return response


class AddPasskey(AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's leaves out the form that was sent, and with it what was wrong.
        return super().get_context_data(**kwargs) | kwargs

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        take_turn()
        response: HttpResponse = super().form_valid(form)
        _set_up(self.request, factors.PASSKEY)
        return response


class RemovePasskey(RemoveWebAuthnView):
    def get_success_url(self) -> str:
        return reverse("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"may_be_removed": factors.may_be_removed(self.object)}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        if not factors.may_be_removed(self.object):
            return self.render_to_response(self.get_context_data(form=form), status=422)
        take_turn()
        response: HttpResponse = super().form_valid(form)
        who, key = self.request.user, self.request.session.session_key
        factors.removed(user=who, kind=factors.PASSKEY, session_key=key, by=who)
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """The codes, once: whoever comes back makes new ones."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        text = "\r\n".join([_("Recovery codes of the mobility portal of Técnico, each to be used once:"), ""])
        text += "\r\n".join(["", *context["unused_codes"], ""])
        context["file"] = base64.b64encode(text.encode()).decode()
        context["onwards"] = self.request.session.pop(AFTER_FACTOR, "") or reverse("home")
        return context


class NewRecoveryCodes(GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        factors.made_codes(user=self.request.user, by=self.request.user)
        return response


@require_safe
def all_in_one(request: HttpRequest) -> HttpResponse:
    """Where allauth has pages of their own for what one page shows here."""
    return redirect("mfa_index")


@require_http_methods(["GET", "HEAD", "POST"])
def reset_factor(request: HttpRequest) -> HttpResponse:
    """An administrator takes away the second factor of someone who lost it."""
    if not is_administrator.test(request.user):
        raise PermissionDenied("reset_factor")
    posted = request.POST if request.method == "POST" else None
    form = ResetFactorForm(posted, initial={"email": request.GET.get("email", "")})
    if posted is not None and form.is_valid() and _reset(request, form):
        return redirect("reset_factor")
    return render(request, "mobility/reset_factor.html", {"form": form}, status=422 if form.errors else 200)


def _reset(request: HttpRequest, form: ResetFactorForm) -> bool:
    if form.person == request.user:
        form.add_error("email", _("This is your own account: another administrator resets it."))
        return False
    try:
        factors.reset_factor(user=form.person, reason=form.cleaned_data["reason"], by=request.user)
    except ValidationError as refused:
        form.add_error("reason", refused)
        return False
    messages.success(
        request, _("%(person)s is signed out, knows by e-mail, and sets up a new one.") % {"person": form.person}
    )
    return True
