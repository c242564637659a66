// The HTML report in a real browser, and every format against a hostile estate: nothing that came from a cloud is ever live.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditResult, Finding } from "../../src/model/index.ts";
import { renderHtml } from "../../src/report/html.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderText } from "../../src/report/text.ts";
import { finding, HOSTILE, hostileResult, result } from "./fixture.ts";

const templates = join(import.meta.dirname, "../../templates");
const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

describe("every format", () => {
  it("is the same for the same result", () => {
    const again = (): string[] => [
      renderHtml(result(), { templates }),
      renderMarkdown(result(), { templates }),
      renderText(result(), { color: false, width: 100 }),
      renderJson(result()),
    ];
    expect(again()).toEqual(again());
  });

  it.each([
    ["report.html", () => renderHtml(result(), { templates })],
    ["report.md", () => renderMarkdown(result(), { templates })],
    ["report.txt", () => renderText(result(), { color: false, width: 100 })],
    ["report.json", () => renderJson(result())],
  ])("renders as the golden %s", async (name, render) => {
    await expect(render()).toMatchFileSnapshot(`golden/${name}`);
  });

  it("holds the closing count", () => {
    const { lastLine } = result();
    expect(renderHtml(result(), { templates })).toContain(lastLine);
    expect(renderText(result(), { color: false, width: 100 }).trimEnd().endsWith(lastLine)).toBe(true);
  });
});

describe("hostile text", () => {
  it("gives HTML no element and no attribute of its own", () => {
    const html = renderHtml(hostileResult(), { templates });
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img");
    expect(html).not.toMatch(/href="(?!#)/u);
  });

  it("is not live in Markdown", () => {
    // A code span is text, whatever it holds; its fence is longer than any run of backticks in it.
    const markdown = renderMarkdown(hostileResult(), { templates })
      .replaceAll("\\`", "")
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?[^`]\1(?!`)/gu, "code");
    expect(markdown).not.toMatch(/<(?:script|img|!--)/u);
    expect(markdown).not.toContain("@team");
    expect(markdown).not.toContain("://evil");
    expect(markdown).not.toMatch(/[^\\`]#123/u);
    expect(markdown).not.toMatch(/(?<!\\)\[click\]/u);
    // Every row of a table has as many cells as its head.
    for (const table of markdown.split("\n\n").filter((block) => block.startsWith("|"))) {
      const cells = table
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  it("sends a terminal no control character", () => {
    const text = renderText(hostileResult(), { color: false, width: 80 });
    // oxlint-disable-next-line no-control-regex -- they are what this is about
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/u);
    expect(text).toContain("<U+001B>");
  });

  it("stays as it is in JSON", () => {
    expect(JSON.parse(renderJson(hostileResult())) as AuditResult).toEqual(hostileResult());
  });
});

describe("ten thousand findings", () => {
  const many = (): Finding[] =>
    Array.from({ length: 10_000 }, (_, index) =>
      finding({ id: index.toString(16).padStart(16, "0"), severity: index < 50 ? "critical" : "low" }),
    );

  it("stay under five megabytes of HTML", () => {
    const html = renderHtml({ ...result(), findings: many() }, { templates });
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
    expect(html.match(/class="f(?: s)?"/gu)).toHaveLength(10_000);
  });
});

if (!existsSync(CHROMIUM)) process.stderr.write(`skipped: the report in a browser (${CHROMIUM} is not there)\n`);

describe.skipIf(!existsSync(CHROMIUM))("in Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "portolan-report-"));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: AuditResult, width = 1280): Promise<{ page: Page; troubles: string[] }> {
    const path = join(folder, "report.html");
    writeFileSync(path, renderHtml(report, { templates }));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("dialog", (dialog) => {
      troubles.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== `file://${path}`) troubles.push(`request ${request.url()}`);
    });
    await page.goto(`file://${path}`);
    return { page, troubles };
  }

  it("opens without an error and asks no other host", async () => {
    const { page, troubles } = await open(result());
    expect(await page.locator("h1").textContent()).toContain("finding");
    expect(troubles).toEqual([]);
    await page.close();
  });

  it("filters by severity, kind and text, and says how many are left", async () => {
    const { page } = await open(result());
    const shown = async (): Promise<number> => page.locator("#findings .group .f:visible").count();
    const all = await shown();
    expect(all).toBe(result().findings.length);
    await page.selectOption("#sev", "critical");
    await expect.poll(shown).toBe(1);
    await page.selectOption("#sev", "");
    await page.selectOption("#kind", "missing");
    await expect.poll(shown).toBe(1);
    await page.selectOption("#kind", "");
    await page.fill("#q", "no such thing anywhere");
    await expect.poll(shown).toBe(0);
    expect(await page.locator("#shown").textContent()).toBe(`0 of ${all} findings`);
    await page.close();
  });

  it("runs nothing of a hostile estate", async () => {
    const { page, troubles } = await open(hostileResult());
    expect(await page.locator("script").count()).toBe(1);
    expect(await page.locator("img, iframe, object, embed").count()).toBe(0);
    expect(troubles).toEqual([]);
    expect(await page.locator("body").textContent()).toContain("<script>alert(1)</script>");
    await page.close();
  });

  it.each([390, 1280])("does not scroll sideways at %i pixels", async (width) => {
    const { page } = await open({ ...result(), findings: [finding({ title: HOSTILE }), ...result().findings] }, width);
    expect(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")).toBeLessThanOrEqual(0);
    await page.close();
  });
});
