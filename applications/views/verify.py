"""Anybody with a receipt's code can check that the application was received."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.models import Submission
from mobility import limits


def normalised(typed: str) -> str:
    """A code as it is kept, whatever the case and the dashes: ``abcd2345 fghj`` is ``ABCD-2345-FGHJ``."""
    plain = re.sub(r"[^0-9A-Za-z]", "", typed).upper()
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@login_not_required
@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "")[:40].strip()
    submission = None
    if typed:
        if limits.exhausted(request, "verify_receipt"):
            return limits.refuse(request, "verify_receipt")
        submission = Submission.objects.select_related("application__call").filter(receipt=normalised(typed)).first()
        if submission is None:
            limits.allow(request, "verify_receipt")
    return render(
        request,
        "applications/verify.html",
        {
            "typed": typed,
            "submission": submission,
            "destinations": len(submission.content["preferences"]) if submission else 0,
            "newer": submission is not None
            and submission.application.submissions.filter(number__gt=submission.number).exists(),
        },
    )
