"""Delegations of the board member (Art. 2(1)) and substitutes of coordinators: given and listed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.views.requests import PersonRequest
from mobility.models import Membership, Programme, Role, User
from mobility.permissions import is_nmci
from mobility.services import stand_ins
from mobility.views.people.forms import DelegationForm, OfficeSubstituteForm, SubstituteForm

RECENT = 50


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: PersonRequest) -> HttpResponse:
    """The board member's delegations, and a new one."""
    if not request.user.holds_itself(Role.BOARD):
        raise PermissionDenied("delegate")
    form = DelegationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = stand_ins.delegate(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refused(error)
        else:
            messages.success(request, _("The delegation is given, and %(name)s has been told.") % {"name": given.user})
            return redirect("delegations")
    mine = Membership.objects.filter(on_behalf_of=request.user, role=Role.BOARD)
    context = {"form": form, "rows": _listed(mine), "today": timezone.localdate()}
    return render(request, "people/delegations.html", context, status=422 if form.errors else 200)


def _listed(rows: "QuerySet[Membership]") -> "list[Membership]":
    return list(rows.select_related("user", "programme", "department", "on_behalf_of").order_by("-starts_on")[:RECENT])


@require_http_methods(["GET", "HEAD", "POST"])
def substitutes(request: PersonRequest) -> HttpResponse:
    """A coordinator's own substitutes; everybody's to the office, which may name one for an absent coordinator."""
    office = is_nmci.test(request.user)
    if not (office or request.user.holds_itself(Role.COORDINATOR)):
        raise PermissionDenied("substitute")
    form = _form(request, office=office)
    if request.method == "POST" and form.is_valid():
        try:
            _named(request, form, office=office)
        except ValidationError as error:
            form.refused(error)
        else:
            messages.success(request, _("The substitute is named and has been told."))
            return redirect("substitutes")
    found = Membership.objects.filter(role=Role.COORDINATOR, on_behalf_of__isnull=False)
    rows = _listed(found if office else found.filter(on_behalf_of=request.user))
    context = {"form": form, "rows": rows, "office": office, "today": timezone.localdate()}
    return render(request, "people/substitutes.html", context, status=422 if form.errors else 200)


def _form(request: PersonRequest, *, office: bool) -> SubstituteForm:
    if office:
        return OfficeSubstituteForm(request.POST or None, initial={"programmes": request.GET.getlist("programme")})
    own = Programme.objects.filter(pk__in=request.user.coordinated_programme_ids)
    form = SubstituteForm(request.POST or None, initial={"programmes": [programme.code for programme in own]})
    form.fields["programmes"].queryset = own  # type: ignore[attr-defined]  # a choice of rows
    return form


def _named(request: PersonRequest, form: SubstituteForm, *, office: bool) -> None:
    data = dict(form.cleaned_data)
    principal: User | None = request.user
    if office:
        email = data.pop("principal").lower()
        principal = User.objects.filter(email=email).first()
        if principal is None:
            raise ValidationError({"principal": _("Nobody has an account with this address.")})
    stand_ins.name_substitute(principal=principal, **data, by=request.user)
