"""What people type about roles; what it means is checked by the services."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mobility.models import Department, Power, Programme, Role

REQUIRED = {"required": _("Fill this in."), "invalid": _("Write the day as in 2027-01-31.")}


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages=REQUIRED,
        **options,
    )


def text(label: Any, length: int = 200, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, error_messages={"required": _("Fill this in.")}, **options)


def mailbox(label: Any, **options: Any) -> forms.EmailField:
    errors = {"required": _("Fill this in."), "invalid": _("This isn't an e-mail address.")}
    return forms.EmailField(label=label, error_messages=errors, **options)


def programmes(label: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=label,
        queryset=Programme.objects.all(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one programme.")},
    )


class ServiceForm(forms.Form):
    """A form whose service refuses with words for a field, or for all of it."""

    def refused(self, error: ValidationError) -> None:
        by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for field, messages in by_field.items():
            self.add_error(field if field in self.fields else None, messages)


class ProposalForm(ServiceForm):
    name = text(_("Name of the person proposed"))
    email = mailbox(_("E-mail address"), help_text=_("The one of the institution, with which they will sign in."))
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"))
    proposed_by = text(_("Proposed by (the course coordinator)"))
    proposed_on = day(_("Proposed on"))
    document = text(_("Document"), help_text=_("Number or name by which the proposal is found in the archive."))


class NewProposalForm(ProposalForm):
    programmes = programmes(_("Programmes"))


class ReasonForm(ServiceForm):
    reason = text(_("Reason"), 300, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnProposalForm(ServiceForm):
    reasons = text(_("Reasons"), 2000, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(ReasonForm):
    last_day = day(_("Last day"), required=False, help_text=_("Empty: it ends at once."))
    field_order = ["last_day", "reason"]


class GiveRoleForm(ServiceForm):
    email = mailbox(_("E-mail address"))
    name = text(_("Name"), help_text=_("Used when there is no account with this address yet."))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[choice for choice in Role.choices if choice[0] != Role.COORDINATOR],
        error_messages={"invalid_choice": _("Choose a role of the list."), "required": _("Choose a role of the list.")},
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("None"),
        help_text=_("For the role of that name alone."),
    )
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"), required=False, help_text=_("Empty: until it is ended."))
    reason = text(_("Reason or document"), 300)


class DelegationForm(ServiceForm):
    email = mailbox(_("E-mail address of the delegate"))
    powers = forms.MultipleChoiceField(
        label=_("What is delegated"),
        choices=Power.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what you delegate.")},
    )
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"))
    reason = text(_("Reason or document"), 300)


class SubstituteForm(ServiceForm):
    email = mailbox(_("E-mail address of the substitute"), help_text=_("Somebody who has signed in here before."))
    programmes = programmes(_("Programmes"))
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"))
    reason = text(_("Reason"), 300)


class OfficeSubstituteForm(SubstituteForm):
    principal = mailbox(_("E-mail address of the coordinator who is away"))
    field_order = ["principal"]


class DepartmentsForm(ServiceForm):
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments responsible"),
        queryset=Department.objects.all(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Each of them homologates the programme's mobility coordinators."),
    )


class WhoFilters(forms.Form):
    """Day and filters of the list; they live in the address, and a wrong one means none."""

    on = day(_("On the day"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All")), *Role.choices])
    programme = forms.ModelChoiceField(
        label=_("Programme"),
        required=False,
        queryset=Programme.objects.all(),
        to_field_name="code",
        empty_label=_("All"),
    )
    name = forms.CharField(label=_("Name or e-mail"), required=False, max_length=100)

    def chosen(self) -> dict[str, str]:
        """The filters of ``who_can.holders``."""
        self.is_valid()
        programme = self.cleaned_data.get("programme")
        return {
            "role": self.cleaned_data.get("role", ""),
            "programme": programme.code if programme else "",
            "name": self.cleaned_data.get("name", "").strip(),
        }
