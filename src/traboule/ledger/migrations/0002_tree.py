from django.db import migrations, models

from traboule.ledger.entries import LedgerEntry
from traboule.ledger.merkle import memory_nodes


def number_entries(registry, editor):
    """Number the entries written before there was a tree, in their order, and store the nodes over them.

    Row security is forced on the owner too; for this transaction it is not. The walls are put up after every migration.
    """
    entry, node = registry.get_model("ledger", "Entry"), registry.get_model("ledger", "Node")
    editor.execute("ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY")
    leaves = []
    rows = entry.objects.using(editor.connection.alias)
    for index, row in enumerate(rows.order_by("id").iterator()):
        units = tuple(row.unit.split(",")) if row.unit else ()
        leaf = LedgerEntry(row.at, row.actor, row.account, row.role, units, row.verb, row.result_hash, row.anchors)
        leaves.append(leaf.leaf())
        rows.filter(id=row.id).update(index=index)
    node.objects.using(editor.connection.alias).bulk_create(
        node(level=level, position=position, hash=digest.hex())
        for (level, position), digest in memory_nodes(leaves).items()
    )
    editor.execute("ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first")]

    operations = [
        migrations.AddField(model_name="entry", name="index", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="entry", name="account", field=models.TextField(default="")),
        migrations.AddField(model_name="entry", name="anchors", field=models.JSONField(default=dict)),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("position", models.BigIntegerField()),
                ("hash", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["level", "position"], name="ledger_node_once")],
            },
        ),
        migrations.CreateModel(
            name="RecordShown",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("account", models.TextField(default="")),
                ("role", models.TextField()),
                ("verb", models.TextField()),
                ("unit", models.TextField()),
                ("record", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "record"], name="ledger_shown_record")],
            },
        ),
        migrations.RunPython(number_entries, migrations.RunPython.noop),
    ]
