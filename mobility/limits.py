"""How often something may be tried: ``ACCOUNT_RATE_LIMITS`` says it, with the reasons; here it is counted and answered.

Counted in the cache that all processes share, by allauth, whose own pages use the same table.
"""

import hashlib
import hmac
import math
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

APP = "allauth.account"
# What allauth's own pages count, by the name of their address.
OF_ADDRESS = {
    "account_login": "login",
    "account_signup": "signup",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_change_password": "change_password",
    "account_email": "manage_email",
    "account_reauthenticate": "reauthenticate",
}
log = structlog.get_logger("security")


def allow(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Count one attempt, reading or writing; False when there were enough."""
    return bool(ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True))


def exhausted(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Whether there were enough already; counts nothing."""
    return not ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True, dry_run=True)


def seconds_left(request: HttpRequest, action: str, *, key: str | None = None) -> int:
    """Until the next attempt is allowed; at least one."""
    waits = [1.0]
    for rate in ratelimit.get_rates(app=APP, action=action):
        if (rate.per == "key" and key is None) or (rate.per == "user" and not request.user.is_authenticated):
            continue
        # Newest first: the attempt that has to grow old before there is room for another.
        history = cache.get(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key), [])
        if len(history) >= rate.amount:
            waits.append(history[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(max(waits))


def refuse(request: HttpRequest, action: str = "", *, key: str | None = None) -> HttpResponse:
    """The page that says when to try again."""
    match = request.resolver_match
    action = action or OF_ADDRESS.get(match.url_name or "" if match else "", "")
    # Where the action isn't known, or counts by what was typed, a minute is the longest that it can take.
    seconds = max(seconds_left(request, action, key=key), 1) if action else 60
    if action and key is None and any(rate.per == "key" for rate in ratelimit.get_rates(app=APP, action=action)):
        seconds = max(seconds, 60)
    log.warning("limited", action=action or "other", user=request.user.pk, source=source(request))
    context = {"minutes": math.ceil(seconds / 60), "retry_at": timezone.now() + timedelta(seconds=seconds + 59)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def limited(action: str, *methods: str) -> Callable[..., Any]:
    """Count each request of these methods (all, when none is named) as one attempt."""

    def around(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (not methods or request.method in methods) and not allow(request, action):
                return refuse(request, action)
            return view(request, *args, **kwargs)

        return counted

    return around


def source(request: HttpRequest) -> str:
    """The reader's address as a name that only this portal could make: tells the same from another, and no more."""
    address = ratelimit.get_ip(request).encode()
    return hmac.new(settings.SECRET_KEY.encode(), address, hashlib.sha256).hexdigest()[:12]
