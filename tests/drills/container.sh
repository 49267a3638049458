#!/usr/bin/env bash
# The container file on a machine of Debian 12 or 13: built there by podman on what debootstrap makes,
# since a bare machine may reach no registry of images, and run with a root file system that nobody
# can write to. Takes root, and minutes.
#   tests/drills/container.sh 12|13 [PACKAGE.deb]      without one it is built from HEAD
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/drills/support/machine.sh
take_release "${1:-}"
package=${2:-}
[ -n "$package" ] || build_package

new_machine machine
say "an image on a bare $suite"
tar -C "$root" --one-file-system -cf "$drills/slim.tar" .
mv "$drills/slim.tar" "$root/root/"
mkdir "$root/root/deb"
cp "$package" "$root/root/deb/"
cp processor/deploy/Containerfile "$root/root/"
in_root sh -ec 'apt-get -qq update
    apt-get -qq -y --no-install-recommends install systemd-sysv procps podman crun' >"$drills/machine.log" 2>&1 ||
    { tail "$drills/machine.log"; exit 1; }
in_root systemctl mask getty.target systemd-logind >/dev/null 2>&1
in_root podman --storage-driver vfs import /root/slim.tar "docker.io/library/debian:$suite-slim" >"$drills/image.log" 2>&1 &&
    rm "$root/root/slim.tar"
in_root podman --storage-driver vfs build --isolation chroot --network host --pull=never --format docker \
    --build-arg DEBIAN=$suite --build-arg PACKAGES=postgresql -f /root/Containerfile -t datadrop /root/deb \
    >>"$drills/image.log" 2>&1 || { tail "$drills/image.log"; exit 1; }
boot

podman() { inside podman --storage-driver vfs "$@"; }
# No limits that this machine may not set, and cgroups left alone, which it may not have all of.
run() {
    podman run --detach --replace --name datadrop --read-only --read-only-tmpfs=false --cap-drop all \
        --security-opt no-new-privileges --network host --cgroups disabled \
        --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 -v members:/var/lib/datadrop datadrop >/dev/null
}
first() { podman inspect -f '{{.State.Pid}}' datadrop; }
submit() { podman exec -e DATADROP_TOKEN="$token" datadrop datadrop submit --guild 288659194737983489 --user 1 --command "$1"; }
zombies() { inside ps -o stat= --ppid "$(first)" | grep -c '^Z' || true; }

say "run"
run
check "it gets healthy" becomes healthy podman inspect -f '{{.State.Health.Status}}' datadrop
check "it is not root's" [ "$(inside ps -o uid= -p "$(first)" | tr -d ' ')" = 8132 ]
check "it is process 1" [ "$(podman exec datadrop sh -c 'tr "\0" " " </proc/1/cmdline' | cut -d' ' -f1,2)" = "datadrop serve" ]
check "its root file system cannot be written to" [ "$(podman exec datadrop sh -c 'touch /x 2>&1 || echo no' | grep -c no)" -gt 0 ]
token=$(podman exec datadrop datadrop token create --config /etc/datadrop/datadrop.toml --name bot --source bot --scopes submit,read)
check "a command is accepted" becomes accepted submit Join
podman exec datadrop sh -c 'kill -9 $(head -1 /var/lib/datadrop/data/postmaster.pid)'
check "its killed PostgreSQL is started again" becomes accepted submit BeginOnboarding
check "and those it left are laid to rest" becomes 0 zombies
podman stop --time 60 datadrop >/dev/null
check "a stop ends it in good order" [ "$(podman inspect -f '{{.State.ExitCode}}' datadrop)" = 0 ]
run
check "another one goes on with the members in the volume" becomes accepted submit CompleteOnboarding
say "all of it holds on $suite"
