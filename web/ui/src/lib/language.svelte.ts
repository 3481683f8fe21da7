import { catalogue, preferred } from './languages';
import { prefs } from './prefs.svelte';
import en, { type Text } from './text/en';

const ofBrowser = (): readonly string[] => (typeof navigator === 'undefined' ? [] : (navigator.languages ?? []));

class Language {
  #browser = $state.raw(ofBrowser());
  #text = $state.raw<Text>(en);
  readonly resolved = $derived(prefs.language === 'system' ? preferred(this.#browser) : prefs.language);

  constructor() {
    if (typeof window !== 'undefined') window.addEventListener('languagechange', () => (this.#browser = ofBrowser()));
  }

  get text(): Text {
    return this.#text;
  }

  // The words stay as they are while others are fetched, and when they cannot be.
  async apply(): Promise<void> {
    const wanted = this.resolved;
    const words = await catalogue(wanted).catch(() => this.#text);
    if (wanted !== this.resolved) return;
    this.#text = words;
    document.documentElement.lang = words.locale;
  }
}

export const language = new Language();
