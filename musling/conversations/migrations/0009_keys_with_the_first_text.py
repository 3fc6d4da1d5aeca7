"""A talk's key and a preparation come with the first text; since when a seat sees is its own."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

import musling.foundation.clock


def since_the_preparation_was_made(apps, _schema_editor):
    """Until now the moment was that of the seat's preparation."""
    seats = apps.get_model("conversations", "Participant").objects
    own = apps.get_model("conversations", "Preparation").objects.filter(participant=OuterRef("pk"))
    seats.filter(preparation__isnull=False).update(seated_at=Subquery(own.values("made_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_coverage"),
        ("vault", "0002_receipts"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="seated_at",
            field=models.DateTimeField(default=musling.foundation.clock.now),
        ),
        migrations.RunPython(since_the_preparation_was_made, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="conversation",
            name="key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vault.key",
            ),
        ),
    ]
