"""Chain the log: each row gets the hash of the row before and its own; PostgreSQL refuses to change or delete any."""

from django.conf import settings
from django.db import migrations, models

from mobility import chain

AT_A_TIME = 2000

REFUSE = """
CREATE FUNCTION mobility_logentry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of the log are never changed and never deleted.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER mobility_logentry_stays BEFORE UPDATE OR DELETE ON mobility_logentry
    FOR EACH ROW EXECUTE FUNCTION mobility_logentry_stays();
"""
ALLOW = """
DROP TRIGGER IF EXISTS mobility_logentry_stays ON mobility_logentry;
DROP FUNCTION IF EXISTS mobility_logentry_stays();
"""


def _run(sql):
    def run(apps, editor):
        if editor.connection.vendor == "postgresql":
            editor.execute(sql)

    return run


def write_chain(apps, editor):
    """Chain what stands in the log, in its order; begun again, it goes on where it stopped."""
    entries = apps.get_model("mobility", "LogEntry").objects
    chained = entries.exclude(hash=None).order_by("-pk").first()
    number, previous = (chained.pk, chained.hash) if chained else (0, chain.GENESIS)
    while batch := list(entries.filter(pk__gt=number).order_by("pk")[:AT_A_TIME]):
        for entry in batch:
            entry.previous = previous
            previous = entry.hash = chain.digest(_row(entry))
        entries.bulk_update(batch, ["previous", "hash"], batch_size=200)
        number = batch[-1].pk


def _row(entry):
    own = {name: getattr(entry, name) for name in chain.FIELDS if name not in ("actor", "behalf_of")}
    return own | {"actor": entry.actor_id, "behalf_of": entry.behalf_of_id, "at": chain.instant(entry.at)}


class Migration(migrations.Migration):
    dependencies = [("mobility", "0006_stand_ins_and_hats")]

    operations = [
        migrations.AddField("logentry", "role", models.CharField(max_length=20, blank=True, default=""), False),
        migrations.AddField(
            "logentry",
            "behalf_of",
            models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"),
        ),
        migrations.AddField("logentry", "previous", models.CharField(max_length=64, null=True, editable=False)),
        migrations.AddField("logentry", "hash", models.CharField(max_length=64, null=True, editable=False)),
        migrations.RunPython(write_chain, migrations.RunPython.noop),
        migrations.AlterField("logentry", "previous", models.CharField(max_length=64, unique=True, editable=False)),
        migrations.AlterField("logentry", "hash", models.CharField(max_length=64, unique=True, editable=False)),
        migrations.RunPython(_run(REFUSE), _run(ALLOW)),
    ]
