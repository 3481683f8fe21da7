import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import AlertActions from '../src/components/AlertActions.svelte';
import AlertMarks from '../src/components/AlertMarks.svelte';
import { alertLimit, alertTitle, alertValue, silenceOf } from '../src/lib/alerts';
import { text } from '../src/lib/text';
import type { Alert } from '../src/lib/types';

const alert: Alert = { id: 'web-1:cpu', host: 'web-1', rule: 'cpu', instance: '', severity: 'warning', state: 'firing', value: 95, threshold: 90, since: 1 };

describe('the marks of an alert', () => {
  it('are none for one that simply fires', () => expect(render(AlertMarks, { props: { alert } }).body).not.toContain('class="mark'));
  it('say who sees to it, that it flaps, and that nobody is told', () => {
    const marked: Alert = { ...alert, state: 'acknowledged', acknowledged_by: 'ann', flapping: true, silenced: true };
    const shown = render(AlertMarks, { props: { alert: marked } }).body;
    for (const word of [text.alerts.acknowledged, 'ann', text.alerts.flapping, text.alerts.silenced]) expect(shown).toContain(word);
  });
});

describe('what may be done', () => {
  it('is to acknowledge and to silence one that fires', () => {
    const shown = render(AlertActions, { props: { alert } }).body;
    expect(shown).toContain(text.alerts.acknowledge);
    expect(shown).toContain(text.alerts.silence.open);
  });
  it('is to silence one that is acknowledged', () => {
    const shown = render(AlertActions, { props: { alert: { ...alert, state: 'acknowledged' } } }).body;
    expect(shown).not.toContain(text.alerts.acknowledge);
    expect(shown).toContain(text.alerts.silence.open);
  });
});

describe('a silence', () => {
  it('is for the alert, its host or its rule', () => {
    expect(silenceOf(alert, 'alert', 1, 0, ' ')).toEqual({ host: 'web-1', rule: 'cpu', until: 3_600_000 });
    expect(silenceOf(alert, 'host', 8, 0, ' new disks ')).toEqual({ host: 'web-1', until: 28_800_000, comment: 'new disks' });
    expect(silenceOf(alert, 'rule', 1, 0, '')).toEqual({ rule: 'cpu', until: 3_600_000 });
  });
});

describe('the rules', () => {
  it('show their values in their own unit', () => {
    expect(alertValue({ ...alert, rule: 'load', value: 2.5 }, 0)).toBe('2.50');
    expect(alertLimit({ ...alert, rule: 'disk_full', threshold: 4 })).toContain('4');
    expect(alertValue({ ...alert, rule: 'temperature', value: 91 }, 0)).toContain('°C');
    expect(alertTitle({ ...alert, rule: 'disk_full', instance: '/data' })).toContain('/data');
  });
});
