#!/usr/bin/env bash
# Plays the conformance cases (run.py, cases.json and portal/ in $PARVIS_CONFORMANCE) against the built binary.
set -euo pipefail
cd "$(dirname "$0")/.."
cases="${PARVIS_CONFORMANCE:-../conformance}"
if [ ! -f "$cases/run.py" ]; then
  echo "conformance: skipped, there are no cases at $cases (set PARVIS_CONFORMANCE)"
  exit 0
fi

work=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT
bin/parvis import --data "$work/data" "$cases/portal" >"$work/import.log" || { cat "$work/import.log"; exit 1; }
key=$(bin/parvis apikey create --data "$work/data" --label conformance | tail -1)
port=$((20000 + RANDOM % 20000))
bin/parvis serve --data "$work/data" --addr "127.0.0.1:$port" --metrics-addr off >"$work/serve.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1).close()" 2>/dev/null && break
  sleep 0.1
done
python3 "$cases/run.py" --base "http://127.0.0.1:$port" --key "CVKEY=$key" --due engine --list-failures
