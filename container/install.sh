#!/bin/sh
# What the Dockerfile installs with apt and drum:
#
#   install.sh runtimes "NAME …"        the Debian packages that the environments' languages run on
#   install.sh environments "NAME …"    the environments; what only their installation needs is removed again
#
# A NAME with a / in it is the folder of an environment.
set -eu

descriptions=$(cd "$(dirname "$0")/../environments" && pwd)

fail() {
    echo "$1" >&2
    exit 1
}

known() {
    for file in "$descriptions"/*/environment.json; do basename "$(dirname "$file")"; done | paste -s -d ' '
}

language_of() {
    case $1 in */*) file=$1/environment.json ;; *) file=$descriptions/$1/environment.json ;; esac
    [ -f "$file" ] || fail "ENVIRONMENT: there is no environment \"$1\"; choose from: $(known)"
    node -p 'JSON.parse(fs.readFileSync(process.argv[1])).language' "$file"
}

runtime_of() {
    case $1 in
        python) echo python3 python3-venv ;;
        r) echo r-base-core ;;
        java) echo openjdk-17-jdk-headless ;; # A JDK: custom.java and H2O's POJOs are compiled when they are loaded.
        julia) ;; # The environment brings it.
        *) fail "there are no Debian packages for the language \"$1\"; add them to runtime_of in container/install.sh" ;;
    esac
}

tools_of() {
    case $1 in
        java) echo maven ;;
        r) echo gcc libc6-dev make ;;
        julia) echo gcc libc6-dev ;;
    esac
}

# Needed by apt alone, and out of date soon.
remove_lists() {
    rm -rf /var/lib/apt/lists/*
}

install_packages() {
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

install_runtimes() {
    packages=ca-certificates
    for name in "$@"; do
        language=$(language_of "$name")
        runtime=$(runtime_of "$language")
        packages="$packages $runtime"
    done
    # shellcheck disable=SC2086 # a list
    install_packages $packages
    remove_lists
}

# Leaves a link /opt/LANGUAGE to each, whose bin/ is on PATH.
install_environment() {
    language=$(language_of "$1")
    case $language in julia) argument=--sysimage ;; *) argument= ;; esac
    # Prints the name and the interpreter.
    printed=$(drum environment install "$1" $argument)
    ln -sfn "$(dirname "$(dirname "${printed##* }")")" "/opt/$language"
    [ -d "/opt/$language/bin" ] || fail "drum environment install $1 named no interpreter: $printed"
}

install_environments() {
    tools=
    for name in "$@"; do
        language=$(language_of "$name")
        tools="$tools $(tools_of "$language")"
    done
    # shellcheck disable=SC2086 # a list
    [ -z "${tools# }" ] || install_packages $tools
    export PIP_NO_CACHE_DIR=1
    for name in "$@"; do install_environment "$name"; done
    # shellcheck disable=SC2086 # a list
    [ -z "${tools# }" ] || apt-get purge --yes --auto-remove $tools
    remove_lists
    rm -rf ~root/.m2
    # The server makes environments itself where it is asked to (--install-deps), and Julia and R write into their caches.
    chown -R drum:drum /opt/drum /home/drum
}

names=${2:-}
[ -n "$names" ] || fail "ENVIRONMENT is not set; build with --build-arg ENVIRONMENT=NAME, where NAME is one of: $(known)"
# shellcheck disable=SC2086 # a list
case $1 in
    runtimes) install_runtimes $names ;;
    environments) install_environments $names ;;
    *) fail "install.sh installs runtimes or environments, got $1" ;;
esac
