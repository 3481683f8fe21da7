import { languages } from './languages';
import { rangeKeys } from './metrics';

// What this browser remembers. Storage may be refused (private windows): then the choice lasts for the page.
function load<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const value = localStorage.getItem(`atlas-fleet.${key}`) as T | null;
    return value && allowed.includes(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

function save(key: string, value: string): void {
  try {
    localStorage.setItem(`atlas-fleet.${key}`, value);
  } catch {
    // not remembered
  }
}

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Layout = 'cards' | 'rows';

class Prefs {
  #theme = $state<ThemeChoice>(load('theme', ['system', 'light', 'dark'], 'system'));
  #language = $state(load('language', ['system', ...languages], 'system'));
  #layout = $state<Layout>(load('layout', ['cards', 'rows'], 'cards'));
  #range = $state(load('range', rangeKeys, '15m'));
  #sort = $state(load('sort', ['trouble', 'name', 'cpu', 'memory', 'disk'] as const, 'trouble'));

  get theme() {
    return this.#theme;
  }
  set theme(value) {
    this.#theme = value;
    save('theme', value);
  }
  // 'system': the first that the browser asks for.
  get language() {
    return this.#language;
  }
  set language(value) {
    this.#language = value;
    save('language', value);
  }
  get layout() {
    return this.#layout;
  }
  set layout(value) {
    this.#layout = value;
    save('layout', value);
  }
  get range() {
    return this.#range;
  }
  set range(value) {
    this.#range = value;
    save('range', value);
  }
  get sort() {
    return this.#sort;
  }
  set sort(value) {
    this.#sort = value;
    save('sort', value);
  }
}

export const prefs = new Prefs();
