import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
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
    ["nothing without a control group", {}, nothing],
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
      "the nearest limit of version 2 above our own group",
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
      "no limit if version 1 shows its largest number",
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
  it("tells the command line of what a shell has become, and none of a process that is gone", async () => {
    const child = spawn("sh", ["-c", 'exec "$0" -e "process.stdin.resume()" "two words"', process.execPath]);
    try {
      await vi.waitUntil(async () => (await measureTrees([child.pid!]))[0]!.commandLine?.[0] !== "sh", 5000);
      const [usage, gone] = await measureTrees([child.pid!, 2 ** 30]);
      const expected = [process.execPath, "-e", "process.stdin.resume()", "two words"];
      expect([usage!.commandLine, gone!.commandLine]).toEqual([expected, undefined]);
    } finally {
      child.kill();
    }
  });

  it("counts the children of a process with it", async () => {
    const parent = spawn("sh", ["-c", "sleep 60 & sleep 60 & wait"], { detached: true });
    try {
      const counted = async () => (await measureTrees([parent.pid!]))[0]!;
      await vi.waitUntil(async () => (await counted()).processes === 3, { timeout: 15_000 });
      const usage = await counted();
      expect(usage.rss).toBeGreaterThan(500_000);
      expect(usage.pss).toBeLessThanOrEqual(usage.rss);
    } finally {
      process.kill(-parent.pid!, "SIGKILL");
    }
  });

  it("does not count a listed process again with its ancestor", async () => {
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; wait"], { detached: true });
    try {
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const [own, listed] = await measureTrees([parent.pid!, Number(line.toString())]);
      const [together] = await measureTrees([parent.pid!]);
      expect([own, listed, together].map((usage) => usage!.processes)).toEqual([1, 1, 2]);
    } finally {
      process.kill(-parent.pid!, "SIGKILL");
    }
  });

  it("counts nothing for a process that is gone", async () => {
    expect(await measureTrees([2 ** 22 - 1])).toEqual([{ rss: 0, pss: 0, cpuPercent: 0, processes: 0 }]);
  });
});
