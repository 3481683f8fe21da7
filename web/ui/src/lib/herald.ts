import type { Alert } from './types';

// What is to be shown: one alert, or how many more there are.
export type Notice = { alert: Alert } | { more: number };

const span = 60_000;
const mostOfSpan = 3; // alerts told one by one within `span`; the rest are told together

// Tells of alerts one by one, and of a flood by its size. What is over, seen to or silenced before its turn is not told.
export class Herald {
  private told: number[] = []; // when
  private waiting: Alert[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (notice: Notice) => void,
    private readonly isNews: (alert: Alert) => boolean = () => true,
    private readonly now: () => number = Date.now,
  ) {}

  // Alerts that have begun to fire.
  take(alerts: readonly Alert[]): void {
    const named = new Set(alerts.map((alert) => alert.id));
    this.waiting = this.waiting.filter((alert) => !named.has(alert.id));
    // Critical ones have the first word.
    for (const alert of alerts.filter(isAudible).sort((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'))) {
      if (this.waiting.length === 0 && this.hasRoom()) this.tell({ alert });
      else this.waiting.push(alert);
    }
    this.wait();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  private hasRoom(): boolean {
    const now = this.now();
    this.told = this.told.filter((at) => now - at < span);
    return this.told.length < mostOfSpan;
  }

  private tell(notice: Notice): void {
    this.told.push(this.now());
    this.show(notice);
  }

  private wait(): void {
    if (this.waiting.length === 0 || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.gather();
    }, Math.max(0, (this.told[0] ?? 0) + span - this.now()));
  }

  private gather(): void {
    if (!this.hasRoom()) return this.wait();
    const left = this.waiting.filter(this.isNews);
    this.waiting = [];
    if (left.length === 1) this.tell({ alert: left[0]! });
    else if (left.length > 1) this.tell({ more: left.length });
  }
}

export const isAudible = (alert: Alert): boolean => alert.state === 'firing' && !alert.silenced;
