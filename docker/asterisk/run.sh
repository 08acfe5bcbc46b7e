#!/bin/sh
# Fills in the configuration (see README.md) and becomes Asterisk.
set -eu
: "${ARI_USERNAME:?is not set}" "${ARI_PASSWORD:?is not set}"

# A value that sed or Asterisk would read as more than text is refused rather than quoted.
case "$ARI_USERNAME$ARI_PASSWORD" in
  *[!A-Za-z0-9_.~-]*) echo 'ARI_USERNAME and ARI_PASSWORD may have letters, digits, _ . ~ and - only' >&2; exit 1 ;;
esac

umask 077
run=/tmp/asterisk
mkdir -p "$run/etc" "$run/state/run" "$run/state/log" "$run/state/spool" "$run/state/keys"
modules=$(dirname "$(find /usr/lib -name res_ari.so -path '*/asterisk/modules/*' | head -n 1)")

# The address and not the name: with a name PJSIP asks the name server itself at the first call, and where that had no way to the
# internet, the answer took 25 s.
trunk=${TRUNK_ADDRESS:-sipp}
address=$(getent ahostsv4 "$trunk" | head -n 1 | cut -d ' ' -f 1)

for template in /opt/dialgate/asterisk/*.conf; do
  sed -e "s|{{ETC_DIRECTORY}}|$run/etc|" -e "s|{{STATE_DIRECTORY}}|$run/state|" \
    -e "s|{{MODULES_DIRECTORY}}|$modules|" -e 's|{{DATA_DIRECTORY}}|/usr/share/asterisk|' \
    -e 's|{{ARI_ADDRESS}}|0.0.0.0|' -e 's|{{ARI_PORT}}|8088|' \
    -e "s|{{ARI_USERNAME}}|$ARI_USERNAME|" -e "s|{{ARI_PASSWORD}}|$ARI_PASSWORD|" \
    -e 's|{{SIP_ADDRESS}}|0.0.0.0|' -e 's|{{SIP_PORT}}|5060|' \
    -e "s|{{TRUNK_ADDRESS}}|${address:-$trunk}|" -e 's|{{TRUNK_PORT}}|5070|' -e 's|{{DEAD_PORT}}|5079|' \
    -e "s|{{ENTITY_ID}}|${ENTITY_ID:-02:00:00:00:00:01}|" \
    -e 's|{{TIMER_T1_MS}}|500|' -e 's|{{TIMER_B_MS}}|32000|' \
    "$template" > "$run/etc/$(basename "$template")"
done
if grep -l '{{' "$run"/etc/*.conf; then
  echo 'these files have a placeholder without a value' >&2
  exit 1
fi

exec asterisk -f -C "$run/etc/asterisk.conf"
