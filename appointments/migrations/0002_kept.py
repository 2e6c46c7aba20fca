"""Refuse changes to events of bookings, and the deletion of bookings, as `enquiries.0002` does for its own.

SQLite drops a table's triggers when a later migration rebuilds that table: such a migration must run
`make_triggers` again. tests/appointments/test_kept.py fails if it was forgotten.
"""

from django.db import migrations

OPENED = "enquiries_historyopened"
KEPT = {
    "appointments_bookingevent": ("UPDATE", "DELETE"),
    "appointments_booking": ("DELETE",),
    "appointments_wish": ("DELETE",),
}


def make_triggers(apps, schema_editor):
    for table, events in KEPT.items():
        for statement in _triggers(schema_editor.connection.vendor, table, events):
            schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    for table, events in KEPT.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        else:
            for event in events:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{event.lower()}")


def _triggers(vendor, table, events):
    if vendor == "postgresql":
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(events)} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION enquiries_append_only()"
        )
        return
    for event in events:
        yield (
            f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table}"
            f" WHEN NOT EXISTS (SELECT 1 FROM {OPENED})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial"), ("enquiries", "0002_append_only")]

    operations = [migrations.RunPython(make_triggers, drop_triggers)]
