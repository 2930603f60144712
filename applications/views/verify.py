"""Anybody with a receipt's code can check that the application was received."""

import re

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.models import Submission


def normalised(typed: str) -> str:
    """A code as it is kept, whatever the case and the dashes: ``abcd2345 fghj`` is ``ABCD-2345-FGHJ``."""
    plain = re.sub(r"[^0-9A-Za-z]", "", typed).upper()
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


# Nobody misreads a code as often; whoever tries them out does.
WRONG_CODES_A_MINUTE = 30


def _wrong_codes(request: HttpRequest) -> str:
    """Where the wrong codes are counted that came from the reader's address in this minute."""
    address = get_adapter(request).get_client_ip(request)
    return f"verify:{address}:{timezone.now():%H%M}"


@login_not_required
@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "")[:40].strip()
    submission = None
    if typed:
        counter = _wrong_codes(request)
        if cache.get(counter, 0) >= WRONG_CODES_A_MINUTE:
            return render(request, "429.html", status=429)
        submission = Submission.objects.select_related("application__call").filter(receipt=normalised(typed)).first()
        if submission is None:
            cache.add(counter, 0, timeout=120)
            cache.incr(counter)
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
