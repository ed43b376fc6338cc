import { describe, expect, it } from "vitest";
import { DrumError } from "../../errors.js";
import { Quarantine, quarantineTime } from "./quarantine.js";

const request = (text: string) => ({
  method: "predict" as const,
  params: { payload: { kind: "bytes" as const, data: Buffer.from(text), mimetype: null, charset: null } },
});
const reason = new DrumError("WORKER_DIED", "two workers died of it");

describe("Quarantine", () => {
  it("refuses the same request for a while, and no other", () => {
    const quarantine = new Quarantine();
    quarantine.add(request("poison"), reason, 1000);
    expect(quarantine.find(request("poison"), 2000)?.message).toContain(
      "for 10 minutes it is refused without a try",
    );
    expect(quarantine.find(request("poison "), 2000)).toBeUndefined();
    expect(quarantine.find(request("poison"), 1000 + quarantineTime)).toBeUndefined();
  });

  it("forgets the oldest of too many", () => {
    const quarantine = new Quarantine();
    for (let at = 0; at <= 1000; at++) quarantine.add(request(`row ${at}`), reason, at);
    expect(quarantine.find(request("row 0"), 1001)).toBeUndefined();
    expect(quarantine.find(request("row 1"), 1001)).toBeDefined();
  });
});
