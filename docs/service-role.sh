#!/bin/sh
# Makes the service's own role, which owns no table. The quoting is psql's.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$BANKER_SERVICE_PASSWORD" <<'SQL'
create role banker_app login password :'password';
SQL
