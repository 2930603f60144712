"""Addresses of roles and conflicts of interest name them by an id that nobody can count on."""

import uuid

from django.db import migrations, models

NAMED = ("membership", "conflict")


def give_ids(apps, editor):
    for name in NAMED:
        rows = apps.get_model("mobility", name).objects.filter(public_id=None)
        for pk in list(rows.values_list("pk", flat=True)):
            rows.filter(pk=pk).update(public_id=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("mobility", "0015_corrections")]

    operations = [
        *(migrations.AddField(name, "public_id", models.UUIDField(editable=False, null=True)) for name in NAMED),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        *(
            migrations.AlterField(name, "public_id", models.UUIDField(default=uuid.uuid4, unique=True, editable=False))
            for name in NAMED
        ),
    ]
