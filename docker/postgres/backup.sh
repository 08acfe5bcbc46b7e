#!/bin/sh
# Dumps the database of DATABASE_URL into BACKUP_DIRECTORY (/backups), readable by its owner only, keeping the last BACKUP_KEEP dumps:
# every BACKUP_HOURS hours, or one time with `turn`, for a timer. `once FILE` makes one dump and nothing else. A dump that fails is
# said, and tried again after a minute or by the next turn; what is there is never touched by it.
set -eu
umask 077

# A dump has its name only when it is whole.
dump() {
  pg_dump --format=custom --file="$1.part" "$DATABASE_URL" && pg_restore --list "$1.part" > /dev/null && mv "$1.part" "$1"
}

# One more dump, and the oldest away.
turn() {
  directory=${BACKUP_DIRECTORY:-/backups}
  file=$directory/dialgate-$(date -u +%Y%m%dT%H%M%SZ).dump
  if ! dump "$file"; then
    echo 'Backup failed' >&2
    rm -f "$file.part"
    return 1
  fi
  echo "Backup written: $file"
  ls -1 "$directory"/dialgate-*.dump | sort -r | tail -n "+$((BACKUP_KEEP + 1))" | while read -r old; do rm -f "$old"; done
}

case "${1:-}" in
  once) dump "$2"; exit ;;
  turn) turn; exit ;;
esac
trap 'exit 0' INT TERM
while :; do
  if turn; then pause=$((BACKUP_HOURS * 3600)); else pause=60; fi
  sleep "$pause" & wait $!
done
