from django.db import migrations, models
from django.db.models.functions import Lower


def take_the_numbers(apps, schema_editor):
    """Students are known to the institution by their number."""
    for pk, number in apps.get_model("mobility", "Student").objects.values_list("user_id", Lower("number")).iterator():
        apps.get_model("mobility", "User").objects.filter(pk=pk).update(institutional_id=number.strip())


class Migration(migrations.Migration):
    dependencies = [
        ("mobility", "0004_notice_acceptances"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="institutional_id",
            field=models.CharField(
                blank=True, max_length=100, null=True, unique=True, verbose_name="institution's username"
            ),
        ),
        migrations.RunPython(take_the_numbers, migrations.RunPython.noop),
    ]
