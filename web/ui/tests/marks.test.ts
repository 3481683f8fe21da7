import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import Marks from '../src/components/host/Marks.svelte';
import { alertSpans, otherAlertSpans, presenceSpans, restartMarks, trueSpans } from '../src/lib/marks';
import { Series } from '../src/lib/series';
import type { AlertSpell } from '../src/lib/types';

const window = { from: 1000, to: 2000 };
const now = 2000;
const alert = (rule: string, instance = '', from = 1200, until: number | null = 1700, severity: AlertSpell['severity'] = 'warning'): AlertSpell => ({ id: `h:${rule}:${instance}`, rule, instance, severity, from, until });

describe('an alert', () => {
  it.each([
    ['cpu', '', 'cpu.percent'],
    ['memory', '', 'memory.used'],
    ['memory', '', 'memory.percent'],
    ['swap', '', 'memory.swap_used'],
    ['load', '', 'cpu.load[2]'],
    ['disk', '/srv/a[1]', 'disks[/srv/a[1]].percent'],
    ['disk_full', '/', 'disks[/].percent'],
    ['temperature', 'cpu', 'temperatures[cpu].celsius'],
    ['battery', '', 'battery.percent'],
    ['traffic', 'eth0', 'network[eth0].tx_bps'],
  ])('of %s %s is marked on the chart of %s', (rule, instance, metric) => {
    expect(alertSpans([alert(rule, instance)], [metric], window, now)).toHaveLength(1);
    expect(alertSpans([alert(rule, instance)], ['processes'], window, now)).toHaveLength(0);
  });
  it('of one disk is not marked on another', () => expect(alertSpans([alert('disk', '/home')], ['disks[/].percent'], window, now)).toHaveLength(0));
  it('that is about no metric stands with the presence', () => {
    const both = [alert('offline'), alert('cpu'), alert('later')];
    expect(otherAlertSpans(both, window, now).map((span) => span.alert.rule)).toEqual(['offline', 'later']);
  });
  it('takes its share of the axis', () => expect(alertSpans([alert('cpu')], ['cpu.percent'], window, now)[0]).toMatchObject({ left: 0.2, width: 0.5, from: 1200, to: 1700 }));
  it('is cut at the edges', () => expect(alertSpans([alert('cpu', '', 0, 9000)], ['cpu.percent'], window, now)[0]).toMatchObject({ left: 0, width: 1, from: 0, to: 9000 }));
  it('that fires still ends now', () => expect(alertSpans([alert('cpu', '', 1500, null)], ['cpu.percent'], { from: 1000, to: 3000 }, now)[0]).toMatchObject({ left: 0.25, width: 0.25, to: null }));
  it('of another time is not there', () => {
    expect(alertSpans([alert('cpu', '', 100, 900), alert('cpu', '', 2100, null)], ['cpu.percent'], window, now)).toEqual([]);
  });
  it('is told in words, and cannot put markup into the page', () => {
    const { body } = render(Marks, { props: { alerts: alertSpans([alert('disk', '<b>x', 1200, null, 'critical')], ['disks[<b>x].percent'], window, now), restarts: restartMarks([1500], window) } });
    for (const part of ['Critical: Disk', 'since', 'Restarted']) expect(body).toContain(part);
    expect(body).not.toContain('<b>x');
  });
});

describe('restarts', () => {
  it('are where they were, in order', () => expect(restartMarks([1750, 1250, 500, 2500], window)).toEqual([{ at: 1250, count: 1, left: 0.25 }, { at: 1750, count: 1, left: 0.75 }]));
  it('close to each other are one mark that counts them', () => expect(restartMarks([1500, 1503, 1506], window)).toEqual([{ at: 1506, count: 3, left: 0.5 }]));
});

describe('presence', () => {
  it('lasts from state to state, the last one until now', () => {
    const spans = presenceSpans([[1000, 'online'], [1500, 'lost'], [1750, 'online']], { from: 1000, to: 3000 }, now);
    expect(spans.map(({ state, left, width, to }) => [state, left, width, to])).toEqual([
      ['online', 0, 0.25, 1500],
      ['lost', 0.25, 0.125, 1750],
      ['online', 0.375, 0.125, null],
    ]);
  });
  it('is one span while it stays the same', () => expect(presenceSpans([[1000, 'online'], [1500, 'online']], window, now)).toHaveLength(1));
  it('that began before the window is cut', () => expect(presenceSpans([[0, 'sleeping'], [1200, 'online']], window, now).map(({ state, left, from }) => [state, left, from])).toEqual([['sleeping', 0, 0], ['online', 0.2, 1200]]));
  it('of nothing is nothing', () => expect(presenceSpans([], window, now)).toEqual([]));
});

describe('what is on or off', () => {
  const series = new Series();
  series.prepend([[1000, 0, 0, 0], [1100, 1, 1, 1], [1200, 1, 1, 1], [1300, 0, 0, 0], [1400, 1, 1, 1], [1800, 1, 1, 1], [1900, 1, 1, 1]]);
  it('is marked while it is on, and not where nothing is known', () => {
    const broken = [false, false, false, false, false, true, false];
    expect(trueSpans(series, broken, window).map(({ from, to }) => [from, to])).toEqual([[1100, 1300], [1800, 1900]]);
  });
});
