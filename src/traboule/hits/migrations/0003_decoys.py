from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hits", "0002_announced"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecoySigned",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("number", models.IntegerField()),
                ("withdraws", models.BooleanField()),
                ("kind", models.TextField()),
                ("digest", models.TextField()),
                ("reason", models.TextField()),
                ("by", models.TextField()),
                ("person", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("operation", "number", "withdraws"), name="decoy_signed_once")
                ],
            },
        ),
    ]
