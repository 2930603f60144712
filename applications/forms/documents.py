"""A document for one's file; what is in it is looked at by the service."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from applications.services.student_documents import Kind
from mobility.services.uploads import ENDINGS


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is."), "invalid_choice": _("Choose what it is.")},
    )
    file = forms.FileField(
        label=_("File"),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        # What is wrong with it, its size among it, is said by the service.
        allow_empty_file=True,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passes Django's own arguments through
        self.fields["file"].help_text = _(
            "PDF, JPEG or PNG, up to %(megabytes)s MB. "
            "What the camera wrote into a picture, such as the place, is not kept."
        ) % {"megabytes": settings.UPLOAD_MAX_MEGABYTES}
