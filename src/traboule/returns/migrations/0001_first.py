import django.contrib.postgres.fields
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FaultFound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("return_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("unit", models.TextField()),
                ("code", models.TextField()),
                ("severity", models.TextField()),
                ("table", models.TextField()),
                ("field", models.TextField()),
                ("sheet", models.TextField()),
                ("row_number", models.IntegerField()),
                ("column", models.TextField()),
                ("cell", models.TextField()),
                ("value", models.TextField()),
                ("rule", models.TextField()),
                ("values", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "return_id"], name="fault_found_return")],
            },
        ),
        migrations.CreateModel(
            name="HeldContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("return_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("unit", models.TextField()),
                ("table", models.TextField()),
                ("sheet", models.TextField()),
                ("row_number", models.IntegerField()),
                ("as_filed", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "return_id"], name="held_content_return")],
            },
        ),
        migrations.CreateModel(
            name="HeldRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("return_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("unit", models.TextField()),
                ("agency", models.TextField()),
                ("version", models.IntegerField()),
                ("table", models.TextField()),
                ("row_id", models.TextField()),
                ("sheet", models.TextField()),
                ("row_number", models.IntegerField()),
                ("refused", models.BooleanField()),
                ("faults", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["operation", "unit", "agency"], name="held_row_agency")],
            },
        ),
        migrations.CreateModel(
            name="ReturnOriginal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.TextField()),
                ("operation", models.TextField()),
                ("return_id", models.UUIDField()),
                ("content_hash", models.TextField()),
                ("content", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "operation", "content_hash"), name="return_original_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnReceived",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("return_id", models.UUIDField()),
                ("operation", models.TextField()),
                ("unit", models.TextField()),
                ("agency", models.TextField()),
                ("coordination_unit", models.TextField(null=True)),
                ("version", models.IntegerField()),
                ("supersedes", models.IntegerField(null=True)),
                ("status", models.TextField()),
                ("kind", models.TextField()),
                ("as_of", models.TextField()),
                ("legal_basis", models.TextField(null=True)),
                ("language", models.TextField(null=True)),
                ("content_hash", models.TextField()),
                ("file_name", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("received_by", models.TextField()),
                ("filed", models.IntegerField()),
                ("entered", models.IntegerField()),
                ("held", models.IntegerField()),
                ("refused", models.IntegerField()),
                ("receipt", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["operation", "unit", "agency"], name="return_received_agency")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "operation", "content_hash"), name="return_received_once"),
                    models.UniqueConstraint(fields=("unit", "return_id"), name="return_received_id"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "filed",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("entered"), "+", models.F("held")
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            )
                        ),
                        name="return_received_sum",
                    ),
                ],
            },
        ),
    ]
