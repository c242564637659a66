/** Orders strings by UTF-16 code unit, so that the same input gives the same bytes in every locale. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
