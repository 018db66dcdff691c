#!/bin/bash
# The variables that deploy/compose/school-mariadb.yml sets, and the files of /docker-entrypoint-initdb.d, as the
# public image takes them: once, before the server listens to others.
set -euo pipefail
socket=/run/mysqld/mysqld.sock
ask() { mariadb --protocol=socket --socket="${socket}" --user=root --default-character-set=utf8mb4 "$@"; }

if [[ ! -d /var/lib/mysql/mysql ]]; then
  mariadb-install-db --skip-test-db --auth-root-authentication-method=normal >/dev/null
  mariadbd --skip-networking --socket="${socket}" "$@" &
  server=$!
  for ((tries = 0; tries < 300; ++tries)); do
    if ask --execute='SELECT 1' >/dev/null 2>&1; then break; fi
    sleep 0.1
  done
  password="$(<"${MARIADB_PASSWORD_FILE}")"
  root_password="$(<"${MARIADB_ROOT_PASSWORD_FILE}")"
  ask --execute="CREATE USER '${MARIADB_USER}'@'%' IDENTIFIED BY '${password}'"
  for file in /docker-entrypoint-initdb.d/*.sql; do ask <"${file}"; done
  ask --execute="ALTER USER root@localhost IDENTIFIED BY '${root_password}'"
  kill -TERM "${server}"
  wait "${server}"
fi
exec mariadbd --socket="${socket}" "$@"
