"""Seal files, cells and held rows, and give each person and each file a key.

A database with rows from before is refused: its cleartext would stay behind in its files. File the returns again.
"""

from __future__ import annotations

from django.db import migrations, models

from traboule.database.keys.unsealed_tables import refuse_unsealed

_GONE = {"ReturnOriginal": ("content",), "FaultFound": ("value", "values"), "HeldContent": ("as_filed",)}


class Migration(migrations.Migration):
    """Blobs instead of columns in clear."""

    dependencies = [("returns", "0001_first")]

    operations = [
        migrations.RunPython(refuse_unsealed("returns_returnreceived"), migrations.RunPython.noop),
        *(migrations.RemoveField(name, column) for name, columns in _GONE.items() for column in columns),
        *(
            migrations.AddField(name, "sealed", models.BinaryField(default=b""), preserve_default=False)
            for name in _GONE
        ),
        migrations.AddField("HeldContent", "sealed_for", models.TextField(default=""), preserve_default=False),
        migrations.CreateModel(
            name="SubjectKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.TextField()),
                ("operation", models.TextField()),
                ("subject", models.TextField()),
                ("generation", models.IntegerField()),
                ("wrapped", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "operation", "subject"), name="subject_key_once")
                ],
            },
        ),
    ]
