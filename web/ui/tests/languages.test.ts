import { render } from 'svelte/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import StateBadge from '../src/components/StateBadge.svelte';
import { language } from '../src/lib/language.svelte';
import { catalogue, languages, nameOf, preferred } from '../src/lib/languages';
import { plurals } from '../src/lib/plurals';
import { prefs } from '../src/lib/prefs.svelte';
import { text, word } from '../src/lib/text';
import en from '../src/lib/text/en';
import { ago, bytes, dayOfMonth, percent, rate } from '../src/lib/units';

const plain = (shown: string) => shown.replaceAll('\u00a0', ' ');

// Every path of a catalogue with what stands there.
const paths = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`)) : [`${path}: ${typeof value}`];

async function speak(choice: string): Promise<void> {
  prefs.language = choice;
  await language.apply();
}

const root = { lang: 'en' };
vi.stubGlobal('document', { documentElement: root });
afterEach(() => speak('en'));

describe('the languages', () => {
  it('are English and the files beside it', () => expect(languages).toEqual(['en', 'de']));
  it.each(languages)('all have every word: %s', async (name) => expect(paths(await catalogue(name)).sort()).toEqual(paths(en).sort()));
  it.each(languages)('leave no word empty but those that English does: %s', async (name) => {
    const empty = (value: unknown, path = ''): string[] =>
      value === '' ? [path] : typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => empty(inner, `${path}.${key}`)) : [];
    expect(empty(await catalogue(name))).toEqual(empty(en));
  });
  it('call themselves by their own name', () => expect(languages.map(nameOf)).toEqual(['English', 'Deutsch']));
});

describe('the choice of the browser', () => {
  it.each([
    [['de'], 'de'],
    [['de-AT', 'en'], 'de'],
    [['DE-ch'], 'de'],
    [['en-GB', 'de'], 'en'],
    [['fr-FR', 'de-DE', 'en'], 'de'],
    [['fr', 'it'], 'en'],
    [['system'], 'en'],
    [[], 'en'],
  ])('of %j is %s', (wanted, expected) => expect(preferred(wanted)).toBe(expected));
});

describe('a chosen language', () => {
  it('is spoken at once, by the page too, and left again', async () => {
    await speak('de');
    expect(text.login.submit).toBe('Anmelden');
    expect(root.lang).toBe('de-DE');
    expect(render(StateBadge, { props: { host: { id: 'a', state: 'silent' } } }).body).toContain('Keine Daten');
    await speak('en');
    expect(text.login.submit).toBe('Sign in');
    expect(root.lang).toBe('en-GB');
  });
  it('is the last that was chosen, however long the others take', async () => {
    prefs.language = 'de';
    const slow = language.apply();
    await speak('en');
    await slow;
    expect(text.locale).toBe('en-GB');
  });
  it('writes figures in its own way', async () => {
    const day = Date.UTC(2026, 9, 15, 12);
    expect([percent(42.55, 1), plain(bytes(1536)), bytes(0)].map(plain)).toEqual(['42.6%', '1.50 KiB', '0 B']);
    expect(dayOfMonth(day)).toBe('15 Oct');
    await speak('de');
    expect([percent(42.55, 1), bytes(1536), rate(4 * 1024 ** 3, true), rate(1.5 * 1024 ** 3, true)].map(plain)).toEqual(['42,6 %', '1,50 KiB', '4 GiB/s', '1,5 GiB/s']);
    expect(dayOfMonth(day)).toBe('15. Okt.');
    expect(plain(ago(10_000, 70_000))).toBe('vor 1 min');
  });
});

describe('plurals', () => {
  it('have the forms of the language', async () => {
    const de = await catalogue('de');
    expect([0, 1, 2, 1234].map(en.alerts.badge)).toEqual(['0 alerts', '1 alert', '2 alerts', '1,234 alerts']);
    expect([0, 1, 2, 1234].map(de.alerts.badge)).toEqual(['0 Alarme', '1 Alarm', '2 Alarme', '1.234 Alarme']);
    expect(de.notify.waiting(1)).toBe('1 Nachricht wartet.');
    expect(de.fleet.shown(1, 3)).toBe('1 von 3 Maschinen');
  });
  it('may be more than two', () => {
    const forms = { one: 'plik', few: 'pliki', many: 'plików', other: 'pliku' };
    expect([1, 3, 5].map((n) => plurals('pl')(n, forms))).toEqual(['1 plik', '3 pliki', '5 plików']);
  });
});

describe('a name from the server', () => {
  it('has a word, or stands for itself', () => {
    expect(word(en.alerts.rules, 'disk')).toBe('Disk');
    expect(word(en.alerts.rules, 'later')).toBe('later');
    expect(word(en.isolation.aims, 'later', 'do more')).toBe('do more');
  });
});
