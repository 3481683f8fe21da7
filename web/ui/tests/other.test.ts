import { describe, expect, it } from 'vitest';
import { timeAxis, topOf } from '../src/lib/axes';
import { shortSystem, system } from '../src/lib/inventory';
import { alertPath, parseRoute, hostPath, queryOf } from '../src/lib/router.svelte';
import { ServerClock } from '../src/lib/server-clock';
import { monogram } from '../src/lib/theme.svelte';

describe('routes', () => {
  it('are read from the fragment', () => {
    expect(parseRoute('')).toEqual({ view: 'fleet' });
    expect(parseRoute('#/alerts')).toEqual({ view: 'alerts', tab: 'active' });
    expect(parseRoute('#/host/%')).toEqual({ view: 'fleet' });
    expect(parseRoute('#/?q=state:lost/x')).toEqual({ view: 'fleet' });
    expect(parseRoute('#/wall')).toEqual({ view: 'wall' });
    expect(parseRoute('#/host/web-1?from=1&to=2')).toEqual({ view: 'host', id: 'web-1' });
    expect(parseRoute('#/alerts?x=/y')).toEqual({ view: 'alerts', tab: 'active' });
    expect(queryOf('#/host/web-1?from=1&to=2')).toBe('from=1&to=2');
    expect(queryOf('#/host/web-1')).toBe('');
    expect(parseRoute(alertPath('history'))).toEqual({ view: 'alerts', tab: 'history' });
    expect(parseRoute('#/alerts/nothing')).toEqual({ view: 'alerts', tab: 'active' });
    expect(parseRoute(hostPath('web-1.example_x'))).toEqual({ view: 'host', id: 'web-1.example_x' });
  });
});

describe("the server's clock", () => {
  it('is the own clock within a tolerance', () => {
    const clock = new ServerClock();
    expect(clock.now(5000)).toBe(5000);
    clock.observe(4500, 5000);
    expect(clock.now(6000)).toBe(6000);
  });
  it('is followed when it differs, by the least delayed observation', () => {
    const clock = new ServerClock();
    clock.observe(100_000, 5000);
    clock.observe(100_900, 6000);
    expect(clock.now(7000)).toBe(102_000);
  });
  it('is learned anew after it was set', () => {
    const clock = new ServerClock();
    clock.observe(100_000, 0);
    for (let i = 0; i < 64; i++) clock.observe(i, i);
    expect(clock.now(1000)).toBe(1000);
  });
});

describe('a monogram', () => {
  it.each([['Acme Fleet', 'AF'], ['beta', 'B'], ['  ', 'F'], ['Ünder-write', 'ÜW'], ['🚀 Rockets', '🚀R']])('of “%s” is %s', (title, letters) => expect(monogram(title)).toBe(letters));
});

describe('the name of a system', () => {
  it('is short where there is little room', () => {
    expect(shortSystem({ os: 'linux', version: 'Debian GNU/Linux 12 (bookworm)' })).toBe('Debian 12');
    expect(system({ os: 'macos', version: '14.5' })).toBe('macOS 14.5');
    expect(system({ os: 'linux' })).toBe('Linux');
    expect(system(undefined)).toBe('');
  });
});

describe('the top of a scale', () => {
  it('is tidy and above every value', () => {
    expect(topOf('percent', 9)).toBe(10);
    expect(topOf('percent', 99.9)).toBe(100);
    expect(topOf('percent', null)).toBe(10);
    for (const value of [1, 5000, 1e6, 3.3e7, 9.99e9]) expect(topOf('rate', value)).toBeGreaterThan(value);
    expect(topOf('celsius', 51)).toBe(60);
    expect(topOf('celsius', 97)).toBe(120);
    expect([topOf('number', 0), topOf('number', 0.99), topOf('number', 3.1)]).toEqual([1, 1.25, 4]);
  });
});

describe('the times of a chart', () => {
  const noon = new Date(2026, 10, 25, 12).getTime() / 1000;
  const midnight = noon + 12 * 3600;
  const label = timeAxis as (u: unknown, splits: number[], axis: number, space: number, step: number) => string[];
  it('are as exact as their distance', () => {
    expect(label(null, [noon], 0, 0, 30)).toEqual(['12:00:00']);
    expect(label(null, [noon], 0, 0, 3600)).toEqual(['12:00']);
  });
  it('name the day at midnight, and where days are far apart', () => {
    expect(label(null, [noon, midnight], 0, 0, 6 * 3600)[1]).toMatch(/26/);
    expect(label(null, [noon], 0, 0, 86_400)[0]).toMatch(/25/);
  });
  it('say the year where it begins', () => {
    const [december, january, later] = [new Date(2026, 11, 25), new Date(2027, 0, 4), new Date(2027, 0, 14)].map((day) => day.getTime() / 1000) as [number, number, number];
    expect(label(null, [december, january, later], 0, 0, 10 * 86_400)).toEqual(['25 Dec', '4 Jan 2027', '14 Jan']);
  });
  it('name the month where months are far apart, with the year at the left and where it begins', () => {
    const months = [10, 12, 14, 24].map((month) => new Date(2026, month, 1).getTime() / 1000);
    expect(label(null, months, 0, 0, 60 * 86_400)).toEqual(['Nov 2026', 'Jan 2027', 'Mar', 'Jan 2028']);
  });
});
