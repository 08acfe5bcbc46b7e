#!/bin/sh
# Starts Redis with the users of users.acl, in the official image or wherever redis-server is on the PATH.
#
#   REDIS_PASSWORD=… QUEUE_PREFIX=dialgate docker/redis/start.sh --appendonly yes …
set -eu
: "${REDIS_PASSWORD:?}"
users=${TMPDIR:-/tmp}/users.acl
hash=$(printf %s "$REDIS_PASSWORD" | sha256sum | cut -d ' ' -f 1)
# A file of users may not have comments. The hash of a random password may be read by others.
sed -e '/^#/d' -e "s/HASH/$hash/" -e "s/PREFIX/${QUEUE_PREFIX:-dialgate}/g" "$(dirname "$0")/users.acl" > "$users"
unset REDIS_PASSWORD
# The image's own entry point gives root away, but only when it starts redis-server itself.
exec $(command -v docker-entrypoint.sh || true) redis-server --aclfile "$users" "$@"
