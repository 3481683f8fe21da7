// The organisation's settings: as they are saved, and as they stand in the form.
import { api, ApiError } from './api';
import { text } from './text';
import type { DryRunQuestion } from './types';

export interface Settings {
  organization: { name: string; contact: string };
  branding: { dashboard_title: string; primary_color: string; secondary_color: string | null; logo_url: string | null };
  agent: { report_interval: number };
  alerts: {
    enabled: boolean;
    cpu_threshold: number;
    memory_threshold: number;
    disk_threshold: number;
    hold_seconds: number;
    clear_margin: number;
    offline_after: number;
  };
}

export type SettingsGroup = keyof Settings;
export type SettingsPatch = { [Group in SettingsGroup]?: Partial<Settings[Group]> };

// The members of `group` that differ, as a merge patch; null when none does.
export function changes(saved: Settings, draft: Settings, group: SettingsGroup): SettingsPatch | null {
  const [before, now] = [saved[group] as Record<string, unknown>, draft[group] as Record<string, unknown>];
  const differing = Object.entries(now).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value));
  return differing.length > 0 ? { [group]: Object.fromEntries(differing) } : null;
}

export const thresholdRules = ['cpu', 'memory', 'disk'] as const;
export type ThresholdRule = (typeof thresholdRules)[number];

// What would have been said in the last week with the alerts as they stand in the form. The threshold of a disk is its
// critical level, the other two are warnings.
export function dryRunQuestion(rule: ThresholdRule, alerts: Settings['alerts']): DryRunQuestion {
  const level = alerts[`${rule}_threshold`];
  const levels = rule === 'disk' ? { critical: level } : { warning: level };
  return { rule, ...levels, hold_seconds: alerts.hold_seconds, margin: alerts.clear_margin, days: 7 };
}

export class SettingsDraft {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  saved = $state.raw<Settings | null>(null);
  draft = $state<Settings | null>(null);
  errors = $state.raw<Record<string, string>>({}); // by path, such as `alerts.cpu_threshold`; '' for the whole
  trouble = $state(''); // why there is nothing to show
  busy = $state(false);
  done = $state(false);
  attempted = $state<SettingsGroup | null>(null); // what `done` and `errors` are about

  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      this.take(await api.settings());
      this.phase = 'ready';
    } catch (problem) {
      this.trouble = problem instanceof ApiError ? problem.message : text.noAnswer;
      this.phase = 'failed';
    }
  }

  changed(group: SettingsGroup): boolean {
    return this.saved !== null && this.draft !== null && changes(this.saved, this.draft, group) !== null;
  }

  async save(group: SettingsGroup): Promise<void> {
    const patch = this.saved && this.draft && changes(this.saved, this.draft, group);
    if (!patch || this.busy) return;
    this.busy = true;
    this.attempted = group;
    this.done = false;
    try {
      const answer = await api.changeSettings(patch);
      // What is typed in another group stays.
      if (this.draft) this.draft = { ...this.draft, [group]: structuredClone(answer[group]) };
      this.saved = answer;
      this.errors = {};
      this.done = true;
    } catch (problem) {
      this.errors = problem instanceof ApiError ? { [problem.parameter]: problem.message } : { '': text.noAnswer };
    }
    this.busy = false;
  }

  discard(group: SettingsGroup): void {
    if (!this.saved || !this.draft) return;
    this.draft = { ...this.draft, [group]: structuredClone(this.saved[group]) };
    this.settle();
  }

  // Forgets what came of the last attempt to save, and nothing that is typed.
  settle(): void {
    this.errors = {};
    this.done = false;
  }

  private take(settings: Settings): void {
    this.saved = settings;
    this.draft = structuredClone(settings);
    this.settle();
  }
}
