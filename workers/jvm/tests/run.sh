#!/bin/sh
# Builds the Java worker and runs all its tests: a line a failing test, and at last `N passed, M failed`. Wants a JDK 17 and Maven.
worker=$(cd "$(dirname "$0")/.." && pwd)
reports="$worker/worker/target/surefire-reports"
rm -rf "$reports"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mvn --batch-mode --quiet --file "$worker/pom.xml" verify >"$log" 2>&1
status=$?
if ! ls "$reports"/TEST-*.xml >/dev/null 2>&1; then
    cat "$log"
    echo "0 passed, 1 failed"
    exit 1
fi
awk '
    /<testcase / { name = $0; sub(/.*<testcase name="/, "", name); sub(/".*/, "", name); test = FILENAME; sub(/.*TEST-/, "", test); sub(/\.xml$/, "", test); passed++ }
    /<(failure|error)[ >]/ { why = $0; if (!sub(/.*message="/, "", why)) why = "see its report"; sub(/".*/, "", why); print "FAILED " test " " name ": " substr(why, 1, 300); passed--; failed++ }
    /<skipped/ { print "FAILED " test " " name ": skipped"; passed--; failed++ }
    END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }
' "$reports"/TEST-*.xml
counted=$?
if [ "$status" -ne 0 ] && [ "$counted" -eq 0 ]; then
    cat "$log"
    echo "0 passed, 1 failed"
    exit 1
fi
exit "$counted"
