"""Accounts that are there count as confirmed; those that a link still lets in, which one person made, wait."""

from django.db import migrations

WAIT = """
UPDATE accounts_user u SET waits_since = now(), asked_by = o.by
FROM (
    SELECT i.user_id, array_agg(DISTINCT i.by_id) AS by FROM accounts_invitation i
    WHERE i.by_id IS NOT NULL AND i.used_at IS NULL AND i.withdrawn_at IS NULL
    GROUP BY i.user_id
) o
WHERE o.user_id = u.id AND u.left_at IS NULL AND (NOT u.is_active OR EXISTS (
    SELECT 1 FROM accounts_invitation i
    WHERE i.user_id = u.id AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now()))
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_two_people_an_account")]

    operations = [migrations.RunSQL(WAIT, migrations.RunSQL.noop)]
