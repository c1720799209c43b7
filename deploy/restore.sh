#!/bin/bash
# A dump of backup.sh into an EMPTY database; refuses one that holds anything.
# Usage: restore.sh DUMP   (FLEET_DATABASE_URL or FLEET_DATABASE_URL_FILE names the target)
# Stop fleet run, api and outbox first. The role needs the right to create the extension.
set -euo pipefail
dump=${1:?usage: restore.sh DUMP}
url=${FLEET_DATABASE_URL:-$(<"${FLEET_DATABASE_URL_FILE:?set FLEET_DATABASE_URL or FLEET_DATABASE_URL_FILE}")}
psql=("${PSQL:-psql}" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$url")
[ -r "$dump" ] || { echo "restore: cannot read $dump" >&2; exit 1; }
tables=$("${psql[@]}" -c "select count(*) from pg_tables where schemaname = 'public'")
[ "$tables" = 0 ] || { echo "restore: the target holds $tables tables; restore into an empty database" >&2; exit 1; }
"${psql[@]}" -c 'create extension if not exists timescaledb'
"${psql[@]}" -c 'select timescaledb_pre_restore()' >/dev/null
trap '"${psql[@]}" -c "select timescaledb_post_restore()" >/dev/null' EXIT
"${PG_RESTORE:-pg_restore}" --no-owner --no-privileges --exit-on-error --dbname "$url" "$dump"
echo "restored $dump"
