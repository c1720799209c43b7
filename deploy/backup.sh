#!/bin/bash
# One consistent dump of the whole database, while everything runs.
# Usage: backup.sh FOLDER   (FLEET_DATABASE_URL or FLEET_DATABASE_URL_FILE names the database)
# Keeps the newest ${FLEET_BACKUPS:-14}; a dump is renamed into place only when it is whole.
set -euo pipefail
umask 077
folder=${1:?usage: backup.sh FOLDER}
url=${FLEET_DATABASE_URL:-$(<"${FLEET_DATABASE_URL_FILE:?set FLEET_DATABASE_URL or FLEET_DATABASE_URL_FILE}")}
mkdir -p "$folder"
name="$folder/fleet-$(date -u +%Y%m%dT%H%M%SZ).dump"
trap 'rm -f "$name.part"' EXIT
# TimescaleDB's catalogue has circular keys; pg_dump says so on every run, and restores them well.
"${PG_DUMP:-pg_dump}" --format=custom --no-owner --no-privileges --exclude-table-data=ballast \
  --file="$name.part" "$url" \
  2> >(grep -v -e 'circular foreign-key' -e '^pg_dump: detail:' -e '^pg_dump: hint:' >&2 || true)
mv "$name.part" "$name"
find "$folder" -maxdepth 1 -name 'fleet-*.dump' -printf '%f\n' | sort -r \
  | tail -n "+$((${FLEET_BACKUPS:-14} + 1))" | while read -r old; do rm -- "$folder/$old"; done
echo "$name"
