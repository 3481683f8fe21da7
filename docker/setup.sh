#!/bin/sh
# Makes the organisation in the volume, once: its configuration, a certificate for its dashboard, and the configuration of
# one agent in /agents. Does nothing when the organisation is there. The administrator's password is printed once.
set -eu
umask 077
slug=${ATLAS_SLUG:-acme}
root=${ATLAS_FLEET_ROOT:-/var/lib/atlas-fleet}
broker=${ATLAS_BROKER_HOST:-broker}
if [ -e "$root/tenants/$slug/tenant.json" ]; then
  echo "setup: $slug is there already"
else
  password=$(openssl rand -hex 12)
  echo "$password" | atlas-fleet setup --yes --name "${ATLAS_NAME:-Acme Corp}" --slug "$slug" \
    --contact "${ATLAS_CONTACT:-admin@example.com}" --host "${ATLAS_LISTEN:-0.0.0.0}" --port "${ATLAS_PORT:-8768}" \
    --primary-color "${ATLAS_COLOR:-#00b894}" --broker-url "mqtts://$broker:${ATLAS_BROKER_PORT:-8883}" \
    --admin-user admin --admin-password-stdin >/dev/null
  echo "setup: $slug is made; log in as admin with the password $password"
fi

# The dashboard's certificate, signed by the fleet's own CA: one file to trust for both.
tls=$root/tenants/$slug/tls
if [ ! -e "$tls/dashboard.crt" ]; then
  mkdir -p "$tls"
  names=${ATLAS_DASHBOARD_NAMES:-DNS:localhost,DNS:service,IP:127.0.0.1}
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" >"$tls/names"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$slug dashboard" \
    -keyout "$tls/dashboard.key" -out "$tls/request" 2>/dev/null
  openssl x509 -req -in "$tls/request" -CA "$root/broker/certs/ca.crt" -CAkey "$root/broker/certs/ca.key" -CAcreateserial \
    -days 825 -extfile "$tls/names" -out "$tls/dashboard.crt" 2>/dev/null
  rm "$tls/request" "$tls/names"
  atlas-fleet org set "$slug" server.tls.certificate "$tls/dashboard.crt" server.tls.private_key "$tls/dashboard.key" >/dev/null
fi

if [ ! -e /agents/config.json ]; then
  atlas-fleet agent-config "$slug" --host "${ATLAS_HOST_ID:-docker-host}" -o /agents/config.json >/dev/null
fi
echo "setup: done"
