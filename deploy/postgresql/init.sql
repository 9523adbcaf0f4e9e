-- Run once by psql as the superuser, in a new and empty cluster: two logins, neither a superuser.
-- The passwords come from the environment, so they stand in no file and on no command line.
\getenv migration_password MIGRATION_PASSWORD
\getenv api_password API_PASSWORD

-- The first migration makes this role where it is missing; here so that the API's login has it
-- from the start.
CREATE ROLE checkpoint_api NOLOGIN;

-- Migrates. CREATEROLE, for the roles that the first migration makes.
CREATE ROLE checkpoint_migration LOGIN CREATEROLE PASSWORD :'migration_password';
-- Since PostgreSQL 16, CREATEROLE alone no longer grants roles that somebody else made.
GRANT checkpoint_api TO checkpoint_migration WITH ADMIN OPTION;
SELECT format('ALTER DATABASE %I OWNER TO checkpoint_migration', current_database()) \gexec

-- Serves. It owns nothing, and can do what checkpoint_api can.
CREATE ROLE checkpoint_service LOGIN PASSWORD :'api_password';
GRANT checkpoint_api TO checkpoint_service;
