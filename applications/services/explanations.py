"""Why one candidate's result is what it is: the engine's facts about a stored entry."""

from typing import Any

from django.db.models import Count

from applications.models import Application, Entry, Run
from mobility.models import Destination, Role, User, holds
from mobility.regulation import reason

# From here on those who confirm and homologate may read it; the student once it is published.
READABLE_BY_STAFF = (Run.State.DECIDED, Run.State.CONFIRMED, Run.State.HOMOLOGATED, Run.State.PUBLISHED)


def readable_entry(*, application: Application, user: User) -> Entry | None:
    """The newest result of an application that the person may read.

    Published: whoever sees the application. Before: the programme's coordinators, office, board and auditor.
    """
    states: tuple[str, ...] = (Run.State.PUBLISHED,)
    if _is_staff_of(application, user):
        states = READABLE_BY_STAFF
    entries = Entry.objects.filter(application=application, run__state__in=states)
    return (
        entries.select_related("run__call", "placement__institution", "programme", "award")
        .order_by("-run__number")
        .first()
    )


def _is_staff_of(application: Application, user: User) -> bool:
    if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR):
        return True
    return application.programme_id in user.coordinated_programme_ids


def explanation(entry: Entry) -> reason.Explanation:
    """The clauses applied, in order, and what would have changed the result."""
    return reason.explain(entry.figures, outcome(entry), entry.run.surroundings)


def outcome(entry: Entry) -> dict[str, Any]:
    """The entry as it stands in the published decision."""
    award = getattr(entry, "award", None)
    return {
        "id": entry.application.reference,
        "average": None if entry.average is None else f"{entry.average:.2f}",
        "tier": entry.tier,
        "basis": entry.basis,
        "rank": entry.rank,
        "tied_with": entry.tied_with,
        "placement": entry.placement.code if entry.placement else None,
        "preference": entry.preference,
        "grant": {
            "scheme": award.scheme,
            "semesters": award.semesters,
            "provisional": award.provisional,
            "rounds": award.rounds,
        }
        if award
        else None,
    }


def destination_names(entry: Entry) -> dict[str, str]:
    """The names of the universities that the explanation mentions by code."""
    found = Destination.objects.filter(call=entry.run.call_id, code__in=entry.figures["preferences"])
    return {destination.code: str(destination) for destination in found.select_related("institution")}


def averages(run: Run) -> list[tuple[Any, int]]:
    """Each average that candidates of the run have, and how many have it, ascending; added up by the database."""
    counted = Entry.objects.filter(run=run, average__isnull=False).values_list("average")
    return list(counted.annotate(Count("pk")).order_by("average"))
