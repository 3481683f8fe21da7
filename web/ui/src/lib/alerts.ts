import { text } from './text';
import type { Alert } from './types';
import { duration, percent } from './units';

export const worst = (alerts: readonly Alert[]): Alert['severity'] | null =>
  alerts.length === 0 ? null : alerts.some((a) => a.severity === 'critical') ? 'critical' : 'warning';

// "Disk /home", "CPU"
export const alertTitle = (alert: Alert): string => [text.alerts.rules[alert.rule] ?? alert.rule, alert.instance].filter(Boolean).join(' ');

// A silence is measured in seconds and grows by itself, everything else is a percentage.
export const alertValue = (alert: Alert, now: number): string =>
  alert.rule === 'offline' ? duration(alert.state === 'firing' ? Math.max(alert.value * 1000, now - alert.since) : alert.value * 1000) : percent(alert.value, 1);

export const alertLimit = (alert: Alert): string => (alert.rule === 'offline' ? duration(alert.threshold * 1000) : percent(alert.threshold));
