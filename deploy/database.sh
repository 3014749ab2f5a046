#!/bin/sh
# Run once, by the database's own image, on an empty volume: a role that may do no more than own its database.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$BREACHWIRE_PASSWORD" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE breachwire LOGIN PASSWORD :'password';
CREATE DATABASE breachwire OWNER breachwire ENCODING 'UTF8' TEMPLATE template0;
\connect breachwire
CREATE EXTENSION vector;
SQL
