// Limits are for tests that hang: a busy machine must not reach them.
// The kinds of tests: units beside their code, and end-to-end tests, which start real processes and are given time for it; those of
// the large frameworks are a suite of their own.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["protocol/**/*.test.ts", "supervisor/**/*.test.ts", "workers/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          exclude: ["e2e/frameworks/**"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "frameworks",
          include: ["e2e/frameworks/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
