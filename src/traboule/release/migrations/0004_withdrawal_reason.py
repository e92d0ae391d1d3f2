from django.db import migrations, models


class Migration(migrations.Migration):
    """A reason by language. One typed before, in a language that nobody asked for, stays as the text it is."""

    dependencies = [
        ("release", "0003_research"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Row security lets the owner read no row, and what is append-only is not updated: the column itself turns.
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE release_withdrawal ALTER COLUMN reason TYPE jsonb USING to_jsonb(reason)",
                    "ALTER TABLE release_withdrawal ALTER COLUMN reason TYPE text USING reason #>> '{}'",
                ),
            ],
            state_operations=[
                migrations.AlterField("withdrawal", "reason", models.JSONField()),
            ],
        ),
    ]
