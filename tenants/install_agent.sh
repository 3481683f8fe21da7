#!/bin/sh
# Makes this machine a host of an Atlas Fleet and starts its agent; 'sh <this file> --help' tells more.
# One file for any number of machines. When a token is in it, whoever has the file can add hosts until the token expires.
set -eu
umask 077

org_id='@ORG_ID@'
org_name='@ORG_NAME@'
server_url='@SERVER_URL@'
token='@TOKEN@'
short_id='@SHORT_ID@'
unit="atlas-agent-$short_id.service"
label="com.atlas.fleet.agent.$org_id"

# The CA of the server's certificate; empty when it is one that machines trust anyway.
server_ca() {
  cat <<'END_OF_CA'
@SERVER_CA@
END_OF_CA
}

usage() {
  cat <<END
usage: sh $0 [--host-id ID] [--token-stdin] [--agent FILE] [--dry-run] [--uninstall] [--help]

Makes this machine a host of $org_name ($org_id):
enrols it at $server_url, installs the agent and starts it.

  --host-id ID   the machine's name in the fleet; else its short host name
  --token-stdin  read the enrolment token from standard input; else the one in
                 this file, else ATLAS_ENROLL_TOKEN in the environment, else it
                 is asked for
  --agent FILE   the atlas-agent program; else the one beside this script, else
                 the one on the PATH, else it is fetched from the server
  --dry-run      say each step and change nothing
  --uninstall    stop the agent and take away what an installation has put here
  --help

As root on Linux it becomes the systemd unit $unit.
As another user on Linux it becomes a unit of that user, on macOS a LaunchAgent
named $label.
Agents of other organisations on this machine are left alone.
END
}

say() { printf '%s\n' "$*"; }
die() {
  printf 'install-agent: %s\n' "$1" >&2
  exit "${2:-1}"
}
# What would stop an installation is only told in a dry run.
lacking() {
  [ "$dry_run" = yes ] || die "$1"
  say "note: $1"
}
run() {
  if [ "$dry_run" = yes ]; then
    say "would run: $*"
  else
    "$@"
  fi
}
# put FILE MODE: standard input becomes the file, in one move.
put() {
  if [ "$dry_run" = yes ]; then
    cat >/dev/null
    say "would write: $1 (mode $2)"
    return
  fi
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv -f "$1.new" "$1"
  say "wrote $1"
}
# make_folder FOLDER MODE
make_folder() {
  [ ! -d "$1" ] || return 0
  if [ "$dry_run" = yes ]; then
    say "would make the folder: $1 (mode $2)"
    return
  fi
  # Folders above it are made for everyone to pass, as others may need them.
  (umask 022 && mkdir -p "$1")
  chmod "$2" "$1"
}
# take_away FILE-OR-FOLDER…
take_away() {
  for gone in "$@"; do
    [ -e "$gone" ] || continue
    found_any=yes
    run rm -rf "$gone"
    [ "$dry_run" = yes ] || say "removed $gone"
  done
}
remove_if_empty() { [ "$dry_run" = yes ] || rmdir "$1" 2>/dev/null || true; }
# In an XML text.
xml() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }
# In a systemd unit, where % begins a specifier.
unit_text() { printf '%s' "$1" | sed 's/%/%%/g'; }

dry_run=no
uninstall=no
agent=
host_id=
while [ $# -gt 0 ]; do
  case $1 in
    --agent)
      [ $# -ge 2 ] || die "--agent needs a file; see --help" 2
      agent=$2
      shift
      ;;
    --agent=*) agent=${1#--agent=} ;;
    --host-id)
      [ $# -ge 2 ] || die "--host-id needs an id; see --help" 2
      host_id=$2
      shift
      ;;
    --host-id=*) host_id=${1#--host-id=} ;;
    --token-stdin) token=$(head -n 1) ;;
    --dry-run) dry_run=yes ;;
    --uninstall) uninstall=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown argument '$1'; see --help" 2 ;;
  esac
  shift
done

system=$(uname -s)
user_id=$(id -u)
case $system in
  Linux)
    if [ "$user_id" -eq 0 ]; then kind=system; else kind=user; fi
    ;;
  Darwin)
    kind=mac
    [ "$user_id" -ne 0 ] || lacking "run it without sudo, as the user who logs in: a LaunchAgent belongs to a user"
    ;;
  *) die "the agent runs on Linux and macOS, and this is $system" ;;
esac
if [ "$kind" = system ]; then
  config_dir=/etc/atlas-fleet/agent-$org_id
  program_dir=/usr/local/lib/atlas-fleet/agent-$org_id
  unit_file=/etc/systemd/system/$unit
else
  [ -n "${HOME:-}" ] || die "HOME is not set: there is no place for the agent's files"
  config_dir=$HOME/.fleet-agent/$org_id
  program_dir=$config_dir
  unit_file=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/$unit
fi
config=$config_dir/config.json
state=atlas-fleet-agent-$org_id
# Where the agent keeps the passwords that it is given later; nothing: beside its configuration.
state_dir=
[ "$kind" != system ] || state_dir=/var/lib/$state
[ -n "$host_id" ] || host_id=$(hostname | cut -d. -f1)
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
plist=${HOME:-}/Library/LaunchAgents/$label.plist

# systemd's own command, for the machine or for this user.
control() {
  if [ "$kind" = system ]; then
    run systemctl "$@"
  else
    run systemctl --user "$@"
  fi
}

stop_mac() {
  run launchctl bootout "gui/$user_id/$label" 2>/dev/null ||
    run launchctl bootout "user/$user_id/$label" 2>/dev/null || true
}

start_mac() {
  if [ "$dry_run" = yes ]; then
    run launchctl bootstrap "gui/$user_id" "$plist"
    return
  fi
  for _ in 1 2 3 4 5; do
    # Without a desktop session, as over ssh, the user's own domain takes it.
    for domain in gui user; do
      if launchctl bootstrap "$domain/$user_id" "$plist" 2>/dev/null; then return; fi
    done
    # An agent that was stopped just now may still be leaving.
    sleep 1
  done
  die "launchctl did not take $plist"
}

remove() {
  found_any=no
  if [ "$kind" = mac ]; then
    [ ! -e "$plist" ] || stop_mac
    take_away "$plist"
  elif [ -e "$unit_file" ]; then
    control disable --now "$unit" || say "note: systemctl could not stop $unit; its files are removed nevertheless"
    take_away "$unit_file"
    control daemon-reload || true
  fi
  take_away "$config_dir"
  [ "$kind" != system ] || take_away "/var/lib/private/$state" "$state_dir"
  [ "$program_dir" = "$config_dir" ] || take_away "$program_dir"
  remove_if_empty "${config_dir%/*}"
  [ "$kind" != system ] || remove_if_empty "${program_dir%/*}"
  if [ "$found_any" = no ]; then
    say "no agent of $org_name ($org_id) is installed here"
  elif [ "$dry_run" = yes ]; then
    say "This was a dry run: nothing has changed."
  else
    say "The agent of $org_name ($org_id) is gone from this machine."
  fi
}

# A folder of our own, for what is needed only now.
make_work() { [ -n "$work" ] || work=$(mktemp -d); }

# Sets `ca` to a file with the CA of the server's certificate, or to nothing.
find_ca() {
  ca=
  server_ca | grep -q BEGIN || return 0
  make_work
  ca=$work/server-ca.crt
  server_ca >"$ca"
}

# fetch NAME FILE: from the server, whose certificate is checked.
fetch() {
  find_ca
  if command -v curl >/dev/null 2>&1; then
    curl -fsS ${ca:+--cacert "$ca"} -o "$2" "$server_url/api/v1/agent/$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q ${ca:+--ca-certificate="$ca"} -O "$2" "$server_url/api/v1/agent/$1"
  else
    die "there is neither curl nor wget: install one, or put the atlas-agent program beside this script"
  fi
}

checksum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

fetch_agent() {
  name=atlas-agent-$system-$(uname -m)
  make_work
  fetch SHA256SUMS "$work/sums" || die "$server_url cannot be reached, or its certificate is not the right one"
  wanted=$(sed -n "s/  $name\$//p" "$work/sums")
  [ -n "$wanted" ] || die "$server_url has no agent for $system on $(uname -m): put an atlas-agent program beside this script or name it with --agent FILE"
  source=$work/atlas-agent
  fetch "$name" "$source" || die "$name cannot be fetched from $server_url"
  [ "$(checksum "$source")" = "$wanted" ] || die "$name was damaged on its way: its checksum is another than the server's"
  chmod 755 "$source"
  say "fetched $name from $server_url"
}

# Leaves the agent's configuration in $config, with this host's own password.
enroll() {
  if [ "$dry_run" = yes ]; then
    say "would enrol at $server_url as host '$host_id'"
    say "would write: $config (mode 600)"
    return
  fi
  [ -n "$token" ] || token=${ATLAS_ENROLL_TOKEN:-}
  [ -n "$token" ] || ask_token
  find_ca
  # Through a pipe: an argument list can be read by everyone on this machine.
  printf '%s\n' "$token" | STATE_DIRECTORY=$state_dir "$program" --enroll "$server_url" ${ca:+--ca-file "$ca"} --host-id "$host_id" \
    --token-file - --config "$config" || die "this machine did not become a host"
}

ask_token() {
  if ! { : </dev/tty; } 2>/dev/null; then
    die "no enrolment token was given: --token-stdin reads it from standard input"
  fi
  printf 'Enrolment token: ' >/dev/tty
  stty -echo </dev/tty
  IFS= read -r token </dev/tty || token=
  stty echo </dev/tty
  printf '\n' >/dev/tty
  [ -n "$token" ] || die "no enrolment token was given"
}

# Sets `source`, the program to install, and `program`, where it will be.
find_agent() {
  here=$(dirname "$0")
  program=$program_dir/atlas-agent
  if [ -n "$agent" ]; then
    source=$agent
  elif [ -f "$here/atlas-agent" ]; then
    source=$here/atlas-agent
  elif command -v atlas-agent >/dev/null 2>&1; then
    source=$(command -v atlas-agent)
    # A program that a package or an administrator has installed is kept up to date there.
    case $source in /usr/bin/* | /usr/local/bin/* | /opt/homebrew/bin/*) program=$source ;; esac
  elif [ "$dry_run" = yes ]; then
    say "would fetch: $server_url/api/v1/agent/atlas-agent-$system-$(uname -m)"
    source=atlas-agent
    return
  else
    fetch_agent
  fi
  if [ ! -f "$source" ]; then
    lacking "there is no file $source"
  elif ! version=$("$source" --version 2>&1); then
    lacking "$source does not run on this machine: $(printf '%s' "$version" | head -n 1)"
  fi
}

install_program() {
  [ "$source" != "$program" ] || return 0
  make_folder "$program_dir" "$1"
  if [ "$dry_run" = yes ]; then
    say "would copy: $source to $program"
  else
    # A running program cannot be overwritten, but it can be replaced.
    cp "$source" "$program.new"
    chmod 755 "$program.new"
    mv -f "$program.new" "$program"
    say "copied $source to $program"
  fi
}

system_unit() {
  cat <<END
[Unit]
Description=Atlas Fleet agent of $(unit_text "$org_name")
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=$program --config \${CREDENTIALS_DIRECTORY}/config.json
Restart=always
RestartSec=5
# A mistake in the configuration does not go away by itself.
RestartPreventExitStatus=2

# It runs as a user of its own that exists only while it runs; systemd hands it the configuration, which only
# root can read.
DynamicUser=yes
LoadCredential=config.json:$config
# For the passwords that it is given later.
StateDirectory=$state
StateDirectoryMode=0700
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
# Not "yes": filesystems mounted below /home are to be measured as well.
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
MemoryMax=128M
TasksMax=32

[Install]
WantedBy=multi-user.target
END
}

# A user's systemd cannot set up the walls that the machine's can.
user_unit() {
  cat <<END
[Unit]
Description=Atlas Fleet agent of $(unit_text "$org_name")

[Service]
Type=exec
ExecStart="$(unit_text "$program")" --config "$(unit_text "$config")"
Restart=always
RestartSec=5
# A mistake in the configuration does not go away by itself.
RestartPreventExitStatus=2
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=default.target
END
}

# Sees that it keeps running: what is wrong shows within a second or two.
watch_start() {
  [ "$dry_run" = no ] || return 0
  for _ in 1 2 3; do
    sleep 1
    control is-active --quiet "$unit" || {
      journal="journalctl -n 20 -u $unit"
      [ "$kind" = system ] || journal="journalctl --user -n 20 --user-unit $unit"
      die "$unit does not keep running; '$journal' tells why"
    }
  done
}

check_systemd() {
  absent="systemd does not run this machine: start 'atlas-agent --config FILE' under what does; 'atlas-fleet agent-config' writes the file"
  if ! command -v systemctl >/dev/null 2>&1; then
    lacking "$absent"
  elif [ "$kind" = user ]; then
    systemctl --user show-environment >/dev/null 2>&1 ||
      if [ -d /run/systemd/system ]; then
        lacking "systemd has no session for this user: log in as the user (not with su), or run this as root"
      else
        lacking "$absent"
      fi
  elif ! systemctl show-environment >/dev/null 2>&1; then
    lacking "$absent"
  else
    version=$(systemctl --version | sed -n '1s/^[^0-9]*\([0-9][0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 247 ] || lacking "systemd 247 or newer is needed, and this is ${version:-an unknown one}"
  fi
}

install_linux() {
  check_systemd
  find_agent
  if [ "$kind" = system ]; then install_program 755; else install_program 700; fi
  make_folder "$config_dir" 700
  enroll
  make_folder "${unit_file%/*}" 755
  if [ "$kind" = system ]; then
    system_unit | put "$unit_file" 644
  else
    user_unit | put "$unit_file" 644
  fi
  control daemon-reload
  control enable "$unit"
  control restart "$unit"
  if [ "$kind" = user ]; then
    # Else the agent would stop when its user logs out.
    run loginctl enable-linger || say "note: the agent stops when you log out; an administrator can change that with 'loginctl enable-linger $(id -un)'"
  fi
  watch_start
}

launch_agent() {
  cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>$label</string>
  <key>ProgramArguments</key>
  <array>
    <string>$(xml "$program")</string>
    <string>--config</string>
    <string>$(xml "$config")</string>
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>$(xml "$config_dir")/agent.log</string>
</dict>
</plist>
END
}

install_mac() {
  command -v launchctl >/dev/null 2>&1 || lacking "there is no launchctl on the PATH"
  find_agent
  install_program 700
  make_folder "$config_dir" 700
  enroll
  make_folder "${plist%/*}" 755
  stop_mac
  launch_agent | put "$plist" 644
  start_mac
}

if [ "$uninstall" = yes ]; then
  remove
  exit 0
fi
say "Atlas Fleet agent: host '$host_id' of $org_name ($org_id)"
if [ "$kind" = mac ]; then install_mac; else install_linux; fi
if [ "$dry_run" = yes ]; then
  say "This was a dry run: nothing has changed."
else
  say "The agent runs; this machine shows as '$host_id' at $server_url/dashboard."
fi
