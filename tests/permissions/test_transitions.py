"""Every actor x state x action of every transition table: the listed ones happen, all others change nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from applications.models import Run
from mobility.management.commands.draw_workflows import tables
from mobility.models import Appointment, LogEntry
from mobility.workflow import Table, TransitionRefused, advance
from tests.permissions.world import ROLES, World

# document, action: from which states, and who. "portal" is a task that nobody clicked. In the world the owner's
# application is the document, "coordinator" is its programme's, and each run has candidates of both programmes.
ALLOWED: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("mobility.call", "open"): ({"draft"}, {"nmci"}),
    ("mobility.call", "close"): ({"open"}, {"nmci"}),
    ("mobility.appointment", "propose_again"): ({"returned"}, {"nmci"}),
    ("mobility.appointment", "homologate"): ({"proposed"}, {"department"}),
    ("mobility.appointment", "return"): ({"proposed"}, {"department"}),
    ("mobility.appointment", "withdraw"): ({"proposed", "returned"}, {"nmci"}),
    ("mobility.appointment", "end"): ({"homologated"}, {"nmci", "department"}),
    ("applications.application", "submit"): ({"draft", "submitted", "withdrawn"}, {"owner"}),
    ("applications.application", "withdraw"): ({"submitted"}, {"owner"}),
    ("mobility.correction", "correct"): ({"asked"}, {"nmci"}),
    ("mobility.correction", "refuse"): ({"asked"}, {"nmci"}),
    ("mobility.correction", "drop"): ({"asked"}, {"owner"}),
    ("applications.run", "start"): ({"queued", "running"}, {"portal"}),
    ("applications.run", "decide"): ({"running"}, {"portal"}),
    ("applications.run", "fail"): ({"queued", "running"}, {"portal"}),
    ("applications.run", "cancel"): ({"queued", "running"}, {"nmci", "portal"}),
    ("applications.run", "confirm"): ({"decided"}, {"coordinator", "other_coordinator"}),
    ("applications.run", "homologate"): ({"confirmed"}, {"board"}),
    ("applications.run", "return"): ({"confirmed"}, {"board"}),
    ("applications.run", "publish"): ({"homologated"}, {"nmci"}),
    ("applications.run", "supersede"): (
        {"decided", "confirmed", "returned", "homologated", "published"},
        {"nmci", "portal"},
    ),
}
ACTORS = (*(role for role in ROLES if role != "anonymous"), "portal")


TABLES = {table.model._meta.label_lower: table for table in tables()}


def document(world: World, label: str, state: str) -> Any:
    """A document of that kind in that state, with what the database asks of the states that it may go to."""
    if label == "applications.run":
        # A run that is still to be decided has candidates too: entries say whose programme it is about.
        thing = world.run(Run.State.PUBLISHED if state in Run.WITH_OUTCOME else Run.State.DECIDED)
        thing.published_at = timezone.now()
    elif label == "mobility.appointment":
        thing = Appointment.objects.first() or world.appointment()
        thing.membership = world.membership("coordinator")
        thing.reasons = "Which dates?"
    elif label == "mobility.call":
        thing = world.open_call
        thing.closed_at = timezone.now() if state == "closed" else None
    elif label == "mobility.correction":
        thing = world.correction
    else:
        thing = world.application
    thing.state = state
    thing.save()
    return thing


def outcome(table: Table, thing: Any, action: str, who: Any) -> str:
    """The stored state after the attempt: it and the log agree, whether it was allowed or not."""
    before, logged = thing.state, LogEntry.objects.count()
    if table.model._meta.label_lower == "mobility.call" and action == "close":
        thing.closed_at = timezone.now()
    try:
        advance(table, thing, action, by=who)
    except (PermissionDenied, TransitionRefused) as refusal:
        thing.refresh_from_db()
        assert (thing.state, LogEntry.objects.count()) == (before, logged)
        return type(refusal).__name__
    stored = table.model._default_manager.values_list("state", flat=True).get(pk=thing.pk)
    entry = LogEntry.objects.first()
    assert (LogEntry.objects.count(), entry.action, entry.actor, entry.to_state) == (logged + 1, action, who, stored)
    return "done"


def attempts(world: World, label: str) -> Iterator[tuple[str, str, str, str]]:
    """Everybody tries everything on the document in every state, each attempt on an untouched world."""
    table = TABLES[label]
    for state in table.model._meta.get_field("state").flatchoices:
        thing = document(world, label, state[0])
        for actor in ACTORS:
            for transition in table.transitions:
                with transaction.atomic():
                    got = outcome(table, thing, transition.action, world.people.get(actor))
                    transaction.set_rollback(True)
                thing.refresh_from_db()
                yield state[0], actor, transition.action, got


def test_the_list_above_has_every_transition_and_no_other():
    assert set(ALLOWED) == {(label, line.action) for label, table in TABLES.items() for line in table.transitions}


@pytest.mark.django_db
@pytest.mark.parametrize("label", TABLES)
def test_the_listed_ones_alone_may_do_it(label):
    wrong = []
    for state, actor, action, got in attempts(World(), label):
        states, actors = ALLOWED[label, action]
        wanted = "done" if state in states and actor in actors else "refused"
        if (got == "done") != (wanted == "done"):
            wrong.append(f"{actor} tries to {action} from {state}: {got}, the list says {wanted}")
    assert not wrong, "\n".join(wrong)
