import django.db.models.deletion
from django.db import migrations, models


def drop_like(apps, schema_editor):
    """PostgreSQL's second index on the public id, for LIKE, which nobody asks for."""
    if schema_editor.connection.vendor != "postgresql":
        return
    table = apps.get_model("mail", "Delivery")._meta.db_table  # noqa: SLF001 (public in Django)
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, table)
    for name, index in found.items():
        if index["columns"] == ["public_id"] and name.endswith("_like"):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_choices_and_reminders"),
        ("organisations", "0002_may_decline"),
        ("people", "0003_no_reminders"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="digest",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                related_query_name="delivery",
                to="mail.digest",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(digest__isnull=False),
                fields=["digest"],
                name="delivery_in_digest",
            ),
        ),
        migrations.RunPython(drop_like, migrations.RunPython.noop),
    ]
