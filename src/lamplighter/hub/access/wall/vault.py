"""No words that the other side may read repeat what is in the vault of the case: kept by the database.

Every column of words in a row that those who work with the suspect may read is looked at before it
is saved, in every table there is and every one that comes: nobody has to remember it. A model whose column
can hold nobody's words says so, with the reason, in ``holds_no_words``.

Whoever may read the vault of the case is refused, is told in which field, and it is on the audit trail: a
guess that is refused is an answer, so that after :data:`MOST_TRIES` of them within an hour nothing with a
figure is compared any more, and all of it is refused. Whoever may not read the vault is refused nothing and
told nothing, or they could ask it by trying: what they wrote is saved, and the trail says that it repeats
the vault, for those whose vault it is. What cannot be found is a description ("the flat above the bakery").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.declared_tables import Declared
from lamplighter.hub.access.wall.partitions import BY_ROW, VAULT

# Partitions that the health side or everybody on the case reads.
READ_BY_OTHERS = ("shared", "health")
REFUSED = "vault: "
TOO_OFTEN = "too often"
# Verbs of the trail: refused, and saved because refusing it would have told something.
TRIED, REPEATED = "access.vault_refused", "access.vault_repeated"
MOST_TRIES = 5  # of one person on one case, within an hour
# Beyond this a value is a story, and short of it no address.
SHORTEST, LONGEST = 5, 200
CODE = 20  # characters of a column that takes a code of ours, and no words
LEAST_DIGITS = 9  # of a telephone number; those that differ in how its country is written are before them


def columns(model: type[models.Model]) -> list[str]:
    """Columns in which somebody can write words."""
    free = getattr(model, "holds_no_words", {})
    return [str(f.column) for f in model._meta.concrete_fields if _takes_words(f) and f.name not in free]


def _takes_words(field: models.Field[object, object]) -> bool:
    if field.is_relation or field.choices or field.primary_key:
        return False
    if isinstance(field, ArrayField):
        return _takes_words(field.base_field)
    text = isinstance(field, models.CharField | models.TextField) and (field.max_length or LONGEST) > CODE
    return text or isinstance(field, models.JSONField)


def looked_at(table: Declared) -> list[str]:
    """Columns of a table that are looked at before a row is saved; none of a table of one's own side."""
    reached = table.partition in READ_BY_OTHERS or table.partition == BY_ROW
    has_case = any(f.column == "case_id" for f in table.model._meta.concrete_fields)
    return columns(table.model) if reached and has_case else []


def held(every: Iterable[Declared], *, lists: bool = True) -> str:
    """Return the query for every value in the vault of the case ``of_case``, in the column ``words``.

    ``lists``: those of columns that hold several, which are mostly codes, as well.
    """
    return " UNION ALL ".join(
        f'SELECT "{column}"::text AS words FROM "{table.table}" WHERE case_id = of_case'  # noqa: S608  our own
        for table in every
        if table.partition == VAULT.name
        for column in columns(table.model)
        if lists or not isinstance(table.model._meta.get_field(column), ArrayField | models.JSONField)
    )


def functions(every: Iterable[Declared]) -> str:
    """The functions that look, made from the tables of the vault."""
    # Names of columns and tables of ours, and conditions from `rules`.
    values = held(every)
    return f"""
-- Letters and figures alone: spaces and points hide nothing.
CREATE OR REPLACE FUNCTION access.bare(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(words, '[^[:alnum:]@]+', '', 'g'))
$$;
CREATE OR REPLACE FUNCTION access.repeats_vault(of_case bigint, told text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM ({values}) v, regexp_split_to_table(v.words, '[,;\\n\\[\\]{{}}"]') AS part,
            LATERAL (SELECT access.bare(part) AS bare, regexp_replace(part, '\\D', '', 'g') AS digits) AS b
        WHERE part ~ '[0-9@]' AND length(trim(part)) BETWEEN {SHORTEST} AND {LONGEST} AND b.bare <> ''
          AND (strpos(access.bare(told), b.bare) > 0
               OR (length(b.digits) >= {LEAST_DIGITS} AND strpos(regexp_replace(told, '\\D', '', 'g'),
                                                           right(b.digits, {LEAST_DIGITS})) > 0))
    )
$$;
REVOKE ALL ON FUNCTION access.repeats_vault(bigint, text) FROM PUBLIC;
-- Whether whoever asks was refused so often that comparing once more would be an answer.
CREATE OR REPLACE FUNCTION access.tried_vault(of_case bigint) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) >= {MOST_TRIES} FROM (
        SELECT 1 FROM audit_event e
        WHERE e.actor_id = access.actor() AND e.case_id = of_case AND e.verb = '{TRIED}'
            AND e.at > clock_timestamp() - interval '1 hour' LIMIT {MOST_TRIES}
    ) AS lately
$$;
REVOKE ALL ON FUNCTION access.tried_vault(bigint) FROM PUBLIC;
CREATE OR REPLACE FUNCTION access.hides_vault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    said jsonb := to_jsonb(NEW);
    before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{{}}'::jsonb END;
    may_read boolean;
    tried boolean;
    told text;
    name text;
BEGIN
    IF current_setting('role') <> 'lamplighter_web'
       OR coalesce(said ->> 'partition', 'shared') NOT IN ('shared', 'health') THEN
        RETURN NEW;
    END IF;
    FOREACH name IN ARRAY TG_ARGV LOOP
        told := said ->> name;
        -- What stood there before was looked at then: a row that is ended or assigned is not refused for it.
        CONTINUE WHEN told IS NULL OR told !~ '[0-9@]' OR told IS NOT DISTINCT FROM before ->> name;
        IF may_read IS NULL THEN
            may_read := {row_security.readers(VAULT)} AND access.on_case(NEW.case_id);
            tried := may_read AND access.tried_vault(NEW.case_id);
        END IF;
        IF tried THEN
            RAISE EXCEPTION '{REFUSED}% % {TOO_OFTEN}', NEW.case_id, name USING ERRCODE = 'check_violation';
        ELSIF access.repeats_vault(NEW.case_id, told) THEN
            IF may_read THEN
                RAISE EXCEPTION '{REFUSED}% %', NEW.case_id, name USING ERRCODE = 'check_violation';
            END IF;
            PERFORM public.audit_write(NULL, 'consultation', '{REPEATED}', TG_TABLE_NAME || ' ' || (said ->>
            'key'),                            NEW.case_id, ARRAY[name], '', '{{}}'::jsonb);
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""  # noqa: S608


def trigger(table: Declared) -> str:
    """The statement that makes a table's rows be looked at; empty where nobody else reads them.

    Its name comes before those of the tables' own triggers, and so does what it refuses.
    """
    found = looked_at(table)
    if not found:
        return ""
    named = ", ".join(f"'{column}'" for column in found)
    return (
        f'CREATE OR REPLACE TRIGGER hides_vault BEFORE INSERT OR UPDATE ON "{table.table}"'
        # What stays of a text when words are taken out of it was looked at when it was written.
        f" FOR EACH ROW WHEN (NOT access.redacting()) EXECUTE FUNCTION access.hides_vault({named})"
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """Refusal by the database: of which case, in which column, and whether it compared at all."""

    case_id: int
    column: str
    too_often: bool

    @classmethod
    def of(cls, error: BaseException) -> Refused | None:
        """Read the database's error; ``None`` for any other."""
        text = str(error).partition("\n")[0]
        if not isinstance(error, IntegrityError) or not text.startswith(REFUSED):
            return None
        case_id, column, *rest = text.removeprefix(REFUSED).split(" ", 2)
        return cls(int(case_id), column, bool(rest))
