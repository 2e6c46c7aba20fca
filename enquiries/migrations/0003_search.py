"""Index the words of enquiries and residents: FTS5 on SQLite, a generated `tsvector` on PostgreSQL.

`enquiries.search` splits words, and both indexes take them as they are. SQLite's is kept by triggers; it drops
a table's triggers when a later migration rebuilds that table: such a migration must run `make_index` again.
tests/enquiries/test_search.py fails if it was forgotten.
"""

from django.db import migrations

TABLES = ("enquiries_enquiry", "enquiries_resident")


def make_index(apps, schema_editor):
    for table in TABLES:
        for statement in _statements(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS search_words")
            continue
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_words_{event}")
        schema_editor.execute(f"DROP TABLE IF EXISTS {table}_words")


def _statements(vendor, table):
    if vendor == "postgresql":
        words = "array_to_tsvector(string_to_array(search_text, ' '))"
        yield f"ALTER TABLE {table} ADD COLUMN search_words tsvector GENERATED ALWAYS AS ({words}) STORED"
        yield f"CREATE INDEX {table}_words ON {table} USING gin (search_words)"
        return
    index = f"{table}_words"
    # `ascii` takes every letter beyond ASCII as part of a word: nothing is split a second time. Of the details,
    # `column` finds a common and a rare word together in half the time of `none`, at two million rows.
    yield (
        f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content='{table}', content_rowid='id',"
        " tokenize='ascii', detail=column)"
    )
    yield f"INSERT INTO {index} ({index}) VALUES ('rebuild')"
    add = f"INSERT INTO {index} (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
    drop = f"INSERT INTO {index} ({index}, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);"
    yield f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {add} END"
    yield f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {drop} END"
    yield f"CREATE TRIGGER {index}_update AFTER UPDATE OF search_text ON {table} BEGIN {drop} {add} END"


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0002_append_only")]

    operations = [migrations.RunPython(make_index, drop_index)]
