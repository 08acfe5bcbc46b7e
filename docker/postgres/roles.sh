#!/bin/sh
# Makes the two roles under which Dialgate comes to PostgreSQL: dialgate_migration owns the database and its tables,
# dialgate_application is given what the services need by `migrate`. The superuser loses its password: it is for backups and for
# this file, within the container.
#
# The image runs it when it makes the database. On one that was made before there were two roles, and after a password was
# changed in .env, run it again:
#
#   docker compose exec postgres sh /docker-entrypoint-initdb.d/roles.sh
set -eu

# secret NAME: the variable, or what the file named by NAME_FILE holds.
secret() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  [ -n "$value" ] || { echo "$1 is not set" >&2; exit 1; }
  [ "${#value}" -ge 12 ] || { echo "$1 has fewer than 12 characters: docker/new-secret makes a better one" >&2; exit 1; }
  printf %s "$value"
}
MIGRATION_PASSWORD=$(secret POSTGRES_PASSWORD)
APPLICATION_PASSWORD=$(secret POSTGRES_APPLICATION_PASSWORD)
export MIGRATION_PASSWORD APPLICATION_PASSWORD

# From the environment, and not on the command line, where every process could read them.
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" << 'END'
\getenv migration_password MIGRATION_PASSWORD
\getenv application_password APPLICATION_PASSWORD
-- Passwords are for nobody's log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
BEGIN;
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['dialgate_migration', 'dialgate_application']) AS name
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE dialgate_migration PASSWORD :'migration_password';
ALTER ROLE dialgate_application PASSWORD :'application_password';
-- Not on one that an older version made: its services come in with that password until they are replaced.
SELECT format('ALTER ROLE %I PASSWORD NULL', current_user) WHERE to_regclass('public.calls') IS NULL \gexec
SELECT format('ALTER DATABASE %I OWNER TO dialgate_migration', current_database()) \gexec
-- What an older version made as the superuser. Sequences and indexes go with their tables.
SELECT format('ALTER TABLE %s OWNER TO dialgate_migration', oid::regclass)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \gexec
SELECT format('ALTER TYPE %s OWNER TO dialgate_migration', oid::regtype)
FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' \gexec
SELECT format('ALTER FUNCTION %s OWNER TO dialgate_migration', oid::regprocedure)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace \gexec
COMMIT;
END
