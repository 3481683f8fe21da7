import { accentFor } from './color';
import { prefs } from './prefs.svelte';
import type { Branding } from './types';

// The surfaces that accents must be readable on: --surface, --page and --surface-2 of tokens.css.
export const surfaces = { light: ['#ffffff', '#f5f6f8', '#f0f2f5'], dark: ['#14181e', '#0c0f13', '#1b2028'] };

class Theme {
  #systemDark = $state(false);
  readonly resolved = $derived<'light' | 'dark'>(prefs.theme === 'system' ? (this.#systemDark ? 'dark' : 'light') : prefs.theme);

  constructor() {
    if (typeof matchMedia === 'undefined') return;
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', () => (this.#systemDark = query.matches));
  }

  // Writes the organisation's colours into custom properties, favicon included.
  apply(branding: Branding | null): void {
    const theme = this.resolved;
    const root = document.documentElement;
    root.dataset['theme'] = theme;
    const accent = accentFor(branding?.primary_color ?? '', branding?.secondary_color, theme, surfaces[theme]);
    const set = (name: string, value: string) => root.style.setProperty(name, value);
    set('--brand', accent.brand);
    set('--brand-ink', accent.brandInk);
    set('--brand-end', accent.brandEnd);
    set('--accent', accent.line);
    set('--accent-2', accent.line2);
    set('--accent-text', accent.text);
    // The service draws it; the colour makes the browser ask again.
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (branding && link) link.href = `/icon.svg?${new URLSearchParams({ color: accent.brand, title: branding.title })}`;
  }
}

export const theme = new Theme();

// One or two letters for an organisation without a logo.
export function monogram(title: string): string {
  const words = title.trim().split(/[\s_-]+/).filter(Boolean);
  const first = [...(words[0] ?? 'F')][0] ?? 'F';
  const second = words.length > 1 ? [...words[1]!][0]! : '';
  return (first + second).toUpperCase();
}
