import { parseColumns, type ColumnId } from './columns';
import { languages } from './languages';
import { rangeKeys } from './ranges';

// What this browser remembers. Storage may be refused (private windows): then the choice lasts for the page.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(`atlas-fleet.${key}`);
  } catch {
    return null;
  }
}

function load<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  const value = stored(key) as T | null;
  return value && allowed.includes(value) ? value : fallback;
}

function save(key: string, value: string): void {
  try {
    localStorage.setItem(`atlas-fleet.${key}`, value);
  } catch {
    // not remembered
  }
}

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Layout = 'cards' | 'table' | 'heat';
export const layouts: Layout[] = ['cards', 'table', 'heat'];

class Prefs {
  #theme = $state<ThemeChoice>(load('theme', ['system', 'light', 'dark'], 'system'));
  #language = $state(load('language', ['system', ...languages], 'system'));
  #layout = $state<Layout | ''>(load('layout', ['', ...layouts], ''));
  #columns = $state.raw<readonly ColumnId[]>(parseColumns(stored('columns')));
  #range = $state(load('range', rangeKeys, '15m'));
  #notices = $state(load('notices', ['on', 'off'], 'off'));

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
  // '': as suits the size of the fleet.
  get layout() {
    return this.#layout;
  }
  set layout(value) {
    this.#layout = value;
    save('layout', value);
  }
  get columns() {
    return this.#columns;
  }
  set columns(value) {
    this.#columns = value;
    save('columns', value.join(','));
  }
  get range() {
    return this.#range;
  }
  set range(value) {
    this.#range = value;
    save('range', value);
  }
  // Whether the browser itself is to tell of new alerts, as far as it may.
  get notices() {
    return this.#notices;
  }
  set notices(value) {
    this.#notices = value;
    save('notices', value);
  }
}

export const prefs = new Prefs();
