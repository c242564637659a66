import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createTalk, toPlainLine } from "../../src/cli/talk.ts";

function listen(options: { quiet: boolean; verbose: boolean }) {
  const stream = new PassThrough();
  const talk = createTalk(stream as unknown as NodeJS.WriteStream, options);
  return { talk, said: () => String(stream.read() ?? "") };
}

describe("talk", () => {
  it("says notes, and details only when asked to be verbose", () => {
    const plain = listen({ quiet: false, verbose: false });
    plain.talk.note("a note");
    plain.talk.detail("a detail");
    expect(plain.said()).toBe("a note\n");
    const verbose = listen({ quiet: false, verbose: true });
    verbose.talk.detail("a detail");
    expect(verbose.said()).toBe("a detail\n");
  });

  it("is silent when asked to be quiet, but for what must be said", () => {
    const { talk, said } = listen({ quiet: true, verbose: false });
    talk.note("a note");
    talk.always("the incomplete part");
    expect(said()).toBe("the incomplete part\n");
  });

  it("shows no progress where there is no terminal", () => {
    const { talk, said } = listen({ quiet: false, verbose: true });
    talk.progress("eu-west-1");
    talk.progress("");
    expect(said()).toBe("");
  });
});

it("shows no progress on a terminal that tells no width", async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 0 });
  const talk = createTalk(stream as unknown as NodeJS.WriteStream, {});
  talk.progress("eu-west-1");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(stream.read()).toBeNull();
});

describe("toPlainLine", () => {
  it("keeps a terminal from obeying what a cloud says", () => {
    expect(toPlainLine("a\u001b[31mred\u001b]0;title\u0007b")).toBe("a [31mred ]0;title b");
    expect(toPlainLine("one\r\ntwo\u2028three")).toBe("one two three");
    expect(toPlainLine("\u202egnp.exe\u2066")).toBe("gnp.exe");
  });

  it("leaves names of any language alone", () => {
    expect(toPlainLine("Zürich-東京")).toBe("Zürich-東京");
  });
});
