import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClusterMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("record", models.TextField()),
                ("unit", models.TextField()),
                ("cluster", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["run_id", "cluster"], name="member_by_cluster")],
                "constraints": [models.UniqueConstraint(fields=("run_id", "record"), name="member_once_a_run")],
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.TextField()),
                ("left", models.TextField()),
                ("right", models.TextField()),
                ("left_unit", models.TextField()),
                ("right_unit", models.TextField()),
                ("verdict", models.CharField(max_length=8)),
                ("reason", models.TextField()),
                ("by", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["operation", "left", "right"], name="judgement_of_pair")],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("left", models.TextField()),
                ("right", models.TextField()),
                ("left_unit", models.TextField()),
                ("right_unit", models.TextField()),
                ("weight", models.FloatField()),
                ("probability", models.FloatField()),
                ("tier", models.CharField(max_length=8)),
                ("status", models.CharField(max_length=16)),
                ("evidence", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["run_id", "status"], name="link_by_status")],
                "constraints": [models.UniqueConstraint(fields=("run_id", "left", "right"), name="link_once_a_run")],
            },
        ),
        migrations.CreateModel(
            name="LinkRun",
            fields=[
                ("run_id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("model", models.TextField()),
                ("model_hash", models.CharField(max_length=64)),
                ("records", models.IntegerField()),
                ("clusters", models.IntegerField()),
                ("compared", models.IntegerField()),
                ("counts", models.JSONField()),
                ("stopped", models.JSONField()),
                ("skipped", models.JSONField()),
                ("cut", models.JSONField()),
                ("watched", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["operation", "at"], name="link_run_latest")],
            },
        ),
    ]
