// The page of one alert: what it is found by, what it measures, and who did what.
import { describe, expect, it } from 'vitest';
import { measuredNow, measureOf, worseOf, worstSince } from '../src/lib/alert-measure';
import { auditOf, fitsPattern, silencesOf, spellsWith, storyOf, windowOf, type AlertTime } from '../src/lib/alert-story';
import { alertPagePath, parseRoute } from '../src/lib/router.svelte';
import type { AuditEntry, Host, Silence } from '../src/lib/types';

const minute = 60_000;
const start = 1_764_000_000_000;
const active: AlertTime = { id: 'web-1:disk:%2Fhome', host: 'web-1', rule: 'disk', instance: '/home', severity: 'warning', state: 'firing', value: 92, threshold: 90, since: start };
const over: AlertTime = { ...active, state: 'resolved', resolved: start + 60 * minute, worst: 97 };

describe('the address', () => {
  it('bears any id there and back', () => {
    for (const id of [active.id, 'a:temperature:x%2Fy z', 'ü:cpu']) expect(parseRoute(alertPagePath({ id, since: start }))).toEqual({ view: 'alert', id, since: start });
  });
  it.each(['#/alerts/at', '#/alerts/at/x', '#/alerts/at/x/soon', '#/alerts/at/%E0%A4%A/1', '#/alerts/at//1'])('%s is the list', (hash) =>
    expect(parseRoute(hash)).toEqual({ view: 'alerts', tab: 'active' }));
  it('leaves other routes as they were', () => {
    expect(parseRoute('#/alerts/history')).toEqual({ view: 'alerts', tab: 'history' });
    expect(parseRoute('#/host/a%2Fb?range=1h')).toEqual({ view: 'host', id: 'a/b' });
    expect(parseRoute('#/host/%E0%A4%A')).toEqual({ view: 'fleet' });
  });
});

describe('what it measures', () => {
  const host: Host = {
    id: 'web-1',
    cpu: { percent: 50, cores: [1, 2, 3, 4], load: [6, 5, 4] },
    memory: { percent: 40, total: 8000, used: 3200, swap_total: 2000, swap_used: 500 },
    disks: [{ mount: '/home', total: 100, used: 92, percent: 92 }],
    network: [{ name: 'eth0', rx_bps: 10, tx_bps: 30 }],
  };
  const about = (rule: string, instance = '') => measureOf({ rule, instance }, host)!;
  it('is counted as the rule counts', () => {
    expect(measuredNow(about('cpu'), host)).toBe(50);
    expect(measuredNow(about('load'), host)).toBe(1.5);
    expect(measuredNow(about('swap'), host)).toBe(25);
    expect(measuredNow(about('disk', '/home'), host)).toBe(92);
    expect(measuredNow(about('traffic', 'eth0'), host)).toBe(30);
  });
  it('is nothing of a metric for a host that is away', () => {
    for (const rule of ['offline', 'duplicate', 'isolation', 'toString']) expect(measureOf({ rule, instance: '' }, host)).toBeNull();
  });
  it('has no limit to draw where units differ or the size is not known', () => {
    expect(about('disk_full', '/home').factor).toBeNull();
    expect(measureOf({ rule: 'swap', instance: '' }, { id: 'a' })!.factor).toBeNull();
  });
  it('finds the worst since it began', () => {
    const series = { t: [1, 2, 3], min: [1, 30, 20], max: [99, 60, 40] };
    expect(worstSince(about('cpu'), [series], 2)).toBe(60);
    expect(worstSince(about('battery'), [series], 2)).toBe(20);
    expect(worstSince(about('load'), [series], 2)).toBe(15);
    expect(worstSince(about('cpu'), [], 2)).toBeUndefined();
    expect(worseOf(false, undefined, 3, 5)).toBe(5);
    expect(worseOf(true, undefined, 3, 5)).toBe(3);
  });
});

describe('the window', () => {
  it('follows the present while it fires', () => expect(windowOf(active, start + 4 * 60 * minute)).toEqual({ live: true, span: 5 * 60 * minute }));
  it('stands around what is over', () =>
    expect(windowOf(over, start + 600 * minute)).toEqual({ live: false, from: start - 15 * minute, to: start + 75 * minute }));
  it('leaves some room around a short one', () =>
    expect(windowOf({ ...over, resolved: start }, start + 600 * minute)).toMatchObject({ from: start - 5 * minute, to: start + 5 * minute }));
  it('ends no later than now', () => expect(windowOf(over, start + 61 * minute)).toMatchObject({ to: start + 61 * minute }));
  it('marks it once', () => {
    const others = [{ id: active.id, rule: 'disk', instance: '/home', severity: 'critical' as const, from: start, until: null }, { id: 'x', rule: 'cpu', instance: '', severity: 'warning' as const, from: 1, until: 2 }];
    expect(spellsWith(over, others).map(({ id, until }) => [id, until])).toEqual([[active.id, over.resolved], ['x', 2]]);
  });
});

const silence = (of: Partial<Silence>): Silence => ({
  id: 's', host: null, tag: null, rule: null, from: start, until: start + minute, repeat: null, comment: null, created: start, by: 'ann', active: false, ...of,
});

describe('a pattern', () => {
  it.each([
    ['web-1', 'web-1', true],
    ['web-1', 'web-10', false],
    ['web-*', 'web-', true],
    ['*', '', true],
    ['*-db-*', 'acme-db-1', true],
    ['*-db-*', 'acme-db', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-c-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a.c', 'abc', false],
  ])('%s fits %s: %s', (pattern, name, fits) => expect(fitsPattern(pattern, name)).toBe(fits));
  it('of many stars is as quick as any', () => expect(fitsPattern(`${'*a'.repeat(32)}b`, 'a'.repeat(64))).toBe(false));
});

describe('its silences', () => {
  const fit = (of: Partial<Silence>, alert = over) => silencesOf(alert, [silence(of)], ['lab'], start + 600 * minute).length === 1;
  it('are for its host, tag and rule', () => {
    expect(fit({ host: 'web-*' })).toBe(true);
    expect(fit({ host: 'we.-1' })).toBe(false);
    expect(fit({ host: 'db-*', rule: 'disk' })).toBe(false);
    expect(fit({ rule: 'cpu' })).toBe(false);
    expect(fit({ tag: 'lab', rule: 'disk' })).toBe(true);
    expect(fit({ tag: 'prod' })).toBe(false);
  });
  it('were on while it fired', () => {
    expect(fit({ host: 'web-1', from: start - 9 * minute, until: start - minute })).toBe(false);
    expect(fit({ host: 'web-1', from: start - 9 * minute, until: start + minute })).toBe(true);
    expect(fit({ host: 'web-1', from: start + 61 * minute, until: start + 99 * minute })).toBe(false);
    expect(fit({ host: 'web-1', from: start - 9 * minute, until: start - minute, repeat: 'FREQ=DAILY' })).toBe(true);
  });
});

describe('its story', () => {
  it('is told in order', () => {
    const seen = { ...over, acknowledged_by: 'bert', acknowledged_at: start + 5 * minute };
    expect(storyOf(seen, [silence({ created: start + minute })]).map(({ kind }) => kind)).toEqual(['raised', 'silenced', 'acknowledged', 'resolved']);
    expect(storyOf(active, []).map(({ kind }) => kind)).toEqual(['raised']);
  });
  it('has of the audit log what is about it', () => {
    let id = 0;
    const entry = (at: number, action: string, object: string): AuditEntry => ({ id: ++id, at: start + at * minute, who: 'ann', from: '::1', action, object, outcome: 'done' });
    const log = [
      entry(-5, 'alert.acknowledge', active.id), // of a former time
      entry(-4, 'silence.add', 'aa web-*  '),
      entry(1, 'alert.acknowledge', active.id),
      entry(2, 'alert.acknowledge', 'web-1:cpu'),
      entry(3, 'silence.add', 'bb * tag lab machines disk'),
      entry(4, 'silence.add', 'cc db-*  disk'),
      entry(5, 'silence.remove', 'cc'),
      entry(6, 'silence.remove', 'bb'),
      entry(7, 'org.set', active.id),
    ];
    const told = auditOf(active, [...log].reverse(), ['lab machines'], start + 90 * minute);
    expect(told.map(({ action, object }) => [action, object.split(' ')[0]])).toEqual([
      ['silence.add', 'aa'], ['alert.acknowledge', active.id], ['silence.add', 'bb'], ['silence.remove', 'bb'],
    ]);
  });
});
