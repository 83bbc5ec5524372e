#!/usr/bin/env bash
# Lighthouse, as of a phone, over the demo portal: every page that matters scores at least 98 in all four.
# Needs node, npm and chromium; asks npm for Lighthouse. Usage: e2e/lighthouse.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-bin/parvis}
dir=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
export CHROME_PATH=${CHROME_PATH:-$(command -v chromium)}
npm install --silent --no-audit --no-fund --prefix "$dir" lighthouse@12.8.2
"$binary" import --data "$dir/data" demo >/dev/null 2>&1
"$binary" serve --data "$dir/data" --addr 127.0.0.1:8097 --metrics-addr off >"$dir/said" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs -o /dev/null http://127.0.0.1:8097/ && break; sleep 0.1; done
failed=0
for page in / /explore/ /explore/dataset/communes-gpseo/{information,table,analyze,export,api}/ /explore/dataset/pays-du-monde/map/ /explore/dataset/jours-feries/calendar/ /explore/dataset/globes/images/ /reuses/; do
  for try in 1 2 3; do # a trace is lost now and then
    "$dir/node_modules/.bin/lighthouse" "http://127.0.0.1:8097$page" --quiet --output=json --output-path="$dir/report.json" \
      --chrome-flags="--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking" --only-categories=performance,accessibility,best-practices,seo >/dev/null 2>&1 || true
    node -e 'process.exit(require(process.argv[1]).runtimeError ? 1 : 0)' "$dir/report.json" && break
  done
  node -e '
    const report = require(process.argv[1]), scores = Object.entries(report.categories).map(([name, c]) => [name, Math.round(c.score * 100)])
    console.log(process.argv[2], scores.map(s => s.join(" ")).join(", "))
    if (scores.every(([, n]) => n >= 98)) process.exit(0)
    for (const c of Object.values(report.categories)) for (const a of c.auditRefs) {
      const audit = report.audits[a.id]
      if (a.weight > 0 && audit.score !== null && audit.score < 0.9) console.log("   ", audit.title, audit.displayValue ?? "", JSON.stringify(audit.details?.items?.slice(0, 3) ?? ""))
    }
    process.exit(1)' "$dir/report.json" "$page" || failed=1
done
exit $failed
