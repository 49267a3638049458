# shellcheck shell=bash
# Bare machines of Debian 12 or 13 for the drills: a root file system by debootstrap, with systemd as
# its process 1, or nothing but a chroot. Sourced; needs root.

drills=${DRILL_FOLDER:-/var/tmp/datadrop-drills} # kept: a base of each release
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'drill: %s\n' "$*" >&2; exit 1; }
# check WHAT COMMAND ...: says what holds, or ends the drill with what the log of the machine says.
check() {
    local what=$1
    shift
    "$@" || { [ -z "${init:-}" ] || inside journalctl --no-pager -n 40; fail "not so: $what"; }
    printf '  ✓ %s\n' "$what"
}

# take_release 12|13: sets $suite.
take_release() {
    [ "$(id -u)" = 0 ] || fail "run it as root"
    case ${1:-} in
        12) suite=bookworm ;;
        13) suite=trixie ;;
        *) fail "say which Debian: 12 or 13" ;;
    esac
    command -v debootstrap >/dev/null || fail "install debootstrap"
}

# Packages, names and certificates come from where this machine has its own.
connect() {
    local root=$1 mirror
    mirror=$(mirror_of_this_machine)
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
    cp /etc/npmrc "$root/etc/" 2>/dev/null || true
    cp ~/.npmrc "$root/root/" 2>/dev/null || true
    printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-updates" \
        "${mirror%/}-security" "$suite-security" >"$root/etc/apt/sources.list"
}
mirror_of_this_machine() {
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
        awk 'match($0, "https?://[^ ]*/debian/?( |$)") && !found { found = substr($0, RSTART, RLENGTH) }
            END { sub(" *$", "", found); print found ? found : "http://deb.debian.org/debian" }'
}

# new_machine NAME: sets $root, a copy of the bare base; what is mounted there goes with the drill.
new_machine() {
    local base=$drills/$suite.tar bare=$drills/$suite.new
    mkdir -p "$drills"
    if [ ! -s "$base" ]; then
        say "making a bare $suite"
        rm -rf "$bare"
        debootstrap --variant=minbase --include=ca-certificates,git "$suite" "$bare" \
            "$(mirror_of_this_machine)" >"$drills/$suite.log" 2>&1 || { tail "$drills/$suite.log"; exit 1; }
        tar -C "$bare" -cf "$base.new" . && mv "$base.new" "$base" && rm -rf "$bare"
    fi
    root=$drills/$1.$suite.$$
    roots+=("$root")
    mkdir "$root"
    tar -C "$root" -xf "$base"
    connect "$root"
    mount --bind "$root" "$root" # so that it is a mount of its own, to be made private
    mount --make-private "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount -t tmpfs shm "$root/dev/shm"
    local device
    for device in null zero full random urandom tty; do cp -a "/dev/$device" "$root/dev/"; done
    ln -s /proc/self/fd "$root/dev/fd"
}
roots=()
leave() {
    local each
    [ -z "${init:-}" ] || kill -KILL "$init" 2>/dev/null || true
    [ -z "${init:-}" ] || tail --pid="$init" -f /dev/null
    for each in "${roots[@]}"; do
        umount -R -l "$each" 2>/dev/null || true
        if [ -n "${DRILL_KEEP:-}" ]; then echo "kept: $each"; else rm -rf --one-file-system "$each"; fi
    done
}
trap leave EXIT

# in_root COMMAND ...: in a chroot, with the network of this machine.
in_root() {
    chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
        NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
}

# boot: systemd as process 1, in name spaces of its own, the network's too. Sets $init.
boot() {
    umount -R "$root/proc"
    unshare --pid --fork --kill-child --mount --uts --ipc --net --cgroup sh -e -c '
        cd "$1"
        mount -t proc proc proc
        mount -t sysfs sysfs sys # that of the new network
        mount -t cgroup2 cgroup2 sys/fs/cgroup
        mount -t tmpfs tmpfs run
        pivot_root . mnt # in a mere chroot no process may make a name space of users
        umount -l /mnt
        exec env -i container=drill PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
    ' sh "$root" >"$drills/boot.log" 2>&1 &
    local i
    for ((i = 0; i < 300; i++)); do
        init=$(pgrep -P $! || true)
        [ -z "$init" ] || case $(inside systemctl is-system-running 2>/dev/null || true) in
            running | degraded) return 0 ;;
        esac
        sleep 0.2
    done
    fail "systemd does not come up: see $drills/boot.log"
}

# inside COMMAND ...: on the machine that runs.
inside() {
    nsenter --target "$init" --all --root --wd env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
}

# becomes TEXT COMMAND ...: the command says so within a minute.
becomes() {
    local text=$1 i
    shift
    for ((i = 0; i < 300; i++)); do
        [[ $("$@" 2>/dev/null || true) != *"$text"* ]] || return 0
        sleep 0.2
    done
    printf 'drill: "%s" does not come from: %s\n' "$text" "$*" >&2
    return 1
}

# build_package: the package of this checkout's HEAD, built on a bare machine; sets $package.
build_package() {
    new_machine builder
    say "building the package on a bare $suite"
    git clone -q --no-hardlinks . "$root/root/datadrop"
    in_root sh -c 'cd /root/datadrop && ./dev package' | tee "$drills/package.log"
    package=$(ls "$root"/root/datadrop/build/deb/*.deb) || fail "no package was built"
}
