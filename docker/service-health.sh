#!/bin/sh
# Healthy when /readyz says so: subscribed at the broker and the store writable. The certificate may name the outside only.
exec curl --silent --fail --insecure --noproxy '*' --max-time 4 --output /dev/null "https://127.0.0.1:$ATLAS_PORT/readyz"
