"""A database from before the chain: its rows are chained as they stand, whatever gaps they have."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mobility import chain, log
from mobility.models import LogEntry
from mobility.workflow import record
from tests.factories import CallFactory

BEFORE, AFTER = [("mobility", "0006_stand_ins_and_hats")], [("mobility", "0007_chained_log")]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before():
    """The models of the migration before; at the end the database is as the other tests expect it."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(BEFORE)
    migrate(latest)


@pytest.mark.django_db(transaction=True)
def test_rows_from_before_are_chained(before):
    entries = before.get_model("mobility", "LogEntry").objects
    for number in (1, 2, 5, 9):
        entries.create(pk=number, action="open", object_type="mobility.call", object_id=1, data={"é": number})
    migrate(AFTER)
    assert list(LogEntry.objects.order_by("pk").values_list("pk", flat=True)) == [1, 2, 5, 9]
    assert LogEntry.objects.get(pk=1).previous == chain.GENESIS
    verdict = log.verify()
    assert (verdict.fault, verdict.count, verdict.number) == (None, 4, 9)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert record(CallFactory(), "create", by=None).pk == 10
    assert log.verify().fault is None
