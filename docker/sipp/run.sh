#!/bin/sh
# The callees, reachable by the other containers. One line per call is written to invites.log (see README.md).
set -eu
address=$(hostname -i | cut -d ' ' -f 1)
cd /tmp
exec sipp -sf /opt/dialgate/sipp/uas-by-number.xml -i "$address" -mi "$address" -p 5070 -min_rtp_port 6000 \
  -nostdin -aa -rtp_echo -trace_logs -log_file /tmp/invites.log
