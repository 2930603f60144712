"""Who is told by e-mail at each step of a run; written to the outbox in the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from applications.models import Entry, Run
from mobility.mail import Letter, queue_many
from mobility.models import Membership, Role, User


def tell_coordinators(run: Run) -> None:
    """The run is decided: each coordinator is told which rankings to confirm (Art. 3(3)(a))."""
    links: dict[User, list[dict[str, str]]] = defaultdict(list)
    memberships = (
        Membership.objects.in_force(timezone.localdate())
        .filter(
            role=Role.COORDINATOR,
            user__is_active=True,
            programme__in=run.entries.order_by().values("programme").distinct(),
        )
        .select_related("user", "programme")
        .order_by("programme__code")
    )
    for membership in memberships:
        code = str(membership.programme)
        links[membership.user].append(
            {"programme": code, "url": _address(reverse("confirm_ranking", args=[run.public_id, code]))}
        )
    queue_many(
        "run_decided",
        (Letter(user, str(run.public_id), {"call": run.call, "links": theirs}) for user, theirs in links.items()),
    )


def tell_board(run: Run) -> None:
    """Every programme's ranking is confirmed: the board is told that the run waits for it (Art. 3(1)(b))."""
    _tell(_holders(Role.BOARD), "run_confirmed", run, "homologate")


def tell_office(template: str, run: Run) -> None:
    """The board has homologated the run, or returned it: the office is told what to do next."""
    _tell(_holders(Role.NMCI), template, run, "run")


def tell_candidates(run: Run) -> None:
    """The run is published: each candidate gets the result and where it is explained (Art. 6(2))."""
    queue_many("result_published", _results(run))


def _results(run: Run) -> Iterator[Letter]:
    entries = (
        Entry.objects.filter(run=run)
        .select_related("application__student__user", "placement__institution", "award")
        .defer("figures")
    )
    for entry in entries.iterator(chunk_size=500):
        yield Letter(
            entry.application.student.user,
            str(run.public_id),
            {
                "call": run.call,
                "entry": entry,
                "award": getattr(entry, "award", None),
                "why_url": _address(reverse("why", args=[entry.application.public_id])),
            },
        )


def _holders(role: str) -> list[User]:
    today = Membership.objects.in_force(timezone.localdate()).filter(role=role)
    return list(User.objects.filter(is_active=True, memberships__in=today).distinct())


def _tell(people: list[User], template: str, run: Run, page: str) -> None:
    context = {"call": run.call, "run": run, "run_url": _address(reverse(page, args=[run.public_id]))}
    queue_many(template, (Letter(user, str(run.public_id), context) for user in people))


def _address(path: str) -> str:
    return settings.SITE_URL + path
