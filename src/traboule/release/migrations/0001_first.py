import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("number", models.PositiveIntegerField()),
                ("kind", models.TextField()),
                ("content", models.JSONField()),
                ("content_hash", models.TextField()),
                ("figures_run", models.UUIDField()),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("operation", "number"), name="release_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("content", models.BinaryField()),
                ("content_hash", models.TextField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="release.release"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("release", "name"), name="release_document_once")],
            },
        ),
    ]
