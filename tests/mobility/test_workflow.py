"""advance() is the only way to a state, and it logs."""

import pytest
from django.core.exceptions import PermissionDenied

from mobility.models import LogEntry, Role
from mobility.workflow import CALL, TransitionRefused, advance
from tests.factories import CallFactory, person


@pytest.mark.django_db
@pytest.mark.clause("3.1.a")
def test_the_office_opens_a_call_and_the_log_says_so():
    call, office = CallFactory(state="draft"), person(Role.NMCI)
    advance(CALL, call, "open", by=office)
    call.refresh_from_db()
    entry = LogEntry.objects.get(object_type="mobility.call", object_id=call.pk)
    assert (call.state, entry.actor, entry.action, entry.clause) == ("open", office, "open", "3.1.a")


@pytest.mark.django_db
def test_who_may_not_is_refused_and_nothing_changes():
    call = CallFactory(state="draft")
    with pytest.raises(PermissionDenied):
        advance(CALL, call, "open", by=person(Role.BOARD))
    call.refresh_from_db()
    assert call.state == "draft"
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_a_second_click_is_told_the_state_that_is_stored():
    call, office = CallFactory(state="draft"), person(Role.NMCI)
    stale = type(call).objects.get(pk=call.pk)
    advance(CALL, call, "open", by=office)
    with pytest.raises(TransitionRefused, match=r"Open|Aberto"):
        advance(CALL, stale, "open", by=office)
