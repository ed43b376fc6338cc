#!/bin/sh
# Runs the models in rehearsal/ in the environment DRUM_ENVIRONMENT_FOLDER, with these arguments as further options of java. Ends well
# when all of them answer: `drum environment check` asks for that, and install.sh makes its archive of classes this way.
here=$(cd "$(dirname "$0")" && pwd)
folder=${DRUM_ENVIRONMENT_FOLDER:?set DRUM_ENVIRONMENT_FOLDER to the environment}
worker="$here/../../workers/jvm/lib/drumline-worker.jar"
if [ ! -r "$worker" ]; then
    echo "the Java worker is not built; run: mvn -q -f workers/jvm/pom.xml package" >&2
    exit 1
fi
# The path that the worker's start.sh will give: an archive is only good for that one.
CLASSPATH=$(cd "$(dirname "$worker")" && pwd)/drumline-worker.jar
export CLASSPATH
"$folder/bin/java" -XX:+UseSerialGC -Xlog:disable -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "$@" drumline.worker.Rehearsal \
    "$here/rehearsal/mojo" binary "$here/rehearsal/pmml" multiclass "$here/rehearsal/hooks" regression && exit 0
echo "the models in $here/rehearsal do not run in $folder; install it anew: drum environment install java" >&2
exit 1
