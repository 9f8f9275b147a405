#!/usr/bin/env bash
# Writes what docker-compose.yml reads as secrets: once, with fresh random values; what is there already stays.
#   deploy/secrets.sh            for one EventStoreDB node (profiles live, both, backtest)
#   deploy/secrets.sh cluster    for the three nodes of the profile cluster
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets recordings
random() { head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '='; }
keep() { # <file>: writes what it is given, unless the file is there
  if [ -s "secrets/$1" ]; then
    cat > /dev/null
  else
    cat > "secrets/$1"
    # Readable to the app's own user, whose number in the container is another; the folder is closed to everybody.
    chmod 0444 "secrets/$1"
    echo "wrote deploy/secrets/$1"
  fi
}
random 24 | keep postgres_password
printf 'postgres://daybook:%s@postgres:5432/daybook\n' "$(cat secrets/postgres_password)" | keep database_url
printf 'dbk_%s_%s\n' "$(head -c 512 /dev/urandom | LC_ALL=C tr -dc 'a-z0-9' | head -c 8)" "$(random 32)" | keep first_key
case "${1:-}" in
  '') echo 'esdb://eventstore:2113?tls=false' | keep log_url ;;
  cluster)
    # The nodes begin with this password: change it there (and here) before money does.
    echo 'esdb+discover://admin:changeit@eventstore-1:2113,eventstore-2:2113,eventstore-3:2113?tls=true&tlsCAFile=/certificates/ca/ca.crt' | keep log_url
    ;;
  *)
    echo "usage: deploy/secrets.sh [cluster]" >&2
    exit 2
    ;;
esac
