#!/bin/bash
# Whether the server listens to others; its answer to an unknown account is an answer.
exec mariadb-admin --protocol=tcp --ssl --host=127.0.0.1 --connect-timeout=3 ping
