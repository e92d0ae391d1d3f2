from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("release", "0002_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResearchExport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("number", models.PositiveIntegerField()),
                ("columns", models.JSONField()),
                ("epsilon", models.FloatField()),
                ("content", models.BinaryField()),
                ("exported_at", models.DateTimeField()),
                ("exported_by", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("operation", "number"), name="research_export_number_once")
                ],
            },
        ),
    ]
