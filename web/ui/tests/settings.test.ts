import { createRawSnippet } from 'svelte';
import { render } from 'svelte/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SettingsForm from '../src/components/settings/SettingsForm.svelte';
import { browserName } from '../src/lib/browser-name';
import { catalogue } from '../src/lib/languages';
import { parseRoute } from '../src/lib/router.svelte';
import { changes, dryRunQuestion, SettingsDraft, type Settings } from '../src/lib/settings.svelte';
import en from '../src/lib/text/en';

const saved: Settings = {
  organization: { name: 'Acme', contact: 'ops@acme.example' },
  branding: { dashboard_title: 'Acme Fleet', primary_color: '#00ff00', secondary_color: null, logo_url: null },
  agent: { report_interval: 10 },
  alerts: { enabled: true, cpu_threshold: 90, memory_threshold: 90, disk_threshold: 90, hold_seconds: 60, clear_margin: 5, offline_after: 90 },
};

const answers = (status: number, body: unknown) => vi.fn(async (_path: string, _init?: RequestInit) => new Response(JSON.stringify(body), { status }));
afterEach(() => vi.unstubAllGlobals());

async function loaded(): Promise<SettingsDraft> {
  vi.stubGlobal('fetch', answers(200, saved));
  const settings = new SettingsDraft();
  await settings.load();
  return settings;
}

describe('what a draft changes', () => {
  it('is nothing at first', () => expect(changes(saved, structuredClone(saved), 'alerts')).toBeNull());
  it('is the members that differ, of the group that is asked for', () => {
    const draft = structuredClone(saved);
    draft.alerts.cpu_threshold = 80;
    draft.branding.logo_url = 'https://acme.example/logo.svg';
    expect(changes(saved, draft, 'alerts')).toEqual({ alerts: { cpu_threshold: 80 } });
    expect(changes(saved, draft, 'branding')).toEqual({ branding: { logo_url: 'https://acme.example/logo.svg' } });
    expect(changes(saved, draft, 'agent')).toBeNull();
  });
  it('takes a colour away with null', () => {
    const coloured = structuredClone(saved);
    coloured.branding.secondary_color = '#123456';
    expect(changes(coloured, saved, 'branding')).toEqual({ branding: { secondary_color: null } });
  });
});

describe('the draft of the settings', () => {
  it('sends only what was changed, and keeps what is typed in another group', async () => {
    const settings = await loaded();
    settings.draft!.alerts.cpu_threshold = 80;
    settings.draft!.branding.dashboard_title = 'Half typed';
    const patch = answers(200, { ...saved, alerts: { ...saved.alerts, cpu_threshold: 80 } });
    vi.stubGlobal('fetch', patch);
    await settings.save('alerts');
    expect(patch.mock.calls[0]![1]).toMatchObject({ method: 'PATCH', body: '{"alerts":{"cpu_threshold":80}}' });
    expect(settings.changed('alerts')).toBe(false);
    expect(settings.done).toBe(true);
    expect(settings.draft!.branding.dashboard_title).toBe('Half typed');
  });
  it('puts a mistake beside its field and keeps what was typed', async () => {
    const settings = await loaded();
    settings.draft!.alerts.cpu_threshold = 800;
    vi.stubGlobal('fetch', answers(400, { title: 'Bad Request', detail: 'must be at most 100', parameter: 'alerts.cpu_threshold' }));
    await settings.save('alerts');
    expect(settings.errors).toEqual({ 'alerts.cpu_threshold': 'must be at most 100' });
    expect(settings.draft!.alerts.cpu_threshold).toBe(800);
    settings.discard('alerts');
    expect(settings.errors).toEqual({});
    expect(settings.draft!.alerts.cpu_threshold).toBe(90);
  });
  it('that cannot be loaded has failed', async () => {
    vi.stubGlobal('fetch', answers(503, { title: 'No' }));
    const settings = new SettingsDraft();
    await settings.load();
    expect(settings.phase).toBe('failed');
  });
});

describe('the form', () => {
  const form = (settings: SettingsDraft) =>
    render(SettingsForm, { props: { settings, group: 'alerts', fields: ['cpu_threshold'], children: createRawSnippet(() => ({ render: () => '<p></p>' })) } }).body;
  it('says beside its buttons what is wrong with a member that has no field', async () => {
    const settings = await loaded();
    settings.attempted = 'alerts';
    settings.errors = { 'alerts.cpu_critical': 'must not be below cpu_threshold' };
    expect(form(settings)).toContain('must not be below cpu_threshold');
  });
  it('leaves to a field what is wrong with it', async () => {
    const settings = await loaded();
    settings.attempted = 'alerts';
    settings.errors = { 'alerts.cpu_threshold': 'must be at most 100' };
    expect(form(settings)).not.toContain('must be at most 100');
  });
});

describe('what a dry run asks', () => {
  const rest = { hold_seconds: 60, margin: 5, days: 7 };
  it('is a warning for CPU and memory', () => expect(dryRunQuestion('cpu', { ...saved.alerts, cpu_threshold: 80 })).toEqual({ rule: 'cpu', warning: 80, ...rest }));
  it('is the critical level for a disk', () => expect(dryRunQuestion('disk', { ...saved.alerts, disk_threshold: 70 })).toEqual({ rule: 'disk', critical: 70, ...rest }));
});

describe('what a dry run says', () => {
  const said = en.settings.alerts.wouldHaveFired;
  it('counts times and machines', () => {
    expect(said(14, 3)).toBe('would have fired 14 times on 3 machines');
    expect(said(1, 1)).toBe('would have fired 1 time on 1 machine');
    expect(said(0, 0)).toBe('would not have fired');
  });
  it('does so in German', async () => {
    const german = (await catalogue('de')).settings.alerts.wouldHaveFired;
    expect(german(14, 3)).toBe('hätte 14 Mal auf 3 Maschinen ausgelöst');
    expect(german(1, 1)).toBe('hätte einmal auf 1 Maschine ausgelöst');
  });
});

describe('the address of the settings', () => {
  it('names a section, the first one when there is no such', () => {
    expect(parseRoute('#/settings/audit')).toEqual({ view: 'settings', section: 'audit' });
    expect(parseRoute('#/settings')).toEqual({ view: 'settings', section: 'branding' });
    expect(parseRoute('#/settings/nonsense')).toEqual({ view: 'settings', section: 'branding' });
  });
});

describe('the name of a browser', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0', 'Edge, Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1', 'Safari, iOS'],
    ['<script>alert(1)</script>', ''],
  ])('is read from %s', (agent, name) => expect(browserName(agent)).toBe(name));
});
