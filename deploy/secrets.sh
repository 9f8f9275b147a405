#!/usr/bin/env bash
# Writes what docker-compose.yml reads as secrets: once, with fresh random values; what is there already stays.
#   deploy/secrets.sh            for one EventStoreDB node (profiles live, both, backtest)
#   deploy/secrets.sh cluster    for the three nodes of the profile cluster
# Only the address of the log follows from one to the other, where it is still as this script wrote it.
set -euo pipefail
cd "$(dirname "$0")"
umask 077

single='esdb://eventstore:2113?tls=false'
# The nodes begin with this password: change it there (and here) before money does.
nodes='esdb+discover://admin:changeit@eventstore-1:2113,eventstore-2:2113,eventstore-3:2113?tls=true&tlsCAFile=/certificates/ca/ca.crt'
case "$#:${1:-}" in
  0:) wanted=$single other=$nodes name='the single node' other_name='the three nodes' ;;
  1:cluster) wanted=$nodes other=$single name='the three nodes' other_name='the single node' ;;
  *)
    echo 'usage: deploy/secrets.sh [cluster]' >&2
    exit 2
    ;;
esac

mkdir -p secrets recordings
# The app's own user reads these in its container, and has another number there.
chmod 0755 recordings
random() { head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '='; }
put() { # <file>: writes what it is given
  rm -f "secrets/$1"
  cat > "secrets/$1"
  # Readable to the app's own user as well; the folder is closed to everybody.
  chmod 0444 "secrets/$1"
}
keep() { # <file>: writes what it is given, unless the file is there
  if [ -s "secrets/$1" ]; then
    cat > /dev/null
  else
    put "$1"
    echo "wrote deploy/secrets/$1"
  fi
}
names() { # <address> <address>: whether a host of the one is a host of the other
  case "$2" in
    *eventstore-1:*) [[ $1 == *eventstore-[123]:* ]] ;;
    *) [[ $1 =~ (//|@)eventstore(:|\?|/|$) ]] ;;
  esac
}
log_address() {
  local there
  [ -s secrets/log_url ] || { echo "$wanted" | keep log_url; return; }
  there=$(head -n 1 secrets/log_url)
  if [ "$there" = "$other" ]; then
    echo "$wanted" | put log_url
    echo "deploy/secrets/log_url names $name now, not $other_name: its log is another one, and what the"
    echo "other holds stays where it is ('daybook log copy' brings it along)."
  elif names "$there" "$wanted"; then
    return
  elif names "$there" "$other"; then
    echo "deploy/secrets/log_url names $other_name, with a setting of its own, and $name were asked for." >&2
    echo 'Remove it, and the same command writes the other address.' >&2
    exit 1
  else
    echo "deploy/secrets/log_url names a server elsewhere: it stays, and $name would be started for nothing."
  fi
}

log_address
random 24 | keep postgres_password
printf 'postgres://daybook:%s@postgres:5432/daybook\n' "$(cat secrets/postgres_password)" | keep database_url
printf 'dbk_%s_%s\n' "$(head -c 512 /dev/urandom | LC_ALL=C tr -dc 'a-z0-9' | head -c 8)" "$(random 32)" | keep first_key
