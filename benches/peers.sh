#!/usr/bin/env bash
# Measures InspIRCd, ngIRCd, ircd-hybrid, NATS and Mosquitto beside this server and the bare loops, all in one run, and
# prints the tables.
#
# Usage: benches/peers.sh [OPTION]...           the example `compare`, with options as --members 100,1000 --rounds 5
#        benches/peers.sh goals [OPTION]...     the example `goals`, as `goals joins --rounds 5`; InspIRCd and NATS only
#        cargo run --release -p benches --example compare -- --help     says which options there are; and so does `goals`
#
# Whoever of them is not installed is unpacked from Debian's package, for as long as this runs: no service is installed,
# started or enabled, and nothing is removed. That takes root, apt-get and dpkg; under sudo, cargo is found with
#        sudo env HOME="$HOME" PATH="$PATH" benches/peers.sh
# The shared libraries they lack are installed, and stay. Who cannot be had is left out, with a sentence that says why.
set -euo pipefail

case "${1:-}" in
-h | --help)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/.."

# Each is the name of the package and of the program.
peers="inspircd ngircd ircd-hybrid nats-server mosquitto"
# What they need that a small Debian has not got, and the package that has it.
libraries="libident.so.0:libident libltdl.so.7:libltdl7 libgnutls.so.30:libgnutls30 libpam.so.0:libpam0g
           libssl.so.3:libssl3 libcrypto.so.3:libssl3 libwrap.so.0:libwrap0 libdlt.so.2:libdlt2"
temporary=()
export PATH="$PATH:/usr/sbin:/usr/local/sbin" DEBIAN_FRONTEND=noninteractive

clean_up() {
    [ "${#temporary[@]}" = 0 ] || rm -rf -- "${temporary[@]}"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

need() {
    command -v "$1" >/dev/null && return
    echo "$2" >&2
    exit 1
}

missing_peers() {
    local peer
    for peer in $peers; do
        command -v "$peer" >/dev/null || echo "$peer"
    done
}

may_unpack() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v dpkg >/dev/null
}

# The directory that packages are unpacked in; ircd-hybrid, which does not run as root, reads there too. Like all that is
# temporary it is noted for cleaning up before it is made.
make_place() {
    place="$(mktemp -u -d -t parlor-peers.XXXXXX)"
    temporary+=("$place")
    mkdir -m 755 "$place"
    PATH="$PATH:$place/root/usr/sbin"
}

lacking() {
    ldd "$1" 2>/dev/null | awk '/not found/ { print $1 }' || true
}

# Libraries start no service, and apt-get is not to remove anything for their sake.
install_libraries() {
    local library item
    for library in $(lacking "$1"); do
        for item in $libraries; do
            [ "${item%%:*}" = "$library" ] || continue
            apt-get install -y -qq --no-install-recommends --no-remove "${item##*:}" >/dev/null ||
                echo "${item##*:} could not be installed." >&2
        done
    done
}

# InspIRCd and ircd-hybrid look for their modules in one place only, so a link leads from there while this runs.
link_modules() {
    local link="/usr/lib/$1"
    [ -d "$place/root$link" ] || return 0
    # One that leads to where such a thing is unpacked was left by a run that was killed.
    if [[ -L "$link" && "$(readlink "$link")" == */root"$link" ]]; then rm -- "$link"; fi
    if [ -e "$link" ] || [ -L "$link" ]; then
        echo "$1 is left out: $link exists, but not the program." >&2
        return 1
    fi
    temporary+=("$link")
    ln -s "$place/root$link" "$link"
}

unpack() {
    local peer="$1" program="$place/root/usr/sbin/$1" wanted
    if ! (cd "$place" && apt-get -qq -o APT::Sandbox::User=root download "$peer" >/dev/null &&
        dpkg -x "$peer"_*.deb root && [ -x "$program" ]); then
        echo "$peer is left out: its package could not be unpacked." >&2
        return 1
    fi
    install_libraries "$program"
    wanted="$(lacking "$program")"
    if [ -n "$wanted" ]; then
        echo "$peer is left out: it lacks $(paste -sd' ' <<<"$wanted")." >&2
        return 1
    fi
    link_modules "$peer"
}

example=compare
if [ "${1:-}" = goals ]; then
    example=goals
    peers="inspircd nats-server"
    shift
fi
need cargo "cargo is missing: install Rust from https://rustup.rs; under sudo, say sudo env HOME=\"\$HOME\" PATH=\"\$PATH\" $0."
need cc "A C compiler is missing: install one (on Debian, the package gcc with libc6-dev)."
missing="$(missing_peers)"
if [ -n "$missing" ] && may_unpack; then
    apt-get update -qq || echo "The lists of packages are not fresh." >&2
    make_place
    for peer in $missing; do
        # Half of a server is none: what is not whole is not to be found.
        unpack "$peer" || rm -f -- "$place/root/usr/sbin/$peer"
    done
elif [ -n "$missing" ]; then
    echo "Left out, for want of root, apt-get or dpkg: $(paste -sd' ' <<<"$missing")." >&2
fi
cargo run --release --quiet -p benches --example "$example" -- --peers "$@"
