"""Seal what rows say: fields that name, date, number or place a person, and all that is said of one, in one blob a row.

A database with rows from before is refused: its cleartext would stay behind in its files. File the returns again.
"""

from __future__ import annotations

from django.db import migrations, models

from traboule.database.keys.unsealed_tables import refuse_unsealed

_GONE = {
    "Total": ("breakdown", "remark"),
    "Action": ("reference", "start", "end", "place"),
    "Person": ("birth_precision", "age_band", "minor", "sex", "citizenships", "residence"),
    "PersonRole": ("role", "part", "start", "end"),
    "Victim": (
        "status",
        "decided_by",
        "acts",
        "means",
        "exploitation",
        "sexual_exploitation",
        "sector",
        "controls",
        "recruitment",
        "promised_country",
        "fee",
        "fee_currency",
        "recruitment_country",
        "exploitation_country",
        "episode_start",
        "episode_end",
        "referral",
        "consent_to_share",
        "consent_to_exploitation",
    ),
    "Arrest": ("at", "place", "arresting_state", "wanted_by", "basis", "offences", "national_offence", "attribution"),
    "MigrantDetection": ("reference", "detected_on", "place", "border_point"),
    "Identifier": ("kind", "value", "issuer", "first_seen", "last_seen", "remark"),
    "Leg": (
        "order",
        "from_country",
        "from_place",
        "to_country",
        "to_place",
        "departed",
        "arrived",
        "date_precision",
        "mode",
        "stage",
        "border_point",
        "fee",
        "fee_currency",
        "carrier",
    ),
    "Seizure": (),
    "Check": ("database",),
    "Hit": ("database",),
    "Investigation": ("reference", "opened_on"),
    "PersonIdentity": (
        "family_name",
        "given_names",
        "family_name_romanised",
        "given_names_romanised",
        "other_names",
        "birth_date",
        "birth_place",
    ),
    "Narrative": ("text",),
    "AsFiled": ("as_filed",),
}


class Migration(migrations.Migration):
    """One blob a row instead of columns in clear."""

    dependencies = [("register", "0001_first")]

    operations = [
        migrations.RunPython(
            refuse_unsealed("register_person", "register_action", "register_asfiled"), migrations.RunPython.noop
        ),
        *(migrations.RemoveField(name, column) for name, columns in _GONE.items() for column in columns),
        *(
            migrations.AddField(name, column, field, preserve_default=False)
            for name in _GONE
            for column, field in (
                ("sealed", models.BinaryField(default=b"")),
                ("sealed_for", models.TextField(default="")),
            )
        ),
    ]
