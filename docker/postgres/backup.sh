#!/bin/sh
# Dumps the database of DATABASE_URL into /backups, readable by its owner only: once with `once FILE`, else every BACKUP_HOURS hours,
# keeping the last BACKUP_KEEP dumps. A dump that fails is said and tried again after a minute; what is there is never touched by it.
set -eu
umask 077

# A dump has its name only when it is whole.
dump() {
  pg_dump --format=custom --file="$1.part" "$DATABASE_URL" && pg_restore --list "$1.part" > /dev/null && mv "$1.part" "$1"
}

if [ "${1:-}" = once ]; then
  dump "$2"
  exit
fi
trap 'exit 0' INT TERM
while :; do
  file=/backups/dialgate-$(date -u +%Y%m%dT%H%M%SZ).dump
  if dump "$file"; then
    echo "Backup written: $file"
    ls -1 /backups/dialgate-*.dump | sort -r | tail -n "+$((BACKUP_KEEP + 1))" | while read -r old; do rm -f "$old"; done
    pause=$((BACKUP_HOURS * 3600))
  else
    echo 'Backup failed' >&2
    rm -f "$file.part"
    pause=60
  fi
  sleep "$pause" & wait $!
done
