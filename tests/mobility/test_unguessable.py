"""Roles and conflicts of interest that existed before they had an id of their own each get one."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("mobility", "0015_corrections")], [("mobility", "0016_unguessable_roles")]


@pytest.mark.django_db(transaction=True)
def test_each_existing_role_gets_an_id_of_its_own():
    executor = MigrationExecutor(connection)
    everything = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    try:
        old = executor.loader.project_state(BEFORE).apps
        user = old.get_model("mobility", "User").objects.create(email="ana@example.org", name="Ana")
        for role in ("nmci", "auditor"):
            old.get_model("mobility", "Membership").objects.create(user=user, role=role, starts_on="2026-01-01")
        executor = MigrationExecutor(connection)
        executor.migrate(AFTER)
        new = executor.loader.project_state(AFTER).apps.get_model("mobility", "Membership").objects
        assert len({row.public_id for row in new.all()} - {None}) == 2
    finally:
        MigrationExecutor(connection).migrate(everything)
