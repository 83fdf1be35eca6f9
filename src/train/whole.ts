// What the end of a list of calls means.

/** Whether a list was carried out to its end. */
export function isWhole(ran: number | Promise<number>): boolean | Promise<boolean> {
  return typeof ran === "number" ? ran < 0 : ran.then((at) => at < 0);
}
