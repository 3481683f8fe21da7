import { text, word } from './text';
import type { Alert, NewSilence } from './types';
import { celsius, duration, number, percent, rate } from './units';

export const worst = (alerts: readonly Alert[]): Alert['severity'] | null =>
  alerts.length === 0 ? null : alerts.some((a) => a.severity === 'critical') ? 'critical' : 'warning';

// "Disk /home", "CPU"
export const alertTitle = (alert: Pick<Alert, 'rule' | 'instance'>): string => [word(text.alerts.rules, alert.rule), alert.instance].filter(Boolean).join(' ');

// An alert of the whole organisation bears no machine's name.
export const alertHost = (alert: Alert): string => (alert.host === '_' ? text.alerts.organization : alert.host);

// What the rules measure; everything else is a percentage.
const units: Record<string, (value: number) => string> = {
  load: (value) => number(value, 2),
  disk_full: (hours) => duration(hours * 3_600_000),
  temperature: celsius,
  traffic: rate,
  offline: (seconds) => duration(seconds * 1000),
  duplicate: (n) => text.alerts.turns(n),
  isolation: (n) => text.alerts.attempts(n),
};

// A silence grows by itself.
export const alertValue = (alert: Alert, now: number): string => {
  const silence = alert.rule === 'offline' && alert.state !== 'resolved' ? (now - alert.since) / 1000 : 0;
  return units[alert.rule]?.(Math.max(alert.value, silence)) ?? percent(alert.value, 1);
};

export const alertLimit = (alert: Alert): string => units[alert.rule]?.(alert.threshold) ?? percent(alert.threshold);

export type Scope = 'alert' | 'host' | 'rule';

// What a silence of an alert is for, and until when.
export const silenceOf = (alert: Alert, scope: Scope, hours: number, now: number, comment: string): NewSilence => ({
  ...(scope === 'rule' ? {} : { host: alert.host }),
  ...(scope === 'host' ? {} : { rule: alert.rule }),
  until: Math.round(now + hours * 3_600_000),
  ...(comment.trim() ? { comment: comment.trim() } : {}),
});
