import { untrack } from 'svelte';
import { column, columnIds } from './columns';
import { layouts, prefs, type Layout } from './prefs.svelte';
import { router } from './router.svelte';
import type { ViewRequest } from './types';

export const sortKeys = ['trouble', 'id', 'state', 'cpu', 'memory', 'disk', 'traffic', 'alerts', 'last_seen'] as const;
const allSorts = new Set<string>([...sortKeys, ...columnIds.map((id) => column(id).sort)].filter(Boolean));
export const groupKeys = ['', 'tag', 'os', 'subnet'] as const;
export const heatFigures = ['cpu', 'memory', 'disk', 'load', 'swap', 'temperature', 'battery'] as const;
export type GroupKey = (typeof groupKeys)[number];
export type HeatFigure = (typeof heatFigures)[number];

const usualSort = 'trouble';
const usualHeat = 'cpu';
// Cards of more hosts are a wall: then a table is the start.
const manyHosts = 60;
export const cardsShown = 120;

const oneOf = <T extends string>(value: string | null, allowed: readonly T[], fallback: T): T => allowed.find((one) => one === value) ?? fallback;

// The service takes this much of a search.
const searchBytes = 256;
function clip(search: string): string {
  let text = search.trim().slice(0, searchBytes);
  while (new TextEncoder().encode(text).length > searchBytes) text = text.slice(0, -1);
  return text;
}

// What the fleet's page shows. The address holds it, so that a view can be kept and passed on.
export class FleetView {
  search = $state('');
  sort = $state<string>(usualSort); // "-" before it: descending
  group = $state<GroupKey>('');
  heat = $state<HeatFigure>(usualHeat);
  #layout = $state<Layout | ''>('');
  // The stretch of the list that is on the screen.
  #from = $state(0);
  #count = $state(0);
  hold = $state(false);
  // A display on a wall: every host as a colour, and those in trouble.
  wall = $state(false);

  constructor(private readonly total: () => number) {
    if (router.route.view === 'fleet' || router.route.view === 'wall') this.read(router.query);
  }

  get layout(): Layout {
    return this.#layout || prefs.layout || (this.total() > manyHosts ? 'table' : 'cards');
  }
  set layout(value: Layout) {
    this.#layout = value;
    prefs.layout = value;
  }

  // Sorted by this, or by it the other way round when it is already.
  sortBy(key: string, firstDescending: boolean): void {
    const first = firstDescending ? `-${key}` : key;
    const second = firstDescending ? key : `-${key}`;
    this.sort = this.sort === first ? second : first;
  }

  window(from: number, count: number): void {
    this.#from = from;
    this.#count = count;
  }

  get request(): ViewRequest {
    if (this.wall) return { q: '', sort: usualSort, group: this.group, from: 0, count: 0, hold: false, heat: this.heat };
    const heat = this.layout === 'heat' ? this.heat : '';
    return { q: clip(this.search), sort: this.sort, group: this.group, from: this.#from, count: this.#count, hold: this.hold, heat };
  }

  // The fragment's query that leads here.
  get query(): string {
    const query = new URLSearchParams();
    if (this.#layout) query.set('view', this.#layout);
    if (this.search.trim()) query.set('q', this.search.trim());
    if (this.sort !== usualSort) query.set('sort', this.sort);
    if (this.group) query.set('group', this.group);
    if (this.layout === 'heat' && this.heat !== usualHeat) query.set('heat', this.heat);
    return query.toString();
  }

  get hash(): string {
    return `#/${this.query && '?'}${this.query}`;
  }

  read(text: string): void {
    if (text === '') return;
    const query = new URLSearchParams(text);
    untrack(() => {
      this.#layout = oneOf<Layout | ''>(query.get('view'), layouts, this.#layout);
      this.search = query.get('q') ?? '';
      const sort = query.get('sort') ?? usualSort;
      this.sort = allSorts.has(sort.replace(/^-/, '')) ? sort : usualSort;
      this.group = oneOf(query.get('group'), groupKeys, '');
      this.heat = oneOf(query.get('heat'), heatFigures, usualHeat);
    });
  }
}
