// Answers that real programs recorded, where the machine has some: PORTOLAN_RECORDED_ANSWERS names folders of them, separated by
// ":". Every folder and the whole must load; nothing is asserted of what they hold but that it is told to the end.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSnapshot } from "../../src/snapshot/load.ts";
import { SnapshotWriter } from "../../src/snapshot/ndjson-writer.ts";
import { emptyFolder } from "../support/folder.ts";
import { RecordingConsumer } from "../support/recording-consumer.ts";

const roots = (process.env["PORTOLAN_RECORDED_ANSWERS"] ?? "")
  .split(":")
  .filter((root) => root !== "" && existsSync(root));
// oxlint-disable-next-line no-console -- a test that is left out says so
if (roots.length === 0) console.warn("recorded answers are not loaded: PORTOLAN_RECORDED_ANSWERS names no folder");

const folders = roots.flatMap((root) => [
  root,
  ...readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(root, name)),
]);

describe.skipIf(folders.length === 0)("recorded answers", () => {
  it.each(folders)("load from %s, and again from the snapshot made of them", async (folder) => {
    const told = new RecordingConsumer();
    await loadSnapshot(folder, told);
    expect(told.ends).toBe(1);
    expect(told.calls.length).toBeGreaterThan(0);

    const path = join(emptyFolder(), "a.ndjson.zst");
    const writer = new SnapshotWriter(path, { toolVersion: "1" });
    await loadSnapshot(folder, writer);
    await writer.close();
    const again = new RecordingConsumer();
    await loadSnapshot(path, again);
    expect(again.header?.origin).toBe("folder");
    const sorted = (consumer: RecordingConsumer): string[] =>
      consumer.items.map((item) => JSON.stringify(item)).toSorted();
    expect(sorted(again)).toEqual(sorted(told));
    expect(again.callLines.toSorted()).toEqual(told.callLines.toSorted());
  });
});
