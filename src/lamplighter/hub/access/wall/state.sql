-- What this database holds that the wall is made of: one row a thing, with its kind, its name, and all else that is to
-- be as declared. Names only, so that it is the same in a copy. Read with nothing but the system's own schema in the
-- search path: nobody's function or table is asked in its place, and every name is written out.
WITH here AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), server AS (
    SELECT oid, datdba, datacl FROM pg_catalog.pg_database WHERE datname = current_database()
), ours (name) AS (
    VALUES ('lamplighter_app'), ('lamplighter_web'), ('lamplighter_service'), ('lamplighter_records'),
        ('lamplighter_loader'), ('lamplighter_owner')
), relations AS (
    SELECT c.*, format('%I.%I', h.nspname, c.relname) AS called, h.nspname AS schema
    FROM pg_catalog.pg_class c JOIN here h ON h.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
), functions AS (
    SELECT p.*, format('%I.%I(%s)', h.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS called
    FROM pg_catalog.pg_proc p JOIN here h ON h.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
), rights AS (
    SELECT 'table ' || r.called AS what, r.relowner AS owner, a.* FROM relations r, aclexplode(r.relacl) a
    UNION ALL
    SELECT format('column %I of ', t.attname) || r.called, r.relowner, a.*
    FROM relations r JOIN pg_catalog.pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a
    UNION ALL
    SELECT 'function ' || f.called, f.proowner, a.*
    FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
    UNION ALL
    SELECT 'schema ' || h.nspname, h.nspowner, a.*
    FROM here h, aclexplode(coalesce(h.nspacl, acldefault('n', h.nspowner))) a
    UNION ALL
    SELECT 'this database', s.datdba, a.*
    FROM server s, aclexplode(coalesce(s.datacl, acldefault('d', s.datdba))) a
    UNION ALL
    SELECT 'setting ' || p.parname, 10::oid, a.* FROM pg_catalog.pg_parameter_acl p, aclexplode(p.paracl) a
    UNION ALL
    SELECT 'what is made later (' || d.defaclobjtype::text || ')', d.defaclrole, a.*
    FROM pg_catalog.pg_default_acl d, aclexplode(d.defaclacl) a
)
SELECT 'policy', format('%I on %s', p.polname, r.called), concat_ws('|', p.polpermissive, p.polcmd,
    (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(o) END, ',' ORDER BY pg_get_userbyid(o))
     FROM unnest(p.polroles) o),
    pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
UNION ALL
SELECT 'right', format('%s on %s to %s', privilege_type, what,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END), CASE WHEN bool_or(is_grantable) THEN 'hands on' ELSE '' END
FROM rights WHERE grantee <> owner GROUP BY 2
UNION ALL
SELECT CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END, r.called,
    concat_ws('|', r.relkind, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity,
        r.relowner = s.datdba,
        (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY 1) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = r.oid),
        CASE WHEN r.relkind IN ('v', 'm') THEN md5(pg_get_viewdef(r.oid)) END)
FROM relations r, server s
UNION ALL
SELECT 'schema', h.nspname, '' FROM here h
UNION ALL
SELECT 'function', f.called, concat_ws('|', md5(f.prosrc), md5(pg_get_function_sqlbody(f.oid)), f.prokind, l.lanname, f.prosecdef,
    f.proleakproof, f.proisstrict, f.provolatile, f.proparallel, pg_get_function_result(f.oid), f.proconfig,
    f.prosupport::oid, f.proowner = s.datdba)
FROM functions f JOIN pg_catalog.pg_language l ON l.oid = f.prolang, server s
UNION ALL
SELECT 'trigger', format('%I on %s', t.tgname, r.called), t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
FROM pg_catalog.pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'rule', format('%I on %s', w.rulename, r.called), md5(pg_get_ruledef(w.oid))
FROM pg_catalog.pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT 'event trigger', e.evtname, concat_ws('|', e.evtevent, e.evtfoid::regprocedure, e.evtenabled)
FROM pg_catalog.pg_event_trigger e
UNION ALL
SELECT 'type', format('%I.%I', h.nspname, t.typname), concat_ws('|', t.typtype, t.typbasetype::regtype,
    (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
FROM pg_catalog.pg_type t JOIN here h ON h.oid = t.typnamespace
WHERE t.typrelid = 0 AND t.typcategory <> 'A' AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT 'operator', o.oid::regoperator::text, o.oprcode::regprocedure::text
FROM pg_catalog.pg_operator o JOIN here h ON h.oid = o.oprnamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT 'cast', format('%s as %s', c.castsource::regtype, c.casttarget::regtype), ''
FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT 'column', format('%I of %s', a.attname, r.called),
    concat_ws('|', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
        CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation::text END,
        CASE WHEN r.schema <> 'anew' THEN (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
                                           WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END)
FROM pg_catalog.pg_attribute a JOIN relations r ON r.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p')
UNION ALL
SELECT 'constraint', format('%I on %s', c.conname, r.called), pg_get_constraintdef(c.oid)
FROM pg_catalog.pg_constraint c JOIN relations r ON r.oid = c.conrelid WHERE c.contype = 'c' AND r.schema <> 'anew'
UNION ALL
-- Not those of the twins, which have none while who is who is written anew (beside.py).
SELECT 'index', format('%I on %s', i.relname, r.called), pg_get_indexdef(i.oid)
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN relations r ON r.oid = x.indrelid
WHERE r.schema <> 'anew'
UNION ALL
SELECT 'role', r.rolname, concat_ws('|', r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
    r.rolinherit, r.rolreplication)
FROM pg_catalog.pg_roles r
WHERE r.rolname IN (SELECT name FROM ours)
    OR (r.rolcanlogin AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication))
UNION ALL
SELECT 'membership', format('%s in %s', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid)),
    string_agg(DISTINCT concat_ws('|', m.inherit_option, m.set_option, m.admin_option), ' and ')
FROM pg_catalog.pg_auth_members m
WHERE pg_get_userbyid(m.member) IN (SELECT name FROM ours) OR pg_get_userbyid(m.roleid) IN (SELECT name FROM ours)
GROUP BY m.member, m.roleid
UNION ALL
SELECT 'setting', format('%s of %s%s', split_part(one, '=', 1),
        CASE s.setrole WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(s.setrole) END,
        CASE s.setdatabase WHEN 0 THEN '' ELSE ' in this database' END),
    substr(one, strpos(one, '=') + 1)
FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) one
WHERE s.setdatabase = (SELECT oid FROM server)
    OR (s.setdatabase = 0 AND (s.setrole = 0 OR pg_get_userbyid(s.setrole) IN (SELECT name FROM ours)))
UNION ALL
SELECT 'publication', pubname, '' FROM pg_catalog.pg_publication
UNION ALL
SELECT 'subscription', subname, '' FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM server)
UNION ALL
SELECT 'foreign server', srvname, '' FROM pg_catalog.pg_foreign_server
UNION ALL
SELECT 'extension', extname, '' FROM pg_catalog.pg_extension
