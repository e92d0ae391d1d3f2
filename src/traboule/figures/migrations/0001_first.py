from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FigureRun",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("as_of", models.DateTimeField()),
                ("computed_at", models.DateTimeField()),
                ("link_run", models.UUIDField(null=True)),
                ("inputs_hash", models.TextField()),
                ("content", models.JSONField()),
                ("beside", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["operation", "as_of"], name="figure_run_by_instant")],
            },
        ),
    ]
