#!/usr/bin/env bash
# The Debian package from a clean clone to its purge, on bare machines of Debian 12 or 13 with systemd
# as process 1: built, looked at by lintian, installed, run on a private PostgreSQL and on one that is
# there, killed, hung, upgraded, removed, purged. Takes root, and minutes.
#   tests/drills/package.sh 12|13 [PACKAGE.deb]      without one it is built from HEAD
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/drills/support/machine.sh
take_release "${1:-}"
package=${2:-}
config=/etc/datadrop/datadrop.toml

as_service() { inside runuser -u _datadrop -- "$@"; }
property() { inside systemctl show --value -p "$1" datadrop; }
is_active() { [ "$(property ActiveState)" = active ]; }
answers() { inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/8132 && printf "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" "$0" >&3 && head -1 <&3' "$1"; }
token() { as_service datadrop token create --config $config --name "$1" --source bot --scopes submit,read; }
submit() { inside env DATADROP_TOKEN="$token" datadrop submit --guild 288659194737983489 --user "$1" --command "$2"; }
version_of() { inside env DATADROP_TOKEN="$token" datadrop member show --format json 288659194737983489 "$1"; }

[ -n "$package" ] || build_package
if [ -n "${root:-}" ]; then
    say "lintian"
    in_root apt-get -qq -y --no-install-recommends install lintian >/dev/null
    found=$(in_root lintian --allow-root --fail-on none "/root/datadrop/build/deb/${package##*/}")
    printf '%s\n' "${found:-nothing}"
    check "no error, no warning" [ -z "$found" ]
fi

new_machine machine
say "a bare machine with systemd"
cp "$package" "$root/root/datadrop.deb"
in_root sh -ec 'apt-get -qq update
    apt-get -qq -y --no-install-recommends install systemd-sysv procps logrotate
    apt-get -qq -y --download-only install /root/datadrop.deb' >"$drills/machine.log" 2>&1 ||
    { tail "$drills/machine.log"; exit 1; }
in_root systemctl mask getty.target systemd-logind >/dev/null 2>&1
boot

say "installed"
inside apt-get -qq -y install /root/datadrop.deb >"$drills/install.log" 2>&1 ||
    { tail -20 "$drills/install.log"; exit 1; }
check "the service runs" is_active
check "and says what it is at: $(property StatusText)" [ "$(property StatusText)" = "serving on http://127.0.0.1:8132" ]
check "/readyz is 200" becomes "200 OK" answers /readyz
check "it is _datadrop's" [ "$(inside ps -o user= -p "$(property MainPID)" | tr -d ' ')" = _datadrop ]
check "its settings are for root and the service" [ "$(inside stat -c '%a %U %G' $config)" = "640 root _datadrop" ]
wrong=$(inside systemd-analyze verify --man=no datadrop.service 2>&1)
check "systemd finds nothing wrong with the unit${wrong:+: $wrong}" [ -z "$wrong" ]
exposure=$(inside systemd-analyze security datadrop.service --no-pager | sed -n 's/.*Overall exposure level for datadrop.service: \([0-9.]*\).*/\1/p')
check "its exposure, $exposure, is 2.0 at most" awk "BEGIN { exit !($exposure > 0 && $exposure <= 2.0) }"
check "the manual has it" [ -n "$(inside find /usr/share/man/man1/datadrop.1.gz)" ]
check "the handbook is where alerts link to" inside test -s /usr/share/doc/datadrop/HANDBOOK.md
check "its changes are told" inside sh -c 'zgrep -q "^datadrop ($(datadrop --version | cut -d" " -f2)+" /usr/share/doc/datadrop/changelog.gz'
check "bash completes it" inside bash -c '. /usr/share/bash-completion/completions/datadrop && complete -p datadrop >/dev/null'

say "on its private PostgreSQL"
token=$(token bot)
check "a command is accepted" becomes accepted submit 1 Join
check "the tables are what the log says" becomes "no difference" as_service datadrop projection verify --config $config
inside pkill -KILL -o postgres -u _datadrop
check "a killed PostgreSQL is started again" becomes accepted submit 1 BeginOnboarding
check "the journal has that as a warning" becomes "starting it again" inside journalctl -u datadrop -p warning..warning --no-pager
check "logrotate turns PostgreSQL's log" inside sh -c 'logrotate -f /etc/logrotate.d/datadrop && [ -e /var/lib/datadrop/log.1 ]'
inside systemctl restart datadrop
check "a restart keeps the members" becomes '"version":2' version_of 1
inside systemctl stop datadrop
check "a stop ends both in good order" [ "$(property Result)" = success ]
check "PostgreSQL too" becomes "database system is shut down" inside tail -3 /var/lib/datadrop/log

say "hung"
inside sh -c 'mkdir -p /run/systemd/system/datadrop.service.d
    printf "[Service]\nWatchdogSec=2s\n" >/run/systemd/system/datadrop.service.d/drill.conf
    systemctl daemon-reload && systemctl start datadrop'
hung=$(property MainPID)
inside kill -STOP "$hung"
check "the watchdog notices" becomes "Watchdog timeout" inside journalctl -u datadrop --no-pager
check "the service is started again" becomes "200 OK" answers /readyz
check "as another process" [ "$(property MainPID)" != "$hung" ]
check "the members are there" becomes '"version":2' version_of 1
inside sh -c 'rm -r /run/systemd/system/datadrop.service.d && systemctl daemon-reload'

say "beside a PostgreSQL that is there"
inside runuser -u postgres -- createuser _datadrop
inside runuser -u postgres -- createdb --owner _datadrop datadrop
inside sed -i 's|^#database = .*|database = "postgresql:///datadrop?host=/run/postgresql"|' $config
as_service datadrop migrate --config $config >/dev/null
inside systemctl restart datadrop
token=$(token bot)
check "a command is accepted" becomes accepted submit 2 Join
check "by that one" [ "$(inside runuser -u postgres -- psql -Atc 'SELECT count(*) FROM datadrop.membership_events' datadrop)" = 1 ]

say "installed again, as an upgrade does"
before=$(property MainPID)
inside apt-get -qq -y --reinstall install /root/datadrop.deb >"$drills/install.log" 2>&1
check "the service was restarted, and runs" is_active
check "as another process" [ "$(property MainPID)" != "$before" ]
check "its settings stayed" inside grep -q '^database = ' $config

say "removed"
inside apt-get -qq -y remove datadrop >/dev/null
check "nothing runs" [ -z "$(inside pgrep -u _datadrop)" ]
check "the settings and the members stay" inside test -e $config -a -d /var/lib/datadrop/data
say "purged"
inside apt-get -qq -y purge datadrop >/dev/null
check "the settings go" inside test ! -e /etc/datadrop
check "no link to the unit stays" [ -z "$(inside find /etc/systemd /var/lib/systemd/deb-systemd-helper-enabled -name 'datadrop*')" ]
check "the members stay, for whoever removes them" inside test -d /var/lib/datadrop/data
say "all of it holds on $suite"
