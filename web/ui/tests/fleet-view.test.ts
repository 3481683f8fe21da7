import { describe, expect, it } from 'vitest';
import { columnIds, parseColumns, tracks, usualColumns } from '../src/lib/columns';
import { FleetView } from '../src/lib/fleet-view.svelte';
import { HeatLayout, heatCell, heatStep } from '../src/lib/heat';
import { ListLayout } from '../src/lib/list-layout';
import { parseRoute, queryOf } from '../src/lib/router.svelte';
import { countOf, withCount } from '../src/lib/search-terms';

const group = (name: string, count: number) => ({ name, count, trouble: 0 });

describe('the view of the fleet', () => {
  it('starts as suits the size of the fleet', () => {
    expect(new FleetView(() => 6).layout).toBe('cards');
    expect(new FleetView(() => 6000).layout).toBe('table');
  });
  it('stands in the address and comes out of it', () => {
    const view = new FleetView(() => 6);
    expect(view.hash).toBe('#/');
    view.layout = 'heat';
    view.search = ' state:lost tag:"two words" ';
    view.sort = '-cpu';
    view.group = 'os';
    view.heat = 'memory';
    expect(parseRoute(view.hash).view).toBe('fleet');
    const other = new FleetView(() => 6);
    other.read(queryOf(view.hash));
    expect(other.request).toEqual({ ...view.request, q: 'state:lost tag:"two words"' });
    expect(other.layout).toBe('heat');
  });
  it('asks for nothing that the service does not know', () => {
    const view = new FleetView(() => 6);
    view.layout = 'table';
    view.read('view=wall&sort=__proto__&group=age&heat=name&q=' + 'ü'.repeat(300));
    expect(view.request).toMatchObject({ sort: 'trouble', group: '', heat: '' });
    expect(new TextEncoder().encode(view.request.q).length).toBeLessThanOrEqual(256);
  });
  it('turns the order around at the second click', () => {
    const view = new FleetView(() => 6);
    view.sortBy('cpu', true);
    expect(view.sort).toBe('-cpu');
    view.sortBy('cpu', true);
    expect(view.sort).toBe('cpu');
    view.sortBy('id', false);
    expect(view.sort).toBe('id');
  });
});

describe('a count', () => {
  it('is a word of the search', () => {
    expect(withCount('web  tag:office', 'trouble')).toBe('state:trouble web tag:office');
    expect(withCount('state:lost web', 'offline')).toBe('state:offline web');
    expect(withCount('web state:trouble', 'all')).toBe('web');
    expect(countOf('web state:trouble')).toBe('trouble');
    expect(countOf('state:lost')).toBe('all');
  });
});

describe('the columns', () => {
  it('stand in the order of the table, whatever was stored', () => {
    expect(parseColumns(null)).toEqual(usualColumns);
    expect(parseColumns('')).toEqual([]);
    expect(parseColumns('tags,cpu,nonsense')).toEqual(['cpu', 'tags']);
    expect(tracks(columnIds).split(' ').length).toBeGreaterThan(columnIds.length);
  });
});

describe('the places of a long list', () => {
  it('are found without looking at each', () => {
    const list = new ListLayout(10_000, [], 50, 36);
    expect(list.height).toBe(500_000);
    expect([list.at(0), list.at(49), list.at(50), list.at(1e9)]).toEqual([0, 0, 1, 9_999]);
    expect(list.top(9_999)).toBe(499_950);
  });
  it('leave room for a heading above each group', () => {
    const list = new ListLayout(5, [group('a', 2), group('b', 0), group('c', 3)], 10, 4);
    expect(list.headings.map((h) => h.top)).toEqual([0, 24, 28]);
    expect([0, 1, 2, 3, 4].map((i) => list.top(i))).toEqual([4, 14, 32, 42, 52]);
    expect(list.height).toBe(62);
    for (const place of [0, 1, 2, 3, 4]) expect(list.at(list.top(place))).toBe(place);
  });
  it('of nothing are none', () => expect(new ListLayout(0, [], 50, 36).at(100)).toBe(0));
});

describe('the heat map', () => {
  it('knows what a byte says', () => {
    expect(heatCell(0)).toEqual({ percent: 0, presence: 'online', alarmed: false });
    expect(heatCell(100 + 128)).toEqual({ percent: 100, presence: 'online', alarmed: true });
    expect(heatCell(101)).toEqual({ percent: null, presence: 'online', alarmed: false });
    expect(heatCell(102 + 4)).toEqual({ percent: null, presence: 'lost', alarmed: false });
    expect(heatCell(102 + 5 + 128)).toEqual({ percent: null, presence: 'silent', alarmed: true });
  });
  it('has five steps', () => expect([0, 19, 20, 99, 100].map(heatStep)).toEqual([0, 0, 1, 4, 4]));
  it('finds the square under a point, and the point of a square', () => {
    for (const groups of [[], [group('a', 5), group('b', 95)]]) {
      const map = new HeatLayout(100, groups, 300, 200);
      for (const place of [0, 4, 5, 57, 99]) {
        const { x, y } = map.square(place);
        expect(map.at(x + 1, y + 1)).toBe(place);
      }
      expect(map.at(-5, 5)).toBeNull();
      expect(map.at(5, map.height + 50)).toBeNull();
    }
  });
  it('of ten thousand hosts fits a screen', () => {
    const map = new HeatLayout(10_000, [], 1400, 600);
    expect(map.pitch).toBe(9);
    expect(map.height).toBeLessThan(600);
  });
  it('is walked by the arrow keys', () => {
    const map = new HeatLayout(100, [], 300, 200);
    expect(map.step(0, 'ArrowLeft', 100)).toBe(0);
    expect(map.step(0, 'ArrowDown', 100)).toBe(map.columns);
    expect(map.step(5, 'End', 100)).toBe(99);
    expect(map.step(5, 'x', 100)).toBe(5);
  });
});
