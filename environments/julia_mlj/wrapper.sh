# write_wrapper FILE JULIA LIBRARIES PROJECT IMAGE: an executable FILE that starts JULIA. Sourced by install.sh.
# A project that the caller has set (JULIA_PROJECT) and a system image that the caller names wins over the environment's own.

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
if [ -z "\${JULIA_SYS_IMAGE:-}" ] && [ -e '$5' ]; then
    exec '$2' --sysimage='$5' "\$@"
fi
exec '$2' "\$@"
END
    chmod +x "$1"
}
