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
import type { Alert, Host, IsolationReport, Presence } from '../src/lib/types';

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
  it('follows snapshot and deltas', () => {
    const fleet = new Fleet();
    fleet.snapshot({ type: 'snapshot', seq: 1, hosts: [host, { id: 'b', state: 'lost' }], alerts: [alert] });
    expect(fleet.entries.map((e) => e.id)).toEqual(['web-1', 'b']);
    expect(fleet.find('web-1')?.alerts).toHaveLength(1);
    const kept = fleet.find('web-1');

    fleet.delta({ type: 'delta', seq: 2, hosts: [{ id: 'web-1', ts: 12_000, cpu: { percent: 50 } }, { id: 'c', state: 'online' }], alerts: [{ ...alert, state: 'resolved' }] });
    expect(fleet.find('web-1')).toBe(kept);
    expect(kept?.host.memory?.percent).toBe(43.1);
    expect(kept?.spark.mean).toEqual([12.4, 50]);
    expect(kept?.alerts).toHaveLength(0);
    expect(fleet.book.resolved).toHaveLength(1);
    expect(fleet.entries.map((e) => e.id)).toEqual(['web-1', 'b', 'c']);

    fleet.delta({ type: 'delta', seq: 3, removed: ['b'] });
    expect(fleet.entries.map((e) => e.id)).toEqual(['web-1', 'c']);
    expect(fleet.find('b')).toBeUndefined();
  });
  it('forgets hosts that a new snapshot does not name', () => {
    const fleet = new Fleet();
    fleet.snapshot({ type: 'snapshot', seq: 1, hosts: [host, { id: 'b' }], alerts: [] });
    fleet.snapshot({ type: 'snapshot', seq: 9, hosts: [{ id: 'b' }], alerts: [] });
    expect(fleet.entries.map((e) => e.id)).toEqual(['b']);
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
