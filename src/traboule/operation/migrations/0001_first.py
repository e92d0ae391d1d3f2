from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OperationOpened",
            fields=[
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("title", models.TextField()),
                ("content", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
            ],
            options={
                "ordering": ("code",),
            },
        ),
    ]
