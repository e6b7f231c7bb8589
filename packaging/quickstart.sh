#!/usr/bin/env bash
# From a fresh clone to answered decisions: installs what the build needs, builds, starts a gateway on
# packaging/examples and a sidecar against it, asks, stops the gateway, asks again. Stays up until Ctrl-C.
#   packaging/quickstart.sh [--once]      --once: ends after the questions
set -euo pipefail
cd "$(dirname "$0")/.."

once=no
case "${1:-}" in
  '') ;;
  --once) once=yes ;;
  *)
    echo "usage: packaging/quickstart.sh [--once]" >&2
    exit 2
    ;;
esac

examples=packaging/examples
guardian=build-release/cmd/guardian
step_number=0
gateway_pid=''
sidecar_pid=''
state=$(mktemp -d)

step() {
  step_number=$((step_number + 1))
  printf '\n%s. %s\n' "$step_number" "$1"
}

stop() {
  if [[ -n $1 ]]; then
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
  fi
}

clean_up() {
  stop "$sidecar_pid"
  stop "$gateway_pid"
  rm -rf "$state"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "FAILED: $1" >&2
  for log in "$state"/*.log; do
    if [[ -s $log ]]; then
      echo "--- the end of $(basename "$log"):" >&2
      tail -n 20 "$log" >&2
    fi
  done
  exit 1
}

# Waits up to 30 s for a command to succeed.
wait_until() {
  local what=$1
  shift
  for _ in {1..300}; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  fail "$what did not happen within 30 s"
}

start_gateway() {
  rm -f "$state/gateway.port"
  "$guardian" gateway --dir "$examples" --key "$state/signing-key.pem" --trust-root "$state/trust-root.json" \
    --audit-dir "$state/events" \
    --port "$1" --port-file "$state/gateway.port" >>"$state/gateway.log" 2>&1 &
  gateway_pid=$!
  wait_until "the gateway's start" test -s "$state/gateway.port"
}

# A member of the JSON object on standard input, as text.
member() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1], ""))' "$1"; }

# ask <request file> <expected decision> <expected rule>
ask() {
  local answer
  echo "   POST /enforce < $examples/requests/$1"
  answer=$(curl -sS --fail-with-body --max-time 10 -H 'Content-Type: application/json' \
    --data-binary "@$examples/requests/$1" "$url/enforce") || fail "POST /enforce gave no answer: ${answer:-}"
  echo "   $answer"
  if [[ $(member decision <<<"$answer") != "$2" || $(member rule <<<"$answer") != "$3" ]]; then
    fail "expected decision $2 by rule $3"
  fi
}

gateway_is_away() { [[ $(curl -sS --max-time 10 "$url/health" | member gatewayReachable) == False ]]; }

step 'Packages'
packaging/install-deps.sh | sed 's/^/   /'

step 'A release build in build-release (the first one takes a few minutes)'
meson=meson
if [[ -x /usr/bin/meson ]]; then meson=/usr/bin/meson; fi
# A warning that some later compiler invents must not keep anybody from trying this.
if [[ ! -f build-release/build.ninja ]]; then
  "$meson" setup build-release --buildtype=release -Dtests=false -Dwerror=false >"$state/build.log" 2>&1 ||
    fail 'meson setup'
fi
progress() {
  if [[ ! -t 1 ]]; then
    cat >/dev/null
    return
  fi
  local line
  while read -r line; do
    if [[ $line =~ ^\[[0-9]+/[0-9]+\] ]]; then printf '\r   %s ' "${BASH_REMATCH[0]}"; fi
  done
  printf '\r'
}
ninja -C build-release 2>&1 | tee "$state/build.log" | progress || fail 'the build'
echo "   $("$guardian" --version)"

# Only what this script gives decides; nothing that the caller's environment happens to hold.
unset MODE PORT HOST CACHE_DIR TRUST_ROOT BUNDLE_URL BUNDLE_TOKEN SIDECAR_ID BUNDLE_SYNC_INTERVAL ENFORCE_EXPIRY
unset ADMIN_TOKEN_FILE CREDENTIALS_DIRECTORY LOG_FORMAT LOG_LEVEL
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

step 'A signing key, and a trust root that says sidecars may believe it'
"$guardian" keys generate --type ed25519 -o "$state/signing-key.pem" | sed 's/^/   /'
"$guardian" keys root --key "$state/signing-key.pem" --expires 365d -o "$state/trust-root.json" | sed 's/^/   /'

step "The gateway: signs the policies of $examples and serves them"
ADMIN_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export ADMIN_TOKEN
start_gateway 0
gateway_port=$(<"$state/gateway.port")
echo "   guardian gateway on http://127.0.0.1:$gateway_port"

step 'The sidecar: fetches the bundle, verifies it, decides'
GATEWAY_URL=http://127.0.0.1:$gateway_port TRUST_ROOT=$state/trust-root.json CACHE_DIR=$state/cache \
  BUNDLE_SYNC_INTERVAL=2 "$guardian" serve --port 0 --port-file "$state/sidecar.port" >"$state/sidecar.log" 2>&1 &
sidecar_pid=$!
wait_until "the sidecar's start" test -s "$state/sidecar.port"
url=http://127.0.0.1:$(<"$state/sidecar.port")
wait_until 'the first sync' curl -sS --fail --max-time 10 "$url/readyz"
echo "   guardian serve on $url"

step 'A support bot writes to a colleague: allowed'
ask allowed.json allow allow-email

step 'The same bot writes to somebody outside: denied'
ask denied.json deny deny-external-email

step 'The gateway stops; the sidecar goes on deciding from its verified bundle'
stop "$gateway_pid"
gateway_pid=''
wait_until 'the sidecar noticing that the gateway is away' gateway_is_away
echo "   GET /health"
echo "   $(curl -sS --max-time 10 "$url/health")"
ask allowed.json allow allow-email
ask denied.json deny deny-external-email

if [[ $once == yes ]]; then
  printf '\nAll answers were as expected.\n'
  exit 0
fi

start_gateway "$gateway_port"
cat <<NEXT

All answers were as expected. The gateway is up again, and everything stays up until Ctrl-C. To try next:

  several actions at once     curl -s $url/enforce/batch -d @$examples/requests/batch.json
  why was that                curl -s $url/enforce -d @$examples/requests/explained.json
  a refund that is too large  curl -s $url/enforce -d @$examples/requests/needs-approval.json
  how the sidecar is          $guardian health --url $url
  the same without a server   $guardian eval --policies $examples --agent agent_deploy7 \\
                                --action deploy:service --resource production/shop --explain
  change a policy             edit a file in $examples/policies: the answer changes within seconds
  what was decided            tail -f $state/sidecar.log

NEXT
wait "$sidecar_pid" || true
fail 'the sidecar ended by itself'
