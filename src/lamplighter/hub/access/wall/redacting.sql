-- Words that were saved by mistake: see redacting.py, which fills in what stands between two @, from the models and rules.
CREATE TABLE IF NOT EXISTS access.sealed_words (
    redaction_id bigint PRIMARY KEY REFERENCES public.redaction_redaction (id) ON DELETE CASCADE,
    words text NOT NULL, before text NOT NULL);
REVOKE ALL ON access.sealed_words FROM PUBLIC;
CREATE OR REPLACE FUNCTION access.redactable() RETURNS TABLE (tab text, col text, as_json boolean, most int, side text,
    shown text, called text, quiet boolean) LANGUAGE sql IMMUTABLE AS $$
    VALUES @places@
$$;
-- The words with the mark in their place, whatever the letters' case and the spaces between them. A column that
-- holds no more than so many characters may have been cut in the middle of them.
CREATE OR REPLACE FUNCTION access.redacted(whole text, told text, most int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    parts text[] := string_to_array(whole, '[redacted]');
    -- Every sign that means something to a regular expression means itself: it takes time in proportion to the text.
    pattern text := regexp_replace(regexp_replace(told, '[][\\.*+?(){}|^$]', '\\\&', 'g'), '\s+', '\\s+', 'g');
    last int := cardinality(parts);
BEGIN
    IF whole IS NULL OR whole = '' OR told = '' THEN RETURN whole; END IF;
    FOR n IN 1 .. last LOOP
        parts[n] := regexp_replace(parts[n], pattern, '[redacted]', 'gi');
    END LOOP;
    IF most > 0 AND char_length(whole) = most THEN
        FOR n IN REVERSE char_length(told) - 1 .. @least@ LOOP
            IF lower(right(parts[last], n)) = lower(left(told, n)) THEN
                parts[last] := left(parts[last], -n) || '[redacted]';
                EXIT;
            END IF;
        END LOOP;
    END IF;
    whole := array_to_string(parts, '[redacted]');
    RETURN CASE WHEN most > 0 THEN left(whole, most) ELSE whole END;
END $$;
CREATE OR REPLACE FUNCTION access.redacted_json(whole jsonb, told text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE jsonb_typeof(whole)
        WHEN 'string' THEN to_jsonb(access.redacted(whole #>> '{}', told, 0))
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(access.redacted_json(v, told) ORDER BY n), '[]')
                           FROM jsonb_array_elements(whole) WITH ORDINALITY AS e(v, n))
        -- A level is a code of ours.
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(k, CASE WHEN k = 'level' THEN v
                                                                ELSE access.redacted_json(v, told) END), '{}')
                            FROM jsonb_each(whole) AS e(k, v))
        ELSE whole END;
END $$;
-- Whether a side of the case is one that whoever asks writes.
CREATE OR REPLACE FUNCTION access.changes_side(case_id bigint, owner_id text, partition text) RETURNS boolean
    LANGUAGE sql STABLE AS $$ SELECT partition <> 'vault' AND @changes@ $$;
-- Whether words are in the vault of a case, as a whole or as a part of what is there; a telephone number also where
-- its country is written in another way.
CREATE OR REPLACE FUNCTION access.in_vault(of_case bigint, told text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT length(access.bare(told)) >= @shortest@ AND EXISTS (
        SELECT 1 FROM (@held@) v,
            LATERAL (SELECT regexp_replace(told, '\D', '', 'g') AS sought, regexp_replace(v.words, '\D', '', 'g') AS held) d
        WHERE strpos(access.bare(v.words), access.bare(told)) > 0
           OR (told !~ '[[:alpha:]]' AND length(d.sought) >= @least_digits@
               AND strpos(d.held, right(d.sought, @least_digits@)) > 0)
    )
$$;
REVOKE ALL ON FUNCTION access.in_vault(bigint, text) FROM PUBLIC;
-- Whoever may read the vault of the case, for the reason of this look.
CREATE OR REPLACE FUNCTION access.reads_vault(case_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT @reads_vault@
$$;
CREATE OR REPLACE FUNCTION access.redact(of_table text, of_key uuid, told text, why text) RETURNS uuid LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me bigint := access.actor();
    act uuid := gen_random_uuid();
    chosen record;
    place record;
    held record;
    later text;
    ours boolean;
    vaulted boolean;
    own boolean;
    hit boolean := false;
    made bigint;
BEGIN
    IF me IS NULL OR access.role() IS NULL OR current_setting('role') <> 'lamplighter_web' THEN
        RAISE EXCEPTION 'redaction: not_yours' USING ERRCODE = 'check_violation';
    END IF;
    told := regexp_replace(told, '^\s+|\s+$', '', 'g');
    IF char_length(told) < @least@ OR btrim(why) = '' THEN
        RAISE EXCEPTION 'redaction: short' USING ERRCODE = 'check_violation';
    ELSIF access.redacted(why, told, 0) <> why THEN
        RAISE EXCEPTION 'redaction: in_reason' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO place FROM access.redactable() p WHERE p.tab = of_table LIMIT 1;
    IF NOT FOUND THEN RAISE EXCEPTION 'redaction: not_there' USING ERRCODE = 'check_violation'; END IF;
    EXECUTE format('SELECT case_id, owner_id::text, by_id, (%s)::text AS side, (%s)::text AS shown FROM public.%I WHERE key = $1',
                   place.side, place.shown, of_table) INTO chosen USING of_key;
    IF chosen.case_id IS NULL THEN RAISE EXCEPTION 'redaction: not_there' USING ERRCODE = 'check_violation'; END IF;
    ours := access.changes_side(chosen.case_id, chosen.owner_id, chosen.side)
        AND (chosen.owner_id = access.agency() OR coalesce(chosen.by_id = me, false));
    vaulted := access.reads_vault(chosen.case_id) AND access.in_vault(chosen.case_id, told);
    IF NOT (ours OR (vaulted AND chosen.shown = ANY (@others@))) THEN
        RAISE EXCEPTION 'redaction: not_yours' USING ERRCODE = 'check_violation';
    END IF;
    -- Everywhere on the case where the same agency, or the same person, wrote the words: a line of the history, a task
    -- and what was shared are copies of a row. Words of the vault: wherever the other side would read them.
    FOR place IN SELECT * FROM access.redactable() LOOP
        FOR held IN EXECUTE format(
            'SELECT id, key, owner_id::text, by_id, (%s)::text AS side, (%s)::text AS shown, %I::text AS words FROM public.%I'
            ' WHERE case_id = $1 ORDER BY id FOR UPDATE', place.side, place.shown, place.col, place.tab)
            USING chosen.case_id
        LOOP
            own := ours AND held.side <> 'vault'
                AND (held.owner_id = chosen.owner_id OR coalesce(held.by_id = chosen.by_id, false));
            CONTINUE WHEN NOT (own OR (vaulted AND held.shown = ANY (@others@)));
            later := CASE WHEN place.as_json THEN access.redacted_json(held.words::jsonb, told)::text
                          ELSE access.redacted(held.words, told, place.most) END;
            CONTINUE WHEN later IS NOT DISTINCT FROM held.words;
            hit := hit OR (place.tab = of_table AND held.key = of_key);
            INSERT INTO redaction_redaction (key, case_id, owner_id, by_id, at, partition, act, "table", "row", "column",
                reason, of_vault, quiet)
            VALUES (gen_random_uuid(), chosen.case_id, held.owner_id, me, now(), held.side, act, place.tab, held.key,
                place.col, why, NOT own, place.quiet)
            RETURNING id INTO made;
            INSERT INTO access.sealed_words (redaction_id, words, before) VALUES (made, told, held.words);
            PERFORM set_config('lamplighter.rewording', 'redacting', true);
            EXECUTE format('UPDATE public.%I SET %I = $1%s WHERE id = $2', place.tab, place.col,
                           CASE WHEN place.as_json THEN '::jsonb' ELSE '' END) USING later, held.id;
            PERFORM set_config('lamplighter.rewording', '', true);
        END LOOP;
    END LOOP;
    IF NOT hit THEN RAISE EXCEPTION 'redaction: not_found' USING ERRCODE = 'check_violation'; END IF;
    PERFORM access.tell_of_words(act, 'Words redacted: ', why, false);
    RETURN act;
END $$;
-- On each side where a row stood, one line of the history: for the readers of that side, and nobody else.
CREATE OR REPLACE FUNCTION access.tell_of_words(of_act uuid, title text, why text, restored boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO cases_entry (key, case_id, owner_id, by_id, at, kind, happened_at, title, body, partition, page, of_key)
    SELECT gen_random_uuid(), r.case_id, r.owner_id, access.actor(), now(), 'redaction', now(),
        left(title || string_agg(DISTINCT lower(left(p.called, 1)) || substr(p.called, 2), ', '), 200), why, r.partition,
        'redaction:redaction', of_act
    FROM redaction_redaction r JOIN access.redactable() p ON p.tab = r."table" AND p.col = r."column"
    LEFT JOIN redaction_restoring s ON s.redaction_id = r.id AND s.at = now() AND s.by_id = access.actor()
    WHERE r.act = of_act AND NOT r.quiet AND restored = (s.id IS NOT NULL)
    GROUP BY r.case_id, r.owner_id, r.partition
$$;
REVOKE ALL ON FUNCTION access.tell_of_words(uuid, text, text, boolean) FROM PUBLIC;
CREATE OR REPLACE FUNCTION access.restore_words(of_act uuid, why text) RETURNS int LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me bigint := access.actor();
    one record;
    other record;
    place record;
    standing text;
    before text;
    later text;
    n int := 0;
BEGIN
    IF me IS NULL OR access.role() IS NULL OR current_setting('role') <> 'lamplighter_web' THEN
        RAISE EXCEPTION 'redaction: not_yours' USING ERRCODE = 'check_violation';
    ELSIF btrim(why) = '' THEN
        RAISE EXCEPTION 'redaction: short' USING ERRCODE = 'check_violation';
    END IF;
    FOR one IN SELECT r.* FROM redaction_redaction r
        WHERE r.act = of_act AND r.owner_id = access.agency() AND r.by_id <> me
            AND access.changes_side(r.case_id, r.owner_id, r.partition)
            AND (NOT r.of_vault OR access.reads_vault(r.case_id))
        ORDER BY r.id
    LOOP
        SELECT * INTO place FROM access.redactable() p WHERE p.tab = one."table" AND p.col = one."column";
        CONTINUE WHEN NOT FOUND;
        EXECUTE format('SELECT %I::text FROM public.%I WHERE key = $1 FOR UPDATE', place.col, place.tab)
            INTO standing USING one."row";
        -- Asked when the row is locked: of two who restore at the same time, the second finds it done.
        CONTINUE WHEN standing IS NULL
            OR EXISTS (SELECT 1 FROM redaction_restoring s WHERE s.redaction_id = one.id);
        later := NULL;
        -- What stood there before the first, and every redaction since that stands, but this one.
        FOR other IN SELECT r.id, w.words, w.before FROM redaction_redaction r
            JOIN access.sealed_words w ON w.redaction_id = r.id
            WHERE r."table" = one."table" AND r."row" = one."row" AND r."column" = one."column"
            ORDER BY r.id
        LOOP
            IF later IS NULL THEN later := other.before; before := other.before; END IF;
            CONTINUE WHEN EXISTS (SELECT 1 FROM redaction_restoring s WHERE s.redaction_id = other.id);
            before := CASE WHEN place.as_json THEN access.redacted_json(before::jsonb, other.words)::text
                           ELSE access.redacted(before, other.words, place.most) END;
            CONTINUE WHEN other.id = one.id;
            later := CASE WHEN place.as_json THEN access.redacted_json(later::jsonb, other.words)::text
                          ELSE access.redacted(later, other.words, place.most) END;
        END LOOP;
        -- Somebody wrote something else there since: it is not lost to what was there before.
        IF before IS DISTINCT FROM standing THEN
            RAISE EXCEPTION 'redaction: changed' USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO redaction_restoring (key, case_id, owner_id, by_id, at, partition, redaction_id, reason, quiet)
        VALUES (gen_random_uuid(), one.case_id, one.owner_id, me, now(), one.partition, one.id, why, one.quiet);
        -- Not as it is redacted: who may read the vault is refused to put its words back where others read them.
        PERFORM set_config('lamplighter.rewording', 'restoring', true);
        EXECUTE format('UPDATE public.%I SET %I = $1%s WHERE key = $2', place.tab, place.col,
                       CASE WHEN place.as_json THEN '::jsonb' ELSE '' END) USING later, one."row";
        PERFORM set_config('lamplighter.rewording', '', true);
        n := n + 1;
    END LOOP;
    IF n = 0 THEN RAISE EXCEPTION 'redaction: none' USING ERRCODE = 'check_violation'; END IF;
    PERFORM access.tell_of_words(of_act, 'Redacted words restored: ', why, true);
    RETURN n;
END $$;
REVOKE ALL ON FUNCTION access.redact(text, uuid, text, text), access.restore_words(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.redact(text, uuid, text, text), access.restore_words(uuid, text) TO lamplighter_web;
