import { describe, expect, it } from 'vitest';
import { accentFor, contrast, fromOklch, inkOn, mix, parseHex, readableShade, toOklch } from '../src/lib/color';

import { surfaces } from '../src/lib/theme.svelte';

const brands = ['#00ff00', '#00ffff', '#ff00ff', '#ffff00', '#000000', '#ffffff', '#ff0000', '#0000ff', '#7f7f7f', '#0b1f3a', '#ffe4e1', '#123'];

describe('colour conversion', () => {
  it('reads hexadecimal colours of three and six digits', () => {
    expect(parseHex('#fff')).toEqual([1, 1, 1]);
    expect(parseHex('#ff0000')).toEqual([1, 0, 0]);
    expect(parseHex('red')).toBeNull();
    expect(parseHex('#ff00')).toBeNull();
  });
  it('goes to OKLCH and back', () => {
    for (const hex of ['#000000', '#ffffff', '#12ab9f', '#ff00ff', '#00ff00', '#804020']) expect(fromOklch(toOklch(hex))).toBe(hex);
  });
  it('knows the contrast of black on white', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#777777')).toBe(1);
  });
});

describe.each(['light', 'dark'] as const)('accents on %s surfaces', (theme) => {
  it.each(brands)('are readable for the brand %s', (brand) => {
    const accent = accentFor(brand, null, theme, surfaces[theme]);
    for (const surface of surfaces[theme]) {
      expect(contrast(accent.text, surface)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(accent.line, surface)).toBeGreaterThanOrEqual(3);
      expect(contrast(accent.line2, surface)).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(accent.brand, accent.brandInk)).toBeGreaterThanOrEqual(4.5);
    expect(accent.line2).not.toBe(accent.line);
  });
});

describe('any brand colour', () => {
  it('leaves every text readable', () => {
    // A fixed sequence (Park and Miller) of 500 colours, the same at every run.
    let seed = 20261126;
    const next = () => (seed = (seed * 48271) % 2147483647);
    for (let i = 0; i < 500; i++) {
      const color = () => `#${(next() % 0x1000000).toString(16).padStart(6, '0')}`;
      const [primary, secondary] = [color(), i % 2 ? color() : null];
      for (const theme of ['light', 'dark'] as const) {
        const accent = accentFor(primary, secondary, theme, surfaces[theme]);
        const soft = mix(accent.line, theme === 'dark' ? 0.16 : 0.12, surfaces[theme][0]!);
        for (const surface of [...surfaces[theme], soft]) expect(contrast(accent.text, surface), `${primary} on ${surface}`).toBeGreaterThanOrEqual(4.5);
        expect(contrast(accent.brandInk, accent.brand), primary).toBeGreaterThanOrEqual(4.5);
        for (const line of [accent.line, accent.line2]) for (const surface of surfaces[theme]) expect(contrast(line, surface), primary).toBeGreaterThanOrEqual(3);
      }
    }
  });
});

describe('a brand colour', () => {
  it('stays what it is in the mark', () => expect(accentFor('#00ff00', null, 'dark', surfaces.dark).brand).toBe('#00ff00'));
  it('keeps its hue as an accent', () => {
    for (const theme of ['light', 'dark'] as const) {
      const accent = accentFor('#ff00ff', null, theme, surfaces[theme]);
      expect(Math.abs(toOklch(accent.line).h - toOklch('#ff00ff').h)).toBeLessThan(0.06);
    }
  });
  it('that is no colour gives way to a neutral one', () => expect(parseHex(accentFor('url(x)', 'nonsense', 'light', surfaces.light).brand)).not.toBeNull());
  it('takes the configured second colour for second lines', () => {
    const accent = accentFor('#1d4ed8', '#c2410c', 'light', surfaces.light);
    expect(Math.abs(toOklch(accent.line2).h - toOklch('#c2410c').h)).toBeLessThan(0.06);
  });
  it('carries black or white letters, whichever reads better', () => {
    expect(inkOn('#00ff00')).not.toBe('#ffffff');
    expect(inkOn('#1d2b6b')).toBe('#ffffff');
  });
  it('is left alone where it is readable already', () => expect(readableShade(toOklch('#1d4ed8'), ['#ffffff'], 4.5)).toBe('#1d4ed8'));
});
