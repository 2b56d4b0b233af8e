#!/usr/bin/env bash
# Measures InspIRCd, ngIRCd, ircd-hybrid, NATS and Mosquitto beside this server and the bare loops, all in one run, and
# prints the tables. Installs them from Debian's packages where it may (root, apt-get); whoever is missing is left out.
# Usage: benches/peers.sh [OPTION]...   (those of the example `compare`, as --members 100,1000 --rounds 5 --json)
set -euo pipefail
cd "$(dirname "$0")/.."

# Program and Debian package. ircd-hybrid conflicts with ngircd, so it is only unpacked; libltdl7 is what it needs.
packages="inspircd:inspircd ngircd:ngircd nats-server:nats-server mosquitto:mosquitto"
hybrid_modules=/usr/lib/ircd-hybrid
policy=/usr/sbin/policy-rc.d
temporary=()
export PATH="$PATH:/usr/sbin:/usr/local/sbin"

clean_up() {
    [ "${#temporary[@]}" = 0 ] || rm -rf -- "${temporary[@]}"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Debian starts what it installs, unless this file says no.
keep_services_down() {
    [ -e "$policy" ] && return
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    temporary+=("$policy")
}

install_peers() {
    local item missing=()
    for item in $packages; do
        command -v "${item%%:*}" >/dev/null || missing+=("${item##*:}")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    keep_services_down
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        echo "Not all of these could be installed: ${missing[*]}." >&2
}

# The program looks for its modules in one place only, so a link leads from there while this runs.
unpack_hybrid() {
    if command -v ircd-hybrid >/dev/null; then return; fi
    if [ -e "$hybrid_modules" ]; then
        echo "ircd-hybrid is left out: $hybrid_modules exists, but not the program." >&2
        return
    fi
    local place
    place="$(mktemp -d)"
    temporary+=("$place")
    chmod 755 "$place"
    if (cd "$place" && apt-get install -y -qq --no-install-recommends libltdl7 >/dev/null &&
        apt-get -qq -o APT::Sandbox::User=root download ircd-hybrid >/dev/null && dpkg -x ircd-hybrid_*.deb root); then
        ln -s "$place/root$hybrid_modules" "$hybrid_modules"
        temporary+=("$hybrid_modules")
        PATH="$PATH:$place/root/usr/sbin"
    else
        echo "ircd-hybrid could not be unpacked." >&2
    fi
}

if may_install; then
    apt-get update -qq || echo "The lists of packages are not fresh." >&2
    install_peers
    unpack_hybrid
else
    echo "Nothing is installed: that takes root and apt-get. Whoever is missing is left out." >&2
fi
cargo run --release --quiet -p benches --example compare -- --peers "$@"
