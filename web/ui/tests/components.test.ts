// Rendered to text, without a browser: that every state of a host has words, and none of them an inline style.
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import AlertBadge from '../src/components/AlertBadge.svelte';
import Filesystems from '../src/components/Filesystems.svelte';
import HostAlerts from '../src/components/HostAlerts.svelte';
import HostCard from '../src/components/HostCard.svelte';
import HostRow from '../src/components/HostRow.svelte';
import IsolationPanel from '../src/components/IsolationPanel.svelte';
import Inventory from '../src/components/Inventory.svelte';
import StateBadge from '../src/components/StateBadge.svelte';
import { Fleet, HostEntry } from '../src/lib/fleet.svelte';
import { text } from '../src/lib/text';
import type { Alert, Host, IsolationReport, Presence, ViewFrame } from '../src/lib/types';

const host: Host = {
  id: 'web-1',
  state: 'online',
  since: 1_000,
  last_seen: 2_000,
  ts: 2_000,
  interval: 10,
  cpu: { percent: 12.4, cores: [1, 2], load: [0.1, 0.2, 0.3] },
  memory: { percent: 43.1, total: 8 * 2 ** 30, used: 3 * 2 ** 30 },
  disks: [{ mount: '/', device: '/dev/sda1', fs: 'ext4', total: 40 * 2 ** 30, used: 38 * 2 ** 30, percent: 95 }],
  network: [{ name: 'eth0', rx_bps: 2048, tx_bps: 1024 }],
  info: { os: 'linux', version: 'Debian GNU/Linux 12 (bookworm)', tags: ['<b>x</b>'] },
};
const alert: Alert = { id: 'web-1:disk:%2F', host: 'web-1', rule: 'disk', instance: '/', severity: 'critical', state: 'firing', value: 95, threshold: 90, since: 1 };

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

function entryOf(value: Host, alerts: Alert[] = []): HostEntry {
  const entry = new HostEntry(value.id);
  entry.take(value);
  entry.alerts = alerts;
  return entry;
}

describe('a host', () => {
  it.each([HostCard, HostRow])('shows its figures and its alert', (component) => {
    const shown = words(render(component, { props: { entry: entryOf(host, [alert]) } }).body);
    for (const part of ['web-1', 'Online', 'Debian 12', '12%', '43%', '95%', 'Disk /', 'very high']) expect(shown).toContain(part);
  });
  it('that has never reported says so', () => expect(words(render(HostCard, { props: { entry: entryOf({ id: 'new', state: 'unknown' }) } }).body)).toContain(text.fleet.noFigures));
  it.each(Object.keys(text.presence) as Presence[])('has a word and a shape when it is %s', (state) => {
    const { body } = render(StateBadge, { props: { host: { id: 'a', state } } });
    expect(words(body)).toContain(text.presence[state]);
    expect(body).toContain('<path');
  });
  it('cannot put markup into the page', () => expect(render(Inventory, { props: { host } }).body).not.toContain('<b>x'));
  it('lists its file systems', () => expect(words(render(Filesystems, { props: { disks: host.disks! } }).body)).toContain('/dev/sda1'));
});

describe('alerts of a host', () => {
  it('are counted in the badge', () => expect(words(render(AlertBadge, { props: { alerts: [alert, { ...alert, id: 'b' }] } }).body)).toContain('2 alerts'));
  it('say value, limit and severity', () => {
    const shown = words(render(HostAlerts, { props: { alerts: [alert] } }).body);
    for (const part of ['Disk /', '95.0%', '90%', 'Critical']) expect(shown).toContain(part);
  });
  it('that are none are said too', () => expect(words(render(HostAlerts, { props: { alerts: [] } }).body)).toContain(text.host.noAlerts));
});

describe('the fleet', () => {
  const view = (seq: number, frame: Partial<ViewFrame>): ViewFrame => ({ type: 'view', seq, ...frame });

  it('holds the rows that it is told of', () => {
    const fleet = new Fleet();
    fleet.take(view(1, { rows: { total: 50, from: 10, ids: ['web-1', 'b'] }, hosts: [host, { id: 'b', state: 'lost' }], alerts: [alert], all_alerts: true }), true);
    expect(fleet.rows.entries.map((e) => e.id)).toEqual(['web-1', 'b']);
    expect([fleet.at(9), fleet.at(10)?.id, fleet.at(11)?.id, fleet.at(12)]).toEqual([undefined, 'web-1', 'b', undefined]);
    expect(fleet.find('web-1')?.alerts).toHaveLength(1);
    const kept = fleet.find('web-1');

    fleet.take(view(2, { hosts: [{ id: 'web-1', ts: 12_000, cpu: { percent: 50 } }], alerts: [{ ...alert, state: 'resolved' }] }), false);
    expect(fleet.find('web-1')).toBe(kept);
    expect(kept?.host.memory?.percent).toBe(43.1);
    expect(kept?.spark.mean).toEqual([12.4, 50]);
    expect(kept?.alerts).toHaveLength(0);
    expect(fleet.book.resolved).toHaveLength(1);
  });
  it('forgets hosts that are not shown, but neither those in trouble nor the one of the open page', () => {
    const fleet = new Fleet();
    fleet.focused = 'c';
    fleet.take(view(1, { rows: { total: 3, from: 0, ids: ['a'] }, trouble: ['b'], hosts: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }), true);
    fleet.take(view(2, { rows: { total: 3, from: 1, ids: ['d'] }, hosts: [{ id: 'd' }] }), false);
    expect(['a', 'b', 'c', 'd'].filter((id) => fleet.find(id))).toEqual(['b', 'c', 'd']);
  });
  it('says what it has after a lost connection, as much as a message holds', () => {
    const fleet = new Fleet();
    expect(fleet.known()).toBeNull();
    const ids = Array.from({ length: 200 }, (_, i) => `${i}`.padStart(60, 'h'));
    fleet.take(view(7, { rows: { total: 200, from: 0, ids }, hosts: ids.map((id) => ({ id })) }), true);
    const known = fleet.known()!;
    expect(known.seq).toBe(7);
    expect(JSON.stringify({ type: 'resume', ...known }).length).toBeLessThan(4096);
    expect(known.have.length).toBeGreaterThan(50);
  });
  it('announces new alerts only', () => {
    const fleet = new Fleet();
    fleet.take(view(1, { alerts: [alert], all_alerts: true }), true);
    expect(fleet.raised).toBeNull();
    fleet.take(view(2, { alerts: [{ ...alert, value: 96 }] }), false);
    expect(fleet.raised).toBeNull();
    fleet.take(view(3, { alerts: [{ ...alert, id: 'b:cpu', host: 'b' }] }), false);
    expect(fleet.raised?.host).toBe('b');
  });
});

describe('isolation', () => {
  const report: IsolationReport = {
    state: 'failed',
    interval: 60,
    last_tried: 2_000,
    last_passed: null,
    detail: '',
    attempts: [
      { name: 'read-everything', aim: 'read everything', refused: true },
      { name: 'not-known-here', aim: 'do <b>what</b> comes later', refused: false },
    ],
  };
  it('tells what was let through, known by name or not', () => {
    const { body } = render(IsolationPanel, { props: { report } });
    for (const part of ['lets a user do what none may', 'Not shown since', 'Read everything refused', 'comes later let through']) expect(words(body)).toContain(part);
    expect(body).not.toContain('<b>what');
  });
  it('tells when it was last shown', () => expect(words(render(IsolationPanel, { props: { report: { ...report, state: 'passed', last_passed: 1 } } }).body)).toContain('Last shown'));
});
