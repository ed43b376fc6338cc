#!/bin/sh
# Fills DRUM_ENVIRONMENT_FOLDER: lib/ with the jars of pom.xml, bin/java that puts them on the class path, packages.txt, and an
# archive of loaded classes that halves the start of a model. Wants a JDK 17 or later and Maven on PATH (or JAVA_HOME, MAVEN_HOME).
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=${DRUM_ENVIRONMENT_FOLDER:?set DRUM_ENVIRONMENT_FOLDER to an empty folder}

fail() {
    echo "$1" >&2
    exit 1
}

find_java() {
    for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java)"; do
        if [ -n "$java" ] && [ -x "$java" ]; then
            major=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
            case $major in '' | 1.* | ? | 1[0-6]) ;; *) return 0 ;; esac
        fi
    done
    fail "no java 17 or later was found on PATH; install a JDK (Debian: apt-get install openjdk-17-jdk-headless), or set JAVA_HOME"
}

echo "[1/4] java and Maven"
find_java
mvn=${MAVEN_HOME:+$MAVEN_HOME/bin/}mvn
command -v "$mvn" >/dev/null || fail "Maven was not found on PATH; install it (Debian: apt-get install maven)"

echo "[2/4] libraries"
mkdir -p "$folder/lib" "$folder/bin"
JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$java")")") "$mvn" --batch-mode --quiet --file "$here/pom.xml" \
    dependency:copy-dependencies "-DoutputDirectory=$folder/lib" -DincludeScope=runtime >&2 ||
    fail "Maven could not fetch the libraries of $here/pom.xml; look at its errors above, check the connection to Maven Central (or the mirror in ~/.m2/settings.xml), then install again"

echo "[3/4] bin/java and packages.txt"
libraries=$(printf ":%s" "$folder"/lib/*.jar)
cat >"$folder/bin/java" <<END
#!/bin/sh
# java with the environment's libraries behind the class path that the caller gives as CLASSPATH.
CLASSPATH="\${CLASSPATH:-}${libraries}"
export CLASSPATH
case " \$* " in
    *" drumline.worker.Main "*) if [ -r "$folder/classes.jsa" ]; then set -- "-XX:SharedArchiveFile=$folder/classes.jsa" "\$@"; fi ;;
esac
exec "$java" "\$@"
END
chmod +x "$folder/bin/java"
{
    echo "java $("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.version = //p')"
    ls "$folder/lib" | sed -n 's/^\(.*\)-\([0-9][0-9A-Za-z.]*\)\.jar$/\1 \2/p'
} >"$folder/packages.txt"

echo "[4/4] archive of loaded classes"
if sh "$here/rehearse.sh" "-XX:ArchiveClassesAtExit=$folder/classes.part" && [ -r "$folder/classes.part" ]; then
    mv "$folder/classes.part" "$folder/classes.jsa"
else
    echo "no archive of classes: models load without it, only slower"
    rm -f "$folder/classes.part"
fi
