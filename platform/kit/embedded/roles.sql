-- The database and its three roles, for PostgreSQL 15 to 18. Run as a superuser, as often as you like:
--
--   JICENG_OWNER_PASSWORD=… JICENG_APP_PASSWORD=… JICENG_BACKUP_PASSWORD=… psql -d postgres -f roles.sql
--
-- jiceng_owner   owns the tables; migrations alone sign in as it (JICENG_MIGRATION_URL)
-- jiceng_app     web and workers (JICENG_DATABASE_URL); owns nothing, bypasses nothing: row-level security binds it
-- jiceng_backup  reads everything, for pg_dump

\set ON_ERROR_STOP on
\getenv owner_password JICENG_OWNER_PASSWORD
\getenv app_password JICENG_APP_PASSWORD
\getenv backup_password JICENG_BACKUP_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY ['jiceng_owner', 'jiceng_app', 'jiceng_backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE jiceng_owner WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE jiceng_app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE jiceng_backup WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD :'backup_password';
ALTER ROLE jiceng_backup SET default_transaction_read_only = on;

-- One collation everywhere: byte order. Servers differ in their locales and in ICU's release, and an index sorted by
-- one and read by another is corrupt. Order for people is asked for by the query.
SELECT 'CREATE DATABASE jiceng OWNER jiceng_owner ENCODING ''UTF8'' LOCALE ''C.UTF-8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'jiceng') \gexec

\connect jiceng

REVOKE ALL ON DATABASE jiceng FROM PUBLIC;
-- TEMPORARY: COPY FROM is refused under row-level security, so imports copy into a temporary table first.
GRANT CONNECT, TEMPORARY ON DATABASE jiceng TO jiceng_app;
GRANT CONNECT ON DATABASE jiceng TO jiceng_backup;

ALTER SCHEMA public OWNER TO jiceng_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jiceng_app, jiceng_backup;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO jiceng_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO jiceng_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jiceng_owner IN SCHEMA public GRANT SELECT ON TABLES TO jiceng_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE jiceng_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO jiceng_backup;
