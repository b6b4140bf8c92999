#!/bin/bash
# Installs from an archive with the network off, starts the platform, and asks it whether it is ready.
#
#   deploy/bundle/try.sh dist/jiceng-….tar.gz        as root, or where users may make network namespaces
#
# A network namespace of its own has no interface but the loopback.

set -euo pipefail
archive=$(realpath "$1")
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
tar --extract --gzip --file "$archive" -C "$work"

unshare --net bash -euo pipefail -c '
    ip link set lo up 2>/dev/null || true
    cd "$1"/jiceng-*
    ./install.sh "$1/installed"
    cd /
    "$1/installed/bin/jiceng" serve --demo --data "$1/data" --port 8399 > "$1/serve.log" 2>&1 &
    served=$!
    for _ in $(seq 120); do
        if "$1/installed/bin/python" -c "import urllib.request as r; r.urlopen(\"http://127.0.0.1:8399/readyz\")" 2>/dev/null
        then ready=1; break; fi
        sleep 1
    done
    [ "${ready:-}" = 1 ] || { cat "$1/serve.log"; exit 1; }
    "$1/installed/bin/jiceng" --data "$1/data" check
    "$1/installed/bin/jiceng" --data "$1/data" backup "$1/all.backup"
    kill -INT $served
    wait $served
' bash "$work"
echo "Installed and run without a network."
