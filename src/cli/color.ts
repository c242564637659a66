// Whether the product on stdout is coloured. What a person says on the command line comes before the environment, and that
// before what the stream is.

/**
 * @param flag false where --no-color was given
 * @param environment FORCE_COLOR (0 and false mean no), NO_COLOR (anything but empty means no), TERM=dumb
 */
export function wantsColor(flag: boolean, environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (!flag) return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  return isTerminal && environment["TERM"] !== "dumb";
}
