"""Proposals to erase persons, and tombstones of those erased."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [("returns", "0002_sealed")]

    operations = [
        migrations.CreateModel(
            name="ErasureProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *((name, models.TextField()) for name in ("unit", "operation", "subject")),
                ("proposed_at", models.DateTimeField()),
                *((name, models.TextField()) for name in ("proposed_by", "account", "person")),
            ],
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *((name, models.TextField()) for name in ("unit", "operation", "subject", "cause")),
                ("erased_at", models.DateTimeField()),
                ("erased_by", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("unit", "operation", "subject"), name="tombstone_once")]
            },
        ),
    ]
