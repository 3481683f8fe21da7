import { text } from './text';
import type { Alert } from './types';
import { duration, percent } from './units';

export const worst = (alerts: readonly Alert[]): Alert['severity'] | null =>
  alerts.length === 0 ? null : alerts.some((a) => a.severity === 'critical') ? 'critical' : 'warning';

// "Disk /home", "CPU"
export const alertTitle = (alert: Alert): string => [text.alerts.rules[alert.rule] ?? alert.rule, alert.instance].filter(Boolean).join(' ');

// An alert of the whole organisation bears no machine's name.
export const alertHost = (alert: Alert): string => (alert.host === '_' ? text.alerts.organization : alert.host);

// What the rules measure; everything else is a percentage.
const units: Record<string, (value: number) => string> = {
  offline: (seconds) => duration(seconds * 1000),
  duplicate: text.alerts.turns,
  isolation: text.alerts.attempts,
};

// A silence grows by itself.
export const alertValue = (alert: Alert, now: number): string => {
  const silence = alert.rule === 'offline' && alert.state === 'firing' ? (now - alert.since) / 1000 : 0;
  return units[alert.rule]?.(Math.max(alert.value, silence)) ?? percent(alert.value, 1);
};

export const alertLimit = (alert: Alert): string => units[alert.rule]?.(alert.threshold) ?? percent(alert.threshold);
