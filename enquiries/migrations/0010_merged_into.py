"""Index which record another was merged into only where it was, which is seldom.

Each new record, and each walk-in with a name, wrote an entry that said nothing. The old index is dropped by itself:
to alter the column would have SQLite rebuild the table, and with that lose its triggers.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE, COLUMN = "enquiries_resident", "merged_into_id"


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, TABLE)
    for name, each in found.items():
        if each["index"] and not each["unique"] and each["columns"] == [COLUMN]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make_again(apps, schema_editor):
    name = schema_editor.quote_name(f"{TABLE}_{COLUMN}")
    schema_editor.execute(f"CREATE INDEX {name} ON {TABLE} ({COLUMN})")


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0009_noted_by_mistake")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make_again)],
            state_operations=[
                migrations.AlterField(
                    "resident",
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_records",
                        to="enquiries.resident",
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            "resident",
            models.Index(
                condition=models.Q(merged_into__isnull=False),
                fields=["merged_into"],
                name="resident_merged_into",
            ),
        ),
    ]
