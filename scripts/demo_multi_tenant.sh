#!/usr/bin/env bash
# Three organisations on one machine, with real agents, in a throw-away folder: to look at, or (--check) to prove.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/common.sh

usage() {
  cat <<'HELP'
usage: scripts/demo_multi_tenant.sh [--check | --seconds N] [options]

Installs what is missing, builds, makes three organisations (Acme Corp, Beta Industries, Gamma Labs), starts the broker,
their services and two agents for each, prints the addresses, and waits. Ctrl-C stops everything and leaves nothing.

  --check          wait for nobody: prove that every dashboard shows its own two hosts with moving figures and nobody
                   else's, and that foreign credentials are refused; print what was seen; exit 0 or 1
  --seconds N      end after N seconds
  --ports A,B,C    ports of the three dashboards (8768,8769,8770); a taken one is replaced by the next free one
  --broker-port N  port of the broker (8883)
  --no-build       neither install nor build; use build/release as it is
  --keep           keep the folder with the configuration and the logs, and say where it is
HELP
}

slugs=(acme beta gamma)
names=("Acme Corp" "Beta Industries" "Gamma Labs")
colors=("#00ff00" "#00ffff" "#ff00ff")
hosts=("acme-web-1 acme-db-1" "beta-web-1 beta-db-1" "gamma-web-1 gamma-db-1")
ports=(8768 8769 8770)
broker_port=8883
check=0 seconds='' build=1 keep=0

while [ $# -gt 0 ]; do
  case "$1" in
    --check) check=1 ;;
    --seconds) [[ "${2:-}" =~ ^[0-9]+$ ]] || die "--seconds needs a number" 2; seconds=$2; shift ;;
    --ports)
      [[ "${2:-}" =~ ^[0-9]+,[0-9]+,[0-9]+$ ]] || die "--ports needs three numbers: --ports 8768,8769,8770" 2
      IFS=, read -r -a ports <<<"$2"; shift ;;
    --broker-port) [[ "${2:-}" =~ ^[0-9]+$ ]] || die "--broker-port needs a number" 2; broker_port=$2; shift ;;
    --no-build) build=0 ;;
    --keep) keep=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; die "unknown argument '$1'" 2 ;;
  esac
  shift
done

root=
up_pid=
agent_pids=()

running() { kill -0 "$1" 2>/dev/null; }

# stop PID…: SIGTERM, ten seconds, SIGKILL.
stop() {
  local pid deadline=$((SECONDS + 10))
  for pid in "$@"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "$@"; do
    while running "$pid" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
    if running "$pid"; then
      say "process $pid did not stop within 10 s; killing it"
      kill -KILL "$pid" 2>/dev/null || true
    fi
    wait "$pid" 2>/dev/null || true
  done
}

cleanup() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  if [ -n "$root" ]; then
    # The agents first, so that each can say that it stopped.
    [ ${#agent_pids[@]} -eq 0 ] || stop "${agent_pids[@]}"
    [ -z "$up_pid" ] || stop "$up_pid"
    if pgrep -f -- "$root/" >/dev/null; then
      say "still running, which is a fault:" >&2
      pgrep -fa -- "$root/" >&2
      code=1
    fi
    if [ "$keep" -eq 1 ]; then
      say "kept: $root"
    else
      rm -rf "$root"
    fi
    [ "$check" -eq 1 ] || say "stopped."
  fi
  exit "$code"
}
trap cleanup EXIT
# A person who types Ctrl-C gets what was promised: a clean end.
trap 'echo; exit 0' INT
trap 'exit 143' TERM HUP

if [ "$build" -eq 1 ]; then
  scripts/install-deps
  scripts/build release atlas_agent atlas_ingest atlas_fleet atlas_ui
fi
bin=$PWD/build/release/bin
for program in atlas-fleet atlas-ingest atlas-agent; do
  [ -x "$bin/$program" ] || die "$bin/$program is not there; run without --no-build"
done

root=$(mktemp -d "${TMPDIR:-/tmp}/atlas-demo.XXXXXX")
mkdir "$root/agents" "$root/logs" "$root/secrets"
export ATLAS_FLEET_ROOT=$root
fleet() { "$bin/atlas-fleet" "$@"; }

# fail MESSAGE: with the ends of the logs, which say why.
fail() {
  local log
  for log in "$root"/logs/*.log; do
    [ -s "$log" ] || continue
    printf -- '--- %s\n' "${log##*/}" >&2
    tail -n 15 "$log" >&2
  done
  die "$1"
}

# Whoever chooses ports holds this lock until its programs listen: two demos at a time do not choose the same ones.
exec 8<"${TMPDIR:-/tmp}"
flock -w 120 8 || die "another demo has been starting for two minutes; is it stuck?"
read -r -a chosen <<<"$(/usr/bin/python3 scripts/lib/free_ports.py "${ports[@]}" "$broker_port")"
wanted=("${ports[@]}" "$broker_port")
for i in "${!wanted[@]}"; do
  [ "${chosen[i]}" = "${wanted[i]}" ] || say "port ${wanted[i]} is taken; using ${chosen[i]}"
done
ports=("${chosen[@]:0:3}")
broker_port=${chosen[3]}

say "${bold}making three organisations${plain} in $root"
for i in 0 1 2; do
  slug=${slugs[i]}
  openssl rand -hex 10 >"$root/secrets/$slug.password"
  fleet setup --yes --name "${names[i]}" --slug "$slug" --contact "admin@$slug.example" --port "${ports[i]}" \
    --title "${names[i]} Fleet" --primary-color "${colors[i]}" --report-interval 1 \
    --broker-url "mqtts://localhost:$broker_port" --admin-user admin --admin-password-stdin \
    <"$root/secrets/$slug.password" >"$root/logs/setup-$slug.log" 2>&1 || fail "setup of ${names[i]} failed"
  fleet token api "$slug" --role viewer >"$root/secrets/$slug.token" 2>>"$root/logs/setup-$slug.log" ||
    fail "making an API token for ${names[i]} failed"
  for host in ${hosts[i]}; do
    fleet agent-config "$slug" --host "$host" -o "$root/agents/$host.json" >"$root/logs/setup-$host.log" 2>&1 ||
      fail "the configuration of $host failed"
  done
done

# In sessions of their own: Ctrl-C reaches this script alone, which then stops them in order.
setsid "$bin/atlas-fleet" up >"$root/logs/up.log" 2>&1 8<&- </dev/null &
up_pid=$!
for i in 0 1 2; do
  deadline=$((SECONDS + 30))
  until curl --noproxy '*' -fsS -m 5 -o /dev/null "http://127.0.0.1:${ports[i]}/readyz" 2>/dev/null; do
    running "$up_pid" || fail "atlas-fleet up ended"
    [ "$SECONDS" -lt "$deadline" ] || fail "${names[i]} was not ready within 30 s"
    sleep 0.1
  done
done
flock -u 8
exec 8<&-

for file in "$root"/agents/*.json; do
  host=$(basename "$file" .json)
  setsid "$bin/atlas-agent" --config "$file" >"$root/logs/agent-$host.log" 2>&1 </dev/null &
  agent_pids+=($!)
done

if [ "$check" -eq 1 ]; then
  specification=()
  for i in 0 1 2; do
    specification+=("${slugs[i]}|${names[i]}|${ports[i]}|${colors[i]}|${hosts[i]}")
  done
  timeout -k 5 120 /usr/bin/python3 scripts/lib/demo_check.py "$root" "$broker_port" "${specification[@]}" ||
    fail "the check failed; see above"
  say "${green}demo: everything is as it should be${plain}"
  exit 0
fi

say
for i in 0 1 2; do
  printf '  %s%-16s%s http://127.0.0.1:%s/dashboard   user admin, password %s\n' "$bold" "${names[i]}" "$plain" \
    "${ports[i]}" "$(cat "$root/secrets/${slugs[i]}.password")"
done
say
say "An API token for scripts:  $bin/atlas-fleet --root $root token api acme --role viewer"
say "The log of everything:     $root/logs/up.log"
if [ -n "$seconds" ]; then
  say "Ends in $seconds seconds; Ctrl-C ends it now."
else
  say "Ctrl-C ends it and removes every trace."
fi

end=$((SECONDS + ${seconds:-0}))
while [ -z "$seconds" ] || [ "$SECONDS" -lt "$end" ]; do
  running "$up_pid" || fail "atlas-fleet up ended"
  # The wait, unlike the sleep alone, ends at once with a signal.
  sleep 0.5 &
  wait $!
done
