# unpack_debian_julia FOLDER: Julia 1.5.3 from Debian 11, unpacked into FOLDER. Sourced by install.sh; the system is left as it is.
# apt gets its own sources, state and cache, and an empty list of installed packages, so that it downloads every dependency.

# The Debian mirror that this machine uses: the first entry of its apt sources that is not the security archive.
debian_mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -n -e 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' -e 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' |
        grep '/debian/\{0,1\}$' | head -n 1
}

# What comes from the machine itself: replacing the C library or the system's tools by older ones could only do harm.
left_out='libc6 libc-bin libcrypt1 perl perl-base perl-modules-5.32 libperl5.32 debconf dpkg tar openssl gcc-10-base libgcc-s1 libstdc++6 locales'

unpack_debian_julia() {
    target=$1
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null || fail "there is no julia here and no $tool to get one; install Julia 1.5 or later so that julia is on PATH"
    done
    mirror=$(debian_mirror)
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    private="$folder/apt"
    mkdir -p "$target" "$private/etc" "$private/state/lists/partial" "$private/cache/archives/partial"
    : >"$private/status"
    signed=
    if [ -r "$keys" ]; then signed="[signed-by=$keys]"; fi
    printf 'deb %s %s bullseye main\n' "$signed" "${mirror:-http://deb.debian.org/debian}" >"$private/etc/sources.list"
    say "no julia on PATH: reading the package list of Debian 11"
    private_apt update >"$private/log" 2>&1 || apt_failed "the package list of Debian 11 could not be read"
    say "downloading julia and its libraries (77 MB)"
    private_apt install --yes --no-install-recommends --download-only julia >"$private/log" 2>&1 || apt_failed "julia could not be downloaded"
    say "unpacking"
    for package in "$private"/cache/archives/*.deb; do
        name=$(basename "$package")
        case " $left_out " in *" ${name%%_*} "*) continue ;; esac
        dpkg-deb --extract "$package" "$target" || fail "$name could not be unpacked; check the space left on the disk"
    done
    # Debian keeps the system configuration of Julia in /etc, where the unpacked program looks for it relative to itself.
    rm -rf "$private"
}

private_apt() {
    apt-get --quiet=2 \
        -o Dir::Etc::SourceList="$private/etc/sources.list" -o Dir::Etc::SourceParts=- -o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
        -o Dir::State="$private/state" -o Dir::State::Status="$private/status" -o Dir::Cache="$private/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 -o Acquire::Languages=none -o Acquire::Retries=2 "$@"
}

apt_failed() {
    tail -n 5 "$private/log" >&2
    fail "$1 from ${mirror:-deb.debian.org}; install Julia 1.5 or later so that julia is on PATH, then try again"
}
