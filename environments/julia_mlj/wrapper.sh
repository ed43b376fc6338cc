# write_wrapper FILE JULIA LIBRARIES PROJECT IMAGE: an executable FILE that starts JULIA. Sourced by install.sh.
# JULIA_PROJECT, when set, wins over the environment's project. IMAGE is used where it exists and JULIA is still the one it was built with.

write_wrapper() {
    mkdir -p "$(dirname "$1")"
    cat >"$1" <<END
#!/bin/sh
libraries='$3'
if [ -n "\$libraries" ]; then
    LD_LIBRARY_PATH="\$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
    export LD_LIBRARY_PATH
fi
if [ -z "\${JULIA_PROJECT:-}" ] && [ -e '$4/Project.toml' ]; then
    JULIA_PROJECT='$4'
    export JULIA_PROJECT
fi
if [ -e '$5' ] && [ "\$(stat -Lc %s.%Y '$2')" = '$(stat -Lc %s.%Y "$2")' ]; then
    exec '$2' --sysimage='$5' "\$@"
fi
exec '$2' "\$@"
END
    chmod +x "$1"
}
