"""The index of search: words beside the log, found by their trigrams."""

from typing import ClassVar

import sqlite3

import django.db.models.deletion
from django.db import migrations, models

# Without the right to make the extension, or without its files, searching reads all entries: slower, and right.
POSTGRESQL = """
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS indexed_by_trigram ON messaging_indexedmessage
    USING gin (words gin_trgm_ops) WITH (gin_pending_list_limit = 512);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'no trigrams here: searching reads all messages';
END
$$
"""

# It keeps neither the text (that is the other table's) nor where in it a trigram stands.
SQLITE = (
    """
    CREATE VIRTUAL TABLE messaging_trigram USING fts5(
      words, content='messaging_indexedmessage', content_rowid='event_id',
      tokenize='trigram case_sensitive 1', detail='none'
    )
    """,
    """
    CREATE TRIGGER messaging_trigram_added AFTER INSERT ON messaging_indexedmessage BEGIN
      INSERT INTO messaging_trigram (rowid, words) VALUES (new.event_id, new.words);
    END
    """,
    """
    CREATE TRIGGER messaging_trigram_removed AFTER DELETE ON messaging_indexedmessage BEGIN
      INSERT INTO messaging_trigram (messaging_trigram, rowid, words) VALUES ('delete', old.event_id, old.words);
    END
    """,
    """
    CREATE TRIGGER messaging_trigram_changed AFTER UPDATE OF words ON messaging_indexedmessage BEGIN
      INSERT INTO messaging_trigram (messaging_trigram, rowid, words) VALUES ('delete', old.event_id, old.words);
      INSERT INTO messaging_trigram (rowid, words) VALUES (new.event_id, new.words);
    END
    """,
)
SECURE_DELETE = "INSERT INTO messaging_trigram (messaging_trigram, rank) VALUES ('secure-delete', 1)"


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for statement in SQLITE:
        schema_editor.execute(statement)
    if sqlite3.sqlite_version_info >= (3, 42):
        schema_editor.execute(SECURE_DELETE)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS indexed_by_trigram")
        return
    for name in ("added", "removed", "changed"):
        schema_editor.execute(f"DROP TRIGGER messaging_trigram_{name}")
    schema_editor.execute("DROP TABLE messaging_trigram")


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('messaging', '0005_files'),
        ('rooms', '0005_marks'),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='IndexPosition',
            fields=[
                ('room', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='index_position', serialize=False, to='rooms.room')),
                ('seq', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='IndexedMessage',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='indexed', serialize=False, to='messaging.event')),
                ('seq', models.PositiveBigIntegerField()),
                ('by_id', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('words', models.TextField()),
                ('has_link', models.BooleanField()),
                ('has_file', models.BooleanField()),
                ('has_image', models.BooleanField()),
                ('room', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rooms.room')),
            ],
            options={
                'indexes': [models.Index(fields=['room', 'event'], name='indexed_of_room'), models.Index(fields=['by_id', 'event'], name='indexed_of_person'), models.Index(condition=models.Q(('has_link', True), ('has_file', True), _connector='OR'), fields=['event'], name='indexed_that_holds')],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
