"""The one way in which rows of the log go on PostgreSQL: a function of the tables' owner."""

from typing import Any

from django.db import migrations

EXPIRE = """
CREATE FUNCTION musling_expire_batch(which bigint, moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    batch activity_batch%ROWTYPE;
    span jsonb;
BEGIN
    SELECT * INTO batch FROM activity_batch WHERE number = which AND expired_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF batch.last_at > now() - interval '1 year' THEN
        RAISE EXCEPTION 'batch % is younger than a year', which;
    END IF;
    FOR span IN SELECT jsonb_array_elements(batch.ids) LOOP
        -- The moment of each row counts as well: whoever may write batches may not empty the log.
        IF batch.log = 'activity' THEN
            DELETE FROM activity_activity
            WHERE id BETWEEN (span ->> 0)::bigint AND (span ->> 1)::bigint
            AND at <= now() - interval '1 year';
        ELSE
            DELETE FROM activity_reading
            WHERE id BETWEEN (span ->> 0)::bigint AND (span ->> 1)::bigint
            AND first_at <= now() - interval '1 year';
        END IF;
    END LOOP;
    UPDATE activity_batch SET prints = '', expired_at = moment WHERE number = which;
END $$
"""


def make(_apps: Any, schema_editor: Any) -> None:
    """Makes the function."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(EXPIRE, params=None)


def drop(_apps: Any, schema_editor: Any) -> None:
    """Drops it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION musling_expire_batch(bigint, timestamptz)")


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_batch")]

    operations = [migrations.RunPython(make, drop)]
