"""Let an opened history be emptied of words and cleared of old rows, and changed in no other way.

Until now `enquiries.append_only.opened` allowed every change. From here on an event's note can become empty
and everything else of the row has to stay as it was; rows of the other tables cannot be changed at all, only
deleted. Requests for a copy or for erasure are kept in the same way.

As for migration 0002: one that rebuilds such a table on SQLite must run `make_triggers` again.
"""

from django.db import migrations

OPENED = "enquiries_historyopened"
MAY_BECOME_EMPTY = {
    "enquiries_enquiryevent": "note",
    "enquiries_residentevent": None,
    "enquiries_recordview": None,
    "enquiries_rightsrequest": None,
}
"""By table, the column that may become empty while the history is opened."""

NEW = ("enquiries_rightsrequest",)


def make_triggers(apps, schema_editor):
    drop_triggers(apps, schema_editor)
    make = _on_postgresql if schema_editor.connection.vendor == "postgresql" else _on_sqlite
    for statement in make(schema_editor.connection):
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in MAY_BECOME_EMPTY:
        if postgresql:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        else:
            for event in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{event}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS enquiries_only_anonymising()")


def restore_triggers(apps, schema_editor):
    """Put back what migration 0002 made."""
    drop_triggers(apps, schema_editor)
    for table in set(MAY_BECOME_EMPTY) - set(NEW):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION enquiries_append_only()"
            )
            continue
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(_sqlite_trigger(table, event, f"NOT EXISTS (SELECT 1 FROM {OPENED})"))


def _on_postgresql(connection):
    yield (
        "CREATE FUNCTION enquiries_only_anonymising() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE emptied text := TG_ARGV[0]; BEGIN"
        f" IF EXISTS (SELECT 1 FROM {OPENED}) THEN"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
        " IF emptied <> '' AND to_jsonb(NEW) ->> emptied = ''"
        " AND to_jsonb(NEW) - emptied = to_jsonb(OLD) - emptied THEN RETURN NEW; END IF;"
        " END IF;"
        " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',"
        " ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, column in MAY_BECOME_EMPTY.items():
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION enquiries_only_anonymising('{column or ''}')"
        )


def _on_sqlite(connection):
    closed = f"NOT EXISTS (SELECT 1 FROM {OPENED})"
    with connection.cursor() as cursor:
        for table, column in MAY_BECOME_EMPTY.items():
            yield _sqlite_trigger(table, "DELETE", closed)
            if column is None:
                yield _sqlite_trigger(table, "UPDATE", "1")
                continue
            names = [each.name for each in connection.introspection.get_table_description(cursor, table)]
            changed = [f"NEW.{name} IS NOT OLD.{name}" for name in names if name != column]
            yield _sqlite_trigger(table, "UPDATE", " OR ".join([closed, f"NEW.{column} IS NOT ''", *changed]))


def _sqlite_trigger(table, event, refused):
    return (
        f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table} WHEN {refused}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0004_privacy")]

    operations = [migrations.RunPython(make_triggers, restore_triggers)]
