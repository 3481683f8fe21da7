// The JSON of the HTTP API and the live feed, as docs/api.md and topics.md define it. Times are milliseconds
// since 1970 UTC, sizes bytes, rates bytes per second, `percent` 0 to 100.

export type Presence = 'unknown' | 'online' | 'sleeping' | 'stopped' | 'lost' | 'silent';

export interface Branding {
  name: string;
  id: string;
  title: string;
  primary_color: string;
  secondary_color?: string | null;
  logo_url?: string | null;
}

export interface Cpu {
  percent: number;
  cores?: number[];
  load?: [number, number, number];
  iowait?: number;
  steal?: number;
}

export interface Memory {
  percent: number;
  total?: number;
  used?: number;
  available?: number;
  swap_total?: number;
  swap_used?: number;
}

export interface Disk {
  mount: string;
  device?: string;
  fs?: string;
  total: number;
  used: number;
  percent: number;
  read_bps?: number;
  write_bps?: number;
}

export interface Interface {
  name: string;
  rx_bps: number;
  tx_bps: number;
}

export interface Temperature {
  name: string;
  celsius: number;
}

export interface Battery {
  percent: number;
  charging: boolean;
}

export interface HostInfo {
  os?: string;
  version?: string;
  kernel?: string;
  model?: string;
  arch?: string;
  cores?: number;
  memory?: number;
  agent_version?: string;
  hostname?: string;
  tags?: string[];
  addresses?: string[];
}

// A host: everything but `id` may be absent.
export interface Host {
  id: string;
  state?: Presence;
  since?: number;
  last_seen?: number;
  clock_offset?: number; // ms that its clock is ahead
  ts?: number;
  seq?: number;
  boot?: string;
  interval?: number;
  cpu?: Cpu;
  memory?: Memory;
  disks?: Disk[];
  network?: Interface[];
  temperatures?: Temperature[];
  battery?: Battery;
  uptime?: number;
  processes?: number;
  info?: HostInfo;
}

// A host of a delta: what is absent has not changed, what is null is reported no longer.
export type HostChange = { id: string } & { [Member in Exclude<keyof Host, 'id'>]?: Host[Member] | null };

export interface Alert {
  id: string;
  host: string;
  rule: 'cpu' | 'memory' | 'swap' | 'load' | 'disk' | 'disk_full' | 'temperature' | 'battery' | 'traffic' | 'offline' | 'duplicate' | 'isolation' | (string & {});
  instance?: string;
  severity: 'warning' | 'critical';
  state: 'pending' | 'firing' | 'acknowledged' | 'resolved';
  value: number;
  threshold: number;
  since: number;
  flapping?: boolean;
  silenced?: boolean;
  acknowledged_by?: string;
  acknowledged_at?: number;
}

// Whom nobody is told about, and when; `repeat` is an RFC 5545 rule.
export interface NewSilence {
  host?: string;
  tag?: string;
  rule?: string;
  until: number;
  repeat?: string;
  comment?: string;
}

export interface Snapshot {
  type: 'snapshot';
  seq: number;
  org?: Branding;
  hosts: Host[];
  alerts: Alert[];
}

export interface Delta {
  type: 'delta';
  seq: number;
  hosts?: HostChange[];
  alerts?: Alert[];
  removed?: string[];
}

export type Frame = Snapshot | Delta;

// [time, smallest, mean, largest]
export type HistoryPoint = [number, number, number, number];

export interface HostDetail extends Host {
  alerts?: Alert[];
  metrics?: string[];
}

// What the service's canary found when it last tried what must fail at the broker.
export interface IsolationReport {
  state: 'passed' | 'failed' | 'unknown' | 'off';
  interval: number;
  last_tried: number | null;
  last_passed: number | null;
  detail: string;
  attempts: { name: string; aim: string; refused: boolean }[];
}

export interface Me {
  name: string;
  role: 'viewer' | 'operator' | 'admin';
}

// A channel of notifications; times in ms, null: never.
export interface NotifyChannel {
  name: string;
  type: string;
  sent: number;
  waiting: number;
  dead: number;
  trouble: string;
  failing_since: number | null;
  last_sent: number | null;
}

export interface NotifyOutcome {
  channel: string;
  delivered: boolean;
  trouble: string;
}
