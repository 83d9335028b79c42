-- One digest of what the wall is made of, as the database holds it. Names only, so that it is the same in a copy.
SELECT md5(string_agg(told, E'\n' ORDER BY told)) FROM (
    SELECT concat_ws('|', 'policy', p.schemaname, p.tablename, p.policyname, p.permissive, p.roles, p.cmd, p.qual,
        p.with_check) AS told
    FROM pg_policies p
    UNION ALL
    SELECT concat_ws('|', 'relation', c.relnamespace::regnamespace, c.relname, c.relkind, c.relrowsecurity,
        c.relforcerowsecurity, c.relowner = (SELECT datdba FROM pg_database WHERE datname = current_database()),
        (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) a WHERE NOT a::text LIKE pg_get_userbyid(c.relowner) || '=%'))
    FROM pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'anew', 'access'))
        AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT concat_ws('|', 'schema', n.nspname,
        (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(n.nspacl) a WHERE NOT a::text LIKE pg_get_userbyid(n.nspowner) || '=%'))
    FROM pg_namespace n WHERE n.nspname IN ('public', 'anew', 'access')
    UNION ALL
    SELECT concat_ws('|', 'function', p.pronamespace::regnamespace, p.proname,
        pg_get_function_identity_arguments(p.oid), md5(p.prosrc), p.prosecdef, p.provolatile, p.proconfig,
        (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(p.proacl) a WHERE NOT a::text LIKE pg_get_userbyid(p.proowner) || '=%'))
    FROM pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'anew', 'access'))
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT concat_ws('|', 'trigger', c.relname, pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'anew'))
    UNION ALL
    SELECT concat_ws('|', 'column', c.relnamespace::regnamespace, c.relname, a.attname, a.atttypid::regtype,
        a.attnotnull, a.attidentity)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
        AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'anew'))
    UNION ALL
    -- Not those of the twins, which have none while who is who is written anew (beside.py).
    SELECT concat_ws('|', 'index', i.schemaname, i.tablename, i.indexdef) FROM pg_indexes i
    WHERE i.schemaname = 'public'
    UNION ALL
    SELECT concat_ws('|', 'role', r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
        r.rolcanlogin, r.rolinherit, r.rolreplication,
        (SELECT string_agg(m.roleid::regrole || ' ' || m.inherit_option || ' ' || m.set_option, ',' ORDER BY m.roleid::regrole::text)
         FROM pg_auth_members m WHERE m.member = r.oid))
    FROM pg_roles r
    WHERE r.rolname IN ('lamplighter_app', 'lamplighter_web', 'lamplighter_service', 'lamplighter_records',
        'lamplighter_loader')
) AS everything
