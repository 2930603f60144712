"""The second factor: who must have one, whether a code is right, and what follows when one comes or goes.

Codes are those of RFC 6238 (30 seconds, six digits). allauth keeps the factors; here each code counts once, however the
clocks stand, and a wrong one says why it is wrong.
"""

import hmac
import logging
import time

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.mail import queue
from mobility.models import User
from mobility.permissions import is_administrator
from mobility.sealing import Unreadable, unseal
from mobility.services.sessions import end_sessions
from mobility.workflow import record

log = logging.getLogger(__name__)

TOTP, PASSKEY, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
MAIN = (TOTP, PASSKEY)
# How far, in periods of 30 seconds, a code is recognised as one of another time: five minutes.
DRIFT = 10
# From so few unused recovery codes on, their owner is told.
FEW = 3
LAST = "last_counter"
SHORTEST_REASON = 10


def must_have(user: User) -> bool:
    """Whoever holds a role today; a student may."""
    return bool(user.roles_today)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=MAIN).exists()


def is_last(authenticator: Authenticator) -> bool:
    """Whether the person would be left without a second factor."""
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=MAIN).exclude(pk=authenticator.pk)
    return authenticator.type in MAIN and not others.exists()


def may_be_removed(authenticator: Authenticator) -> bool:
    return not (is_last(authenticator) and must_have(authenticator.user))


# --- Codes ----------------------------------------------------------------------------------------


def counter_now() -> int:
    return int(time.time()) // app_settings.TOTP_PERIOD


def code_at(secret: str, counter: int) -> str:
    return format_hotp_value(hotp_value(secret, counter))


def matching_counter(secret: str, code: str) -> int | None:
    """The period to which the code belongs, the nearest to now first; None for a code of none."""
    now, typed = counter_now(), normalize_user_code(code).encode()
    for distance in sorted(range(-DRIFT, DRIFT + 1), key=abs):
        if hmac.compare_digest(code_at(secret, now + distance).encode(), typed):
            return now + distance
    return None


def in_time(counter: int) -> bool:
    return abs(counter - counter_now()) <= app_settings.TOTP_TOLERANCE


def next_code(authenticator: Authenticator) -> str:
    """The code that the phone shows, or the first later one that wasn't used yet: for the demo and its tests."""
    counter = max(counter_now() - app_settings.TOTP_TOLERANCE, authenticator.data.get(LAST, 0) + 1)
    return code_at(unseal(authenticator.data["secret"]), counter)


@transaction.atomic
def use_code(*, user: User, code: str) -> tuple[Authenticator | None, str]:
    """Take a code of the app or a recovery code, once: the factor that it is of, or None and what is wrong with it."""
    rows = {
        row.type: row
        for row in Authenticator.objects.select_for_update(no_key=True).filter(user=user).exclude(type=PASSKEY)
    }
    try:
        wrong = _use_app_code(rows[TOTP], code) if TOTP in rows else "wrong"
        if not wrong:
            return rows[TOTP], ""
        if RECOVERY in rows and wrong == "wrong":
            wrong = _use_recovery_code(rows[RECOVERY], code)
            if not wrong:
                return rows[RECOVERY], ""
    except Unreadable:
        log.exception("The second factor of user %s can't be read: is its key still in SECOND_FACTOR_KEYS?", user.pk)
        wrong = "unreadable"
    return None, wrong


def _use_app_code(authenticator: Authenticator, code: str) -> str:
    counter = matching_counter(unseal(authenticator.data["secret"]), code)
    if counter is None:
        return "wrong"
    if not in_time(counter):
        return "clock"
    if counter <= authenticator.data.get(LAST, 0):
        return "used"
    mark_used(authenticator, counter)
    return ""


def mark_used(authenticator: Authenticator, counter: int) -> None:
    authenticator.data[LAST] = counter
    authenticator.save(update_fields=["data"])


def _use_recovery_code(authenticator: Authenticator, code: str) -> str:
    codes = authenticator.wrap()
    if codes.validate_code(code):
        return ""
    if normalize_user_code(code) in codes.generate_codes():
        return "recovery_used"
    return "wrong" if codes.get_unused_codes() else "none_left"


def codes_left(user: User) -> int | None:
    """Unused recovery codes; None for who never got any."""
    authenticator = Authenticator.objects.filter(user=user, type=RECOVERY).first()
    try:
        return None if authenticator is None else len(authenticator.wrap().get_unused_codes())
    except Unreadable:
        return 0


# --- What comes and goes --------------------------------------------------------------------------


@transaction.atomic
def added(*, user: User, kind: str, session_key: str | None, by: User) -> None:
    """A factor was set up: every session that was begun without it ends, but for the one that set it up."""
    record(user, "add_factor", data={"kind": kind}, by=by)
    end_sessions(user=user, except_key=session_key, by=by)


@transaction.atomic
def removed(*, user: User, kind: str, session_key: str | None, by: User) -> None:
    record(user, "remove_factor", data={"kind": kind}, by=by)
    end_sessions(user=user, except_key=session_key, by=by)


def made_codes(*, user: User, by: User) -> None:
    record(user, "make_recovery_codes", by=by)


def used_recovery_code(*, user: User, left: int, by: User) -> None:
    record(user, "use_recovery_code", data={"left": left}, by=by)


@transaction.atomic
def reset_factor(*, user: User, reason: str, by: User) -> None:
    """Take away the second factor of someone who lost it: they are signed out, told, and set up another.

    Only an administrator may, with a reason, and never their own: another administrator does that.
    """
    if not is_administrator.test(by) or user == by:
        raise PermissionDenied("reset_factor")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(_("Say in a sentence how you know that it is them, and what happened."))
    take_turn()
    factors = Authenticator.objects.filter(user=user)
    kinds = sorted(factors.filter(type__in=MAIN).values_list("type", flat=True))
    if not kinds:
        raise ValidationError(_("%(person)s has no second factor to reset.") % {"person": user})
    factors.delete()
    entry = record(user, "reset_factor", reason=reason.strip(), data={"kinds": kinds}, by=by)
    end_sessions(user=user, by=by)
    queue("factor_reset", to=user, key=str(entry.pk), context={"by": by})
