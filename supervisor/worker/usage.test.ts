import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { measureTrees, readContainerMemory } from "./usage.js";

function rootWith(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), "drum-cgroup-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), `${text}\n`);
  }
  return root;
}

const nothing = { limit: null, used: null, mostUsed: null };

describe("readContainerMemory", () => {
  it.each([
    ["nothing where there is no control group", {}, nothing],
    [
      "version 2 from inside a container",
      {
        "proc/self/cgroup": "0::/",
        "sys/fs/cgroup/memory.max": "1000",
        "sys/fs/cgroup/memory.current": "300",
        "sys/fs/cgroup/memory.peak": "400",
      },
      { limit: 1000, used: 300, mostUsed: 400 },
    ],
    [
      "the nearest limit of version 2 above the own group",
      {
        "proc/self/cgroup": "0::/pod/one",
        "sys/fs/cgroup/pod/one/memory.max": "max",
        "sys/fs/cgroup/pod/memory.max": "2000",
        "sys/fs/cgroup/pod/memory.current": "1",
      },
      { limit: 2000, used: 1, mostUsed: null },
    ],
    [
      "version 1 from inside a container, whose own path is not mounted",
      {
        "proc/self/cgroup": "5:cpu,memory:/docker/abc\n1:name=systemd:/x",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "5000",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "50",
        "sys/fs/cgroup/memory/memory.max_usage_in_bytes": "60",
      },
      { limit: 5000, used: 50, mostUsed: 60 },
    ],
    [
      "no limit where version 1 shows its largest number",
      {
        "proc/self/cgroup": "5:memory:/",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "50",
      },
      nothing,
    ],
  ])("reads %s", async (_title, files, expected) => {
    expect(await readContainerMemory(rootWith(files))).toEqual(expected);
  });
});

describe("measureTrees", () => {
  it("counts the children of a process with it", async () => {
    const parent = spawn("sh", ["-c", "sleep 20 & sleep 20 & wait"], { detached: true });
    try {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const [usage] = await measureTrees([parent.pid!]);
      expect(usage!.processes).toBe(3);
      expect(usage!.rss).toBeGreaterThan(500_000);
      expect(usage!.pss).toBeLessThanOrEqual(usage!.rss);
    } finally {
      process.kill(-parent.pid!, "SIGKILL");
    }
  });

  it("does not count a listed process again with its ancestor", async () => {
    const child = spawn("sleep", ["20"]);
    try {
      const [own, listed] = await measureTrees([process.pid, child.pid!]);
      const [together] = await measureTrees([process.pid]);
      expect(listed!.processes).toBe(1);
      expect(together!.processes - own!.processes).toBe(1);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("counts nothing for a process that is gone", async () => {
    expect(await measureTrees([2 ** 22 - 1])).toEqual([{ rss: 0, pss: 0, cpuPercent: 0, processes: 0 }]);
  });
});
