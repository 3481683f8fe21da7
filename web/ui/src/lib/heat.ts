// The heat map: what a byte of the feed says, and where the squares stand.
import type { HostGroup } from './fleet.svelte';
import type { Presence } from './types';

// As the service counts them.
const presences: Presence[] = ['unknown', 'online', 'sleeping', 'stopped', 'lost', 'silent'];

export interface HeatCell {
  percent: number | null;
  presence: Presence;
  alarmed: boolean;
}

// 0 to 100 percent, 101 none though it reports, 102 and more a presence; plus 128 with an alert.
export function heatCell(byte: number): HeatCell {
  const value = byte & 127;
  return {
    alarmed: byte > 127,
    percent: value <= 100 ? value : null,
    presence: value <= 101 ? 'online' : (presences[value - 102] ?? 'unknown'),
  };
}

// Five steps tell more at a glance than a hundred shades.
export const heatSteps = 5;
export const heatStep = (percent: number): number => Math.min(heatSteps - 1, Math.floor((percent * heatSteps) / 100));

export interface HeatBlock {
  group: HostGroup | null;
  first: number; // place of its first host in the list
  count: number;
  top: number; // of its squares
}

// Squares in rows that fill the width, groups below one another under a line of text.
export class HeatLayout {
  readonly blocks: HeatBlock[] = [];
  readonly height: number;
  readonly pitch: number; // from square to square
  readonly gap: number;
  readonly columns: number;

  constructor(total: number, groups: readonly HostGroup[], width: number, wantedHeight: number, private readonly heading = 30) {
    const fitting = Math.floor(Math.sqrt((Math.max(1, width) * Math.max(1, wantedHeight)) / Math.max(1, total)));
    this.pitch = Math.max(9, Math.min(34, fitting));
    this.gap = this.pitch > 14 ? 2 : 1;
    this.columns = Math.max(1, Math.floor((width + this.gap) / this.pitch));
    let top = 0;
    let first = 0;
    for (const group of groups.length > 0 ? groups : [null]) {
      const count = group?.count ?? total;
      if (group) top += this.heading;
      this.blocks.push({ group, first, count, top });
      top += Math.ceil(count / this.columns) * this.pitch;
      first += count;
    }
    this.height = top;
  }

  get side(): number {
    return this.pitch - this.gap;
  }

  square(place: number): { x: number; y: number } {
    const block = this.blockOf(place);
    const i = place - block.first;
    return { x: (i % this.columns) * this.pitch, y: block.top + Math.floor(i / this.columns) * this.pitch };
  }

  // The host under this point.
  at(x: number, y: number): number | null {
    if (x < 0 || x >= this.columns * this.pitch) return null;
    for (const block of this.blocks) {
      if (y < block.top) return null;
      const i = Math.floor((y - block.top) / this.pitch) * this.columns + Math.floor(x / this.pitch);
      if (i < block.count) return block.first + i;
    }
    return null;
  }

  // The place that an arrow key leads to.
  step(place: number, key: string, total: number): number {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns, Home: -total, End: total }[key];
    return by === undefined ? place : Math.max(0, Math.min(total - 1, place + by));
  }

  private blockOf(place: number): HeatBlock {
    for (let i = this.blocks.length - 1; i > 0; i--) if (this.blocks[i]!.first <= place) return this.blocks[i]!;
    return this.blocks[0]!;
  }
}
