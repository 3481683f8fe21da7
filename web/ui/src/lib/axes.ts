// Ticks and limits of charts.
import type uPlot from 'uplot';
import { bytes, celsius, dayOfMonth, percent, rate, timeOfDay } from './units';

export type Kind = 'percent' | 'bytes' | 'rate' | 'celsius';

const kibi = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const binary = [0, 1, 2, 3, 4, 5].flatMap((power) => kibi.map((n) => n * 1024 ** power));

// The smallest tidy number above `highest`, so that a scale does not move with every sample.
export function topOf(kind: Kind, highest: number | null | undefined): number {
  const value = typeof highest === 'number' && Number.isFinite(highest) ? highest : 0;
  switch (kind) {
    case 'percent':
      return [10, 25, 50, 75, 100].find((top) => value <= top * 0.96) ?? 100;
    case 'celsius':
      return Math.max(60, Math.ceil((value + 5) / 20) * 20);
    case 'bytes':
    case 'rate': {
      const least = 4096;
      if (value <= least) return least;
      const power = 2 ** Math.floor(Math.log2(value));
      return [1, 1.25, 1.5, 2].map((f) => f * power).find((top) => value <= top * 0.97) ?? power * 2.5;
    }
  }
}

export function valueAxis(kind: Kind): Pick<uPlot.Axis, 'incrs' | 'values'> {
  switch (kind) {
    case 'percent':
      return { incrs: [5, 10, 25, 50], values: (_, splits) => splits.map((v) => percent(v)) };
    case 'celsius':
      return { incrs: [5, 10, 20, 40], values: (_, splits) => splits.map((v) => celsius(v)) };
    case 'bytes':
      return { incrs: binary, values: (_, splits) => splits.map((v) => (v === 0 ? '0' : bytes(v, true))) };
    case 'rate':
      return { incrs: binary, values: (_, splits) => splits.map((v) => (v === 0 ? '0' : rate(v, true))) };
  }
}

const isMidnight = (ms: number) => timeOfDay(ms).startsWith('00:00:00');

// Midnight shows its day; ticks a day or more apart show nothing else.
export const timeAxis: uPlot.Axis.Values = (_, splits, __, ___, step) =>
  splits.map((s) => (step >= 86_400 || isMidnight(s * 1000) ? dayOfMonth(s * 1000) : timeOfDay(s * 1000).slice(0, step < 60 ? 8 : 5)));
