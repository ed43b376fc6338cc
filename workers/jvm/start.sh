#!/bin/sh
# Starts the Java worker: start.sh JAVA. The class path is given as CLASSPATH, to which the java of an environment appends its
# libraries; what DRUM_JAVA_CUSTOM_CLASS_PATH names goes before those. DRUM_JAVA_XMX becomes -Xmx.
here=$(cd "$(dirname "$0")" && pwd)
jar="$here/lib/drumline-worker.jar"
if [ ! -r "$jar" ]; then
    echo "$jar is missing: the Java worker has to be built once; run: mvn -q -f $here/pom.xml package" >&2
    exit 1
fi
# Java takes the encoding of file names from the locale.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
    *UTF-8* | *utf-8* | *utf8*) ;;
    *) LC_ALL=C.UTF-8 && export LC_ALL ;;
esac
CLASSPATH="$jar${DRUM_JAVA_CUSTOM_CLASS_PATH:+:$DRUM_JAVA_CUSTOM_CLASS_PATH}"
export CLASSPATH
exec "$1" -XX:+UseSerialGC -Xms64m -XX:MinHeapFreeRatio=70 -Xshare:auto -Xlog:disable -Xlog:all=error:stderr -XX:ErrorFile=/dev/null ${DRUM_JAVA_XMX:+"-Xmx$DRUM_JAVA_XMX"} \
    -Dfile.encoding=UTF-8 -Dsun.stdout.encoding=UTF-8 -Dsun.stderr.encoding=UTF-8 \
    -Djava.util.logging.config.class=drumline.worker.Logs -Djava.util.logging.SimpleFormatter.format='%4$s: %3$s: %5$s%6$s%n' \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    --add-opens java.base/java.io=ALL-UNNAMED drumline.worker.Main
