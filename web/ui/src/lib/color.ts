// Brand colours come from people: any of the 16 million. This file derives shades of a colour that are
// readable on given backgrounds, keeping its hue. Formulas: OKLab by Björn Ottosson (2020), contrast by WCAG 2.

export interface Oklch {
  l: number; // 0 to 1
  c: number;
  h: number; // radians
}

type Rgb = [number, number, number]; // linear or encoded, 0 to 1

export function parseHex(text: string): Rgb | null {
  const match = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text.trim());
  if (!match) return null;
  const digits = match[1]!.length === 3 ? [...match[1]!].map((d) => d + d).join('') : match[1]!;
  const n = parseInt(digits, 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export function toHex([r, g, b]: Rgb): string {
  const byte = (v: number) =>
    Math.round(Math.min(1, Math.max(0, v)) * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${byte(r)}${byte(g)}${byte(b)}`;
}

const decode = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const encode = (v: number) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

export function toOklch(hex: string): Oklch {
  const [r, g, b] = (parseHex(hex) ?? [0.5, 0.5, 0.5]).map(decode) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, c: Math.hypot(a, bb), h: Math.atan2(bb, a) };
}

function toLinear({ l, c, h }: Oklch): Rgb {
  const a = c * Math.cos(h);
  const b = c * Math.sin(h);
  const l_ = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m_ = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s_ = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
    -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
    -0.0041960863 * l_ - 0.7034186147 * m_ + 1.707614701 * s_,
  ];
}

const inGamut = (rgb: Rgb) => rgb.every((v) => v >= -0.0005 && v <= 1.0005);

// The nearest sRGB colour of the same lightness and hue: chroma gives way.
export function fromOklch(color: Oklch): string {
  if (color.l <= 0) return '#000000';
  if (color.l >= 1) return '#ffffff';
  let low = 0;
  let high = color.c;
  if (!inGamut(toLinear(color))) {
    for (let i = 0; i < 16; i++) {
      const middle = (low + high) / 2;
      if (inGamut(toLinear({ ...color, c: middle }))) low = middle;
      else high = middle;
    }
  } else {
    low = high;
  }
  return toHex(toLinear({ ...color, c: low }).map((v) => encode(Math.min(1, Math.max(0, v)))) as Rgb);
}

export function luminance(hex: string): number {
  const [r, g, b] = (parseHex(hex) ?? [0.5, 0.5, 0.5]).map(decode) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

// Black or white, whichever reads better on `hex`: one of them has at least 4.58:1 on any colour.
export function inkOn(hex: string): string {
  return contrast(hex, '#000000') >= contrast(hex, '#ffffff') ? '#000000' : '#ffffff';
}

// As color-mix(in srgb, a part, b).
export function mix(a: string, part: number, b: string): string {
  const [x, y] = [parseHex(a), parseHex(b)];
  return x && y ? toHex(x.map((v, i) => v * part + y[i]! * (1 - part)) as Rgb) : b;
}

// The shade of `color` nearest to its own lightness that has at least `ratio` against every background. The
// backgrounds are all light or all dark.
export function readableShade(color: Oklch, backgrounds: string[], ratio: number): string {
  const enough = (hex: string) => backgrounds.every((b) => contrast(hex, b) >= ratio);
  const own = fromOklch(color);
  if (enough(own)) return own;
  const onDark = backgrounds.every((b) => luminance(b) < 0.18);
  let good = onDark ? 1 : 0;
  let bad = color.l;
  for (let i = 0; i < 20; i++) {
    const middle = (good + bad) / 2;
    if (enough(fromOklch({ ...color, l: middle }))) good = middle;
    else bad = middle;
  }
  return fromOklch({ ...color, l: good });
}

export interface Accent {
  brand: string; // as configured: the mark and the band at the top
  brandInk: string; // on brand
  brandEnd: string; // the band's other end
  text: string; // links and small text, 4.5:1 and more
  line: string; // graphs, focus rings, icons: 3:1 and more
  line2: string; // a second graph beside the first
}

const fallbackBrand = '#3b82f6';

// Neon is fine for a mark and tiring as a graph: large uses are held to what a screen can show calmly.
const calm = {
  light: { maxC: 0.2, minL: 0.3, maxL: 0.72 },
  dark: { maxC: 0.17, minL: 0.62, maxL: 0.84 },
};

// `backgrounds`: the surfaces of the theme, the one that panels have first.
export function accentFor(primary: string, secondary: string | null | undefined, theme: 'light' | 'dark', backgrounds: string[]): Accent {
  const brand = parseHex(primary) ? primary : fallbackBrand;
  const limits = calm[theme];
  const held = (hex: string): Oklch => {
    const own = toOklch(hex);
    return { h: own.h, c: Math.min(own.c, limits.maxC), l: Math.min(limits.maxL, Math.max(limits.minL, own.l)) };
  };
  const first = held(brand);
  const given = secondary && parseHex(secondary) ? held(secondary) : null;
  // A partner at a clear distance on the colour circle when none is configured.
  const second = given ?? { l: first.l, c: Math.max(0.09, Math.min(first.c, 0.13)), h: first.h + (first.c < 0.03 ? 0 : 2.1) };
  const line = readableShade(first, backgrounds, 3);
  let line2 = readableShade(second, backgrounds, 3);
  if (line2 === line) line2 = readableShade({ ...second, h: second.h + 2.1, c: 0.12 }, backgrounds, 3);
  return {
    brand,
    brandInk: inkOn(brand),
    brandEnd: secondary && parseHex(secondary) ? secondary : fromOklch({ ...toOklch(brand), h: toOklch(brand).h + 0.7 }),
    // Also on panels with a breath of the accent: --accent-soft.
    text: readableShade(first, [...backgrounds, mix(line, theme === 'dark' ? 0.16 : 0.12, backgrounds[0]!)], 4.6),
    line,
    line2,
  };
}
