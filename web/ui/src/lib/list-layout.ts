import type { HostGroup } from './fleet.svelte';

// Where the rows of a long list stand when they are of one height, with a heading above each group.
export class ListLayout {
  readonly height: number;
  readonly headings: { name: string; count: number; trouble: number; top: number; first: number }[] = [];

  constructor(
    private readonly total: number,
    groups: readonly HostGroup[],
    private readonly row: number,
    private readonly heading: number,
  ) {
    let first = 0;
    for (const group of groups) {
      this.headings.push({ ...group, first, top: first * row + this.headings.length * heading });
      first += group.count;
    }
    this.height = total * row + this.headings.length * heading;
  }

  // The distance of a row from the top of the list.
  top(place: number): number {
    return place * this.row + this.headingsUpTo(place) * this.heading;
  }

  // The row at this distance, or the one after it where a heading stands there.
  at(y: number): number {
    let low = 0;
    let high = Math.max(0, this.total - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private headingsUpTo(place: number): number {
    let low = 0;
    let high = this.headings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.headings[middle]!.first <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
