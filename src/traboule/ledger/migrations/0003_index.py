from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the numbering: PostgreSQL alters no table that has changed rows in the same transaction."""

    dependencies = [("ledger", "0002_tree")]

    operations = [
        migrations.AlterField(model_name="entry", name="index", field=models.BigIntegerField(unique=True)),
    ]
