// The assignment of indivisible groups of images to sets, so that each set gets close to the numbers wanted of it.

/** Up to this many groups, exchanges of two are tried as well: their number grows with the square. */
const mostGroupsExchanged = 256;

/** No group, where one could be added or taken away. */
const none = -1;

/** A change has to lower the distance by more than this: rounding must not lead in circles. */
const margin = 1e-9;

/** What is assigned. */
export interface Tallies {
  readonly groupCount: number;
  /** Of the rows of `counts`: first the number of images, then those of each class. */
  readonly columns: number;
  /** groupCount rows. */
  readonly counts: Float64Array;
}

/**
 * The set of each group, none empty. The distance from what is wanted,
 *   sum over sets and columns of (number - wanted)^2 / wanted   (Pearson's chi-square),
 * is lowered as far as a greedy pass leads (each group, the largest first, goes where it lowers the distance most) and
 * single moves and exchanges after it: a local minimum.
 * @param order the groups in the order they are looked at where sizes are equal; it is sorted by size
 * @param shares of each set, above 0, adding up to 1; not more sets than groups
 */
export function assign(tallies: Tallies, shares: readonly number[], order: Int32Array): Int8Array {
  const assignment = new Assignment(tallies, shares);
  const { columns, counts } = tallies;
  order.sort((a, b) => counts[b * columns] - counts[a * columns]);
  assignment.distribute(order);
  assignment.fillEmptySets(order);
  while (assignment.improve(order));
  return assignment.setOf;
}

class Assignment {
  readonly setOf: Int8Array;
  /** How many groups each set has. */
  readonly #sizes: Int32Array;
  /** number - wanted, by set and column. */
  readonly #excess: Float64Array;
  /** 1 / wanted, by set and column; 0 for a class without images. */
  readonly #weights: Float64Array;

  constructor(
    readonly tallies: Tallies,
    shares: readonly number[],
  ) {
    const { columns, groupCount, counts } = tallies;
    this.setOf = new Int8Array(groupCount);
    this.#sizes = new Int32Array(shares.length);
    const totals = new Float64Array(columns);
    for (let i = 0; i < counts.length; i++) totals[i % columns] += counts[i];
    this.#excess = new Float64Array(shares.length * columns);
    for (let i = 0; i < this.#excess.length; i++)
      this.#excess[i] = -shares[Math.floor(i / columns)] * totals[i % columns];
    this.#weights = this.#excess.map((excess) => (excess === 0 ? 0 : -1 / excess));
  }

  distribute(order: Int32Array): void {
    for (const group of order) {
      let best = 0;
      for (let set = 1; set < this.#sizes.length; set++)
        if (this.#change(set, group, none) < this.#change(best, group, none)) best = set;
      this.#replace(best, group, none);
    }
  }

  /** Moves into each empty set the group that costs least, out of a set that has another. */
  fillEmptySets(order: Int32Array): void {
    for (let set = 0; set < this.#sizes.length; set++) {
      if (this.#sizes[set] > 0) continue;
      let best = none;
      let least = Infinity;
      for (const group of order) {
        const change = this.#change(this.setOf[group], none, group) + this.#change(set, group, none);
        if (this.#sizes[this.setOf[group]] === 1 || change >= least) continue;
        best = group;
        least = change;
      }
      this.#move(best, set);
    }
  }

  /** One pass of moves and exchanges that lower the distance, none of which empties a set; whether there was one. */
  improve(order: Int32Array): boolean {
    let isImproved = false;
    for (const group of order) {
      for (let set = 0; set < this.#sizes.length; set++) {
        const from = this.setOf[group];
        if (set === from || this.#sizes[from] === 1) continue;
        if (this.#change(from, none, group) + this.#change(set, group, none) > -margin) continue;
        this.#move(group, set);
        isImproved = true;
      }
      if (order.length > mostGroupsExchanged) continue;
      for (const other of order) {
        const from = this.setOf[group];
        const to = this.setOf[other];
        if (from === to || this.#change(from, other, group) + this.#change(to, group, other) > -margin) continue;
        this.#replace(from, other, group);
        this.#replace(to, group, other);
        isImproved = true;
      }
    }
    return isImproved;
  }

  #move(group: number, set: number): void {
    this.#replace(this.setOf[group], none, group);
    this.#replace(set, group, none);
  }

  /** What the distance gains when a set gets the group `added` and loses `removed`. */
  #change(set: number, added: number, removed: number): number {
    const { columns } = this.tallies;
    let change = 0;
    for (let column = 0; column < columns; column++) {
      const more = this.#count(added, column) - this.#count(removed, column);
      const i = set * columns + column;
      change += this.#weights[i] * more * (2 * this.#excess[i] + more);
    }
    return change;
  }

  #replace(set: number, added: number, removed: number): void {
    const { columns } = this.tallies;
    for (let column = 0; column < columns; column++)
      this.#excess[set * columns + column] += this.#count(added, column) - this.#count(removed, column);
    this.#sizes[set] += (added === none ? 0 : 1) - (removed === none ? 0 : 1);
    if (added !== none) this.setOf[added] = set;
  }

  #count(group: number, column: number): number {
    return group === none ? 0 : this.tallies.counts[group * this.tallies.columns + column];
  }
}
