"""What the board writes when it returns a run."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """The reasons with which a run goes back to the office (Art. 3(1)(b))."""

    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The mobility office (NMCI) receives them by e-mail and acts on them."),
        error_messages={"required": _("Say why the run is returned: the office acts on these reasons.")},
    )
