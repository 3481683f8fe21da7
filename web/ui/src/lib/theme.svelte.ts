import { accentFor } from './color';
import { prefs } from './prefs.svelte';
import type { Branding } from './types';

// The surfaces that accents must be readable on: those of tokens.css.
const surfaces = { light: ['#ffffff', '#f5f6f8'], dark: ['#0c0f13', '#14181e', '#1b2028'] };

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
    if (branding) setFavicon(monogram(branding.title), accent.brand, accent.brandInk);
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

function setFavicon(letters: string, fill: string, ink: string): void {
  const escaped = letters.replace(/[<>&"']/g, '');
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${fill}"/>` +
    `<text x="16" y="21.5" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" font-size="${letters.length > 1 ? 14 : 18}" fill="${ink}">${escaped}</text></svg>`;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link) {
    link.type = 'image/svg+xml';
    link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }
}
