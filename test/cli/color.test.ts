import { expect, it } from "vitest";
import { wantsColor } from "../../src/cli/color.ts";

it.each([
  ["colours a terminal", true, {}, true, true],
  ["does not colour a pipe", true, {}, false, false],
  ["obeys --no-color above all", false, { FORCE_COLOR: "1" }, true, false],
  ["obeys NO_COLOR", true, { NO_COLOR: "1" }, true, false],
  ["takes an empty NO_COLOR for none", true, { NO_COLOR: "" }, true, true],
  ["obeys FORCE_COLOR into a pipe", true, { FORCE_COLOR: "1" }, false, true],
  ["takes FORCE_COLOR=0 for no", true, { FORCE_COLOR: "0" }, true, false],
  ["does not colour a dumb terminal", true, { TERM: "dumb" }, true, false],
])("%s", (_name, flag, environment, isTerminal, colored) => {
  expect(wantsColor(flag, environment, isTerminal)).toBe(colored);
});
