#!/bin/sh
# Checks the form of our Java files with google-java-format: names those that it would change, and
# exits with 1. `--write` formats them. Needs a JDK 17, Maven and git.
set -u
version=1.25.2 # runs on a JDK 17
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

jar=workers/jvm/target/form/google-java-format-$version-all-deps.jar
if [ ! -r "$jar" ]; then
    mvn --batch-mode --quiet --file environments/java/pom.xml dependency:copy \
        "-Dartifact=com.google.googlejavaformat:google-java-format:$version:jar:all-deps" \
        "-DoutputDirectory=$root/workers/jvm/target/form" >&2 || exit 1
fi

format() {
    exports=
    for package in api code file parser tree util; do
        exports="$exports --add-exports jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED"
    done
    # shellcheck disable=SC2086
    java -XX:+UseSerialGC $exports -jar "$jar" "$@"
}

# Left out: models that H2O wrote; environments, which install anew after any change of their files;
# the template, which is no Java before `drum new` has chosen its blocks.
git ls-files --cached --others --exclude-standard -- '*.java' ':!workers/jvm/tests/models' \
    ':!environments' ':!templates/java/custom.java' | while read -r file; do
    if [ -e "$file" ]; then echo "$file"; fi
done >"$folder/files"
[ -s "$folder/files" ] || exit 1
if [ "${1:-}" = --write ]; then
    # Twice: long texts that it breaks in the first pass are put in form by the second.
    format --replace "@$folder/files" && format --replace "@$folder/files" || exit 1
fi

# So the template is checked as each target type gets it.
template=templates/java/custom.java
for type in $(sed -n 's#^// only: ##p' "$template" | tr ' ' '\n' | sort -u); do
    mkdir "$folder/$type"
    awk -v type="$type" '
        /^ *\/\/ (only|not): / { named = 0; for (at = 3; at <= NF; at++) named += $at == type; kept = named == ($2 == "only:"); within = 1; next }
        /^ *\/\/ end$/ { within = 0; next }
        !within || kept
    ' "$template" >"$folder/$type/custom.java"
    echo "$folder/$type/custom.java" >>"$folder/files"
done

format --dry-run --set-exit-if-changed "@$folder/files" >"$folder/changed"
status=$?
sed "s#^$folder/\(.*\)/custom.java#$template (target type \1)#" "$folder/changed"
echo "$(wc -l <"$folder/files") Java files checked, $(wc -l <"$folder/changed") not formatted"
if [ "$status" -ne 0 ]; then echo "format them: sh scripts/form/java.sh --write" >&2; fi
exit "$status"
