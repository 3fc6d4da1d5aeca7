from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0003_kept_preview"),
    ]

    operations = [
        migrations.AlterField(
            model_name="leftout",
            name="by",
            field=models.CharField(
                choices=[
                    ("unit", "Unit, with all below it"),
                    ("title", "Job title"),
                    ("agreement", "Collective agreement"),
                ],
                max_length=9,
            ),
        ),
    ]
