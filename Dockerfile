# The image of an environment: it serves the model at /opt/code on port 8080, or a class written for Seldon's wrapper on its ports.
#
#   docker build --build-arg ENVIRONMENT=python3_sklearn --tag drumline:python3_sklearn .
#   docker run --publish 8080:8080 --volume "$PWD/my_model:/opt/code:ro" --env TARGET_TYPE=regression drumline:python3_sklearn
#
# ENVIRONMENT is a name, or several for a model of several languages: "python3_sklearn r_caret". See docs/docker.md.
FROM node:20.19.5-bookworm-slim AS node

# drumline as npm would publish it, with the dependencies of the lock file.
FROM node AS package
# A point release of Debian replaces the versions before it, so that a pinned one soon cannot be had.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends g++ make maven openjdk-17-jdk-headless python3 && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN npm pack && \
    tar -xzf drumline-*.tgz -C /opt && \
    cp package-lock.json /opt/package/ && \
    npm ci --prefix /opt/package --omit=dev --ignore-scripts && \
    npm_config_nodedir=/usr/local npm rebuild --prefix /opt/package better-sqlite3

# What the environments of a language have in common. `drum new env` builds on it.
FROM node AS drumline
ARG ENVIRONMENT
ENV HOME=/home/drum \
    DRUM_HOME=/opt/drum \
    JULIA_DEPOT_PATH=/opt/drum/julia \
    PATH=/opt/python/bin:/opt/julia/bin:$PATH \
    LANG=C.UTF-8 \
    TZ=UTC
COPY container/ /opt/container/
COPY environments/ /opt/environments/
RUN useradd --create-home --uid 1001 drum && sh /opt/container/install.sh runtimes "$ENVIRONMENT"
COPY --from=package /opt/package/ /usr/local/lib/node_modules/drumline/
COPY container/start_server.sh /opt/code/
RUN for name in drum seldon-core-microservice; do \
        ln -s ../lib/node_modules/drumline/dist/supervisor/main.js "/usr/local/bin/$name" || exit; \
    done
WORKDIR /opt/code
EXPOSE 8080
# Those of a wrapper class: messages, gRPC, metrics.
EXPOSE 9000 5000 6000
HEALTHCHECK --interval=15s --timeout=10s --start-period=120s CMD ["node", "/opt/container/healthcheck.mjs"]
# A model that is mounted at /opt/code hides the start_server.sh there.
ENTRYPOINT ["/opt/container/start_server.sh"]

FROM drumline
RUN sh /opt/container/install.sh environments "$ENVIRONMENT"
USER 1001
