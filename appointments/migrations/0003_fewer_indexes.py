"""Drop the indexes of foreign keys that nothing looks up by, as `enquiries.0006` does for its own.

Some are covered by an index that begins with the same column; the others say who did a thing, or point at rows
that are never deleted. Each cost time and pages whenever somebody booked.

The indexes are dropped by themselves: to alter the columns would have SQLite rebuild the tables, and with that
lose their triggers.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COLUMNS = {
    "appointments_booking": [
        "arrived_by_id",
        "booked_by_id",
        "cancelled_by_id",
        "finished_by_id",
        "hub_id",
        "late_by_id",
        "missed_by_id",
        "moved_from_id",
        "resident_id",
        "topic_id",
    ],
    "appointments_bookingevent": ["by_id", "slot_id"],
}


def drop(apps, schema_editor):
    for table, columns in COLUMNS.items():
        with schema_editor.connection.cursor() as cursor:
            found = schema_editor.connection.introspection.get_constraints(cursor, table)
        for name, each in found.items():
            plain = each["index"] and not each["unique"] and not each["check"]
            if plain and len(each["columns"]) == 1 and each["columns"][0] in columns:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make_again(apps, schema_editor):
    for table, columns in COLUMNS.items():
        for column in columns:
            name = schema_editor.quote_name(f"{table}_{column}")
            schema_editor.execute(f"CREATE INDEX {name} ON {table} ({column})")


def staff(**options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


def kept(to, related_name="bookings", **options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
        **options,
    )


MAYBE = {"blank": True, "null": True}
ONLINE = {"help_text": "Empty: the resident, online."}
RESIDENT = {"help_text": "Empty: the resident."}

FIELDS = {
    ("booking", "arrived_by"): staff(**MAYBE),
    ("booking", "booked_by"): staff(**MAYBE, **ONLINE),
    ("booking", "cancelled_by"): staff(**MAYBE, **RESIDENT),
    ("booking", "finished_by"): staff(**MAYBE),
    ("booking", "hub"): kept("hubs.hub"),
    ("booking", "late_by"): staff(**MAYBE),
    ("booking", "missed_by"): staff(**MAYBE),
    ("booking", "moved_from"): kept("appointments.slot", "moved_away", **MAYBE),
    ("booking", "resident"): kept("enquiries.resident"),
    ("booking", "topic"): kept("hubs.topic"),
    ("bookingevent", "by"): staff(**MAYBE, **RESIDENT),
    ("bookingevent", "slot"): kept("appointments.slot", "+", help_text="The slot after this step."),
}


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0002_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make_again)],
            state_operations=[
                migrations.AlterField(model_name=model, name=name, field=field)
                for (model, name), field in FIELDS.items()
            ],
        )
    ]
