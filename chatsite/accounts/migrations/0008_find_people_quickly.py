"""People are found by a part of their name however many there are, where PostgreSQL has its trigrams; bots by an index."""

from typing import ClassVar

from django.db import migrations, models

# Without the right to make the extension, or without its files, searching reads all names: slower, and right.
FIND = """
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS user_by_part_of_name ON accounts_user USING gin (
    UPPER(username::text) gin_trgm_ops, UPPER(display_name::text) gin_trgm_ops, UPPER(email::text) gin_trgm_ops
  );
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'no trigrams here: searching for people reads all of them';
END
$$
"""


def find_quickly(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FIND)


def find_slowly(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS user_by_part_of_name")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0007_bots_have_owners")]

    operations: ClassVar = [
        migrations.RunPython(find_quickly, find_slowly),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["username"], condition=models.Q(kind="bot"), name="user_bots"),
        ),
    ]
