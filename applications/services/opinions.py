"""Coordinators' opinions on the candidates of their programmes (Art. 5(2), 5(3))."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application, Opinion, Run
from mobility.log import take_turn
from mobility.models import Role, User
from mobility.permissions import coordinates_programme
from mobility.workflow import TransitionRefused, record_many

# From here on the ranking is vouched for: a new opinion could only contradict what was confirmed.
SETTLED = (Run.State.CONFIRMED, Run.State.HOMOLOGATED, Run.State.PUBLISHED)


@dataclass(frozen=True)
class OpinionsGiven:
    """What one press did: the opinions written, and those of others that it replaced without having been seen."""

    written: list[Opinion]
    unseen: list[Opinion]
    # Those on whom the person has declared a conflict of interest: nothing was written there.
    conflicts: list[Application] = field(default_factory=list)


def opinions_are_settled(call_id: int) -> bool:
    """Whether the ranking is confirmed, so that opinions on the call's applications are closed."""
    return Run.objects.filter(call_id=call_id, state__in=SETTLED).exists()


@transaction.atomic
def give_opinions(
    *,
    applications: Iterable[int],
    value: str,
    reason: str = "",
    seen: Mapping[int, int | None] | None = None,
    by: User,
) -> OpinionsGiven:
    """Give the same opinion on one application or on many: all or none.

    ``applications``: primary keys. ``seen``: by application, the primary key of the opinion that was in force on the
    page (None: there was none); an opinion given by somebody else since is replaced, kept and reported in ``unseen``.
    Repeating one's own opinion writes nothing; candidates with whom the person has a conflict of interest are left out.

    Raises ValidationError (unknown value), PermissionDenied (a programme that isn't the person's today),
    TransitionRefused (not submitted, or the ranking is already confirmed).
    """
    if value not in Opinion.Value.values:
        raise ValidationError(_("Choose favourable or unfavourable."))
    reason = reason.strip()
    locked = _locked(applications, by)
    conflicts = [a for a in locked if a.student_id in by.conflicting_student_ids]
    chosen = [a for a in locked if a.student_id not in by.conflicting_student_ids]
    current = {
        opinion.application_id: opinion
        for opinion in Opinion.objects.filter(application__in=chosen, in_force=True).select_related("coordinator")
    }
    changing = [a for a in chosen if not _repeats(current.get(a.pk), value, reason, by)]
    unseen = [
        current[a.pk]
        for a in changing
        if seen is not None
        and a.pk in current
        and current[a.pk].pk != seen.get(a.pk)
        and current[a.pk].coordinator != by
    ]
    written = _write(changing, value, reason, by)
    return OpinionsGiven(written=written, unseen=unseen, conflicts=conflicts)


def _locked(applications: Iterable[int], by: User) -> list[Application]:
    """The applications, locked in one order, once it is sure that the person may and that it isn't too late."""
    wanted = set(applications)
    take_turn()
    rows = Application.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
    chosen = list(rows.select_related("call").order_by("pk"))
    if len(chosen) != len(wanted) or any(not coordinates_programme.test(by, a) for a in chosen):
        raise PermissionDenied("opinion")
    for application in chosen:
        if application.state != Application.State.SUBMITTED:
            raise TransitionRefused(
                _("Application %(reference)s is not submitted any more, so no opinion was recorded. Reload the page.")
                % {"reference": application.reference}
            )
    for call in {a.call for a in chosen}:
        if opinions_are_settled(call.pk):
            raise TransitionRefused(
                _("The ranking of “%(call)s” is already confirmed, so opinions can no longer change.") % {"call": call}
            )
    return chosen


def _repeats(current: Opinion | None, value: str, reason: str, by: User) -> bool:
    return current is not None and (current.value, current.reason, current.coordinator_id) == (value, reason, by.pk)


def _write(changing: list[Application], value: str, reason: str, by: User) -> list[Opinion]:
    Opinion.objects.filter(application__in=changing, in_force=True).update(in_force=False)
    written = Opinion.objects.bulk_create(
        [
            Opinion(
                application=a,
                value=value,
                reason=reason,
                coordinator=by,
                on_behalf_of=by.stands_in_for(Role.COORDINATOR, a.programme_id),
            )
            for a in changing
        ],
        batch_size=500,
    )
    record_many(changing, "opinion", clause="5.2", reason=reason, data={"opinion": value}, by=by)
    return written
