#!/bin/sh
# Loads a small bank file into SQLite: rows, rejects, log, and a second run that finds the load finished.
set -eu
loadstone=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
rm -rf .demo && mkdir -p .demo && cp "$here"/payments.* .demo/ && cd .demo
echo "\$ loadstone load payments.ctl --ddl payments.sql --target bank.db"
"$loadstone" load payments.ctl --ddl payments.sql --target bank.db || test $? -eq 2
echo; echo "\$ loadstone rejects --target bank.db"
"$loadstone" rejects --target bank.db
echo; echo "\$ cat payments.bad"
cat payments.bad
echo; echo "\$ loadstone load payments.ctl --target bank.db     # again: nothing is loaded twice"
"$loadstone" load payments.ctl --target bank.db || test $? -eq 2
