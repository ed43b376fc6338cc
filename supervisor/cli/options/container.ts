// --docker and the options that need it.

import { inGroup } from "./option.js";

export const containerOptions = inGroup("Container", {
  docker: {
    name: "docker",
    kind: "text",
    placeholder: "IMAGE|DIR",
    help: "run the command in a container of this image, or of the image built from this folder's Dockerfile",
  },
  skipDepsInstall: {
    name: "skip-deps-install",
    kind: "flag",
    needs: "docker",
    help: "with --docker DIR: do not install the code directory's requirements.txt into the image",
  },
  memory: {
    name: "memory",
    kind: "text",
    needs: "docker",
    placeholder: "SIZE",
    help: "with --docker: the memory limit of the container, for example 512m or 2g",
  },
});
