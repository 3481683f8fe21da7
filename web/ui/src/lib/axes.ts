// Ticks and limits of charts.
import type uPlot from 'uplot';
import { bytes, celsius, date, dayOfMonth, monthOfYear, number, percent, rate, timeOfDay } from './units';

export type Kind = 'percent' | 'bytes' | 'rate' | 'celsius' | 'number';

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
    case 'number': {
      const power = 2 ** Math.floor(Math.log2(Math.max(value, 1)));
      return [1, 1.25, 1.5, 2].map((f) => f * power).find((top) => value <= top * 0.97) ?? power * 2.5;
    }
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
    case 'number':
      return { incrs: [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], values: (_, splits, __, ___, step) => splits.map((v) => number(v, step >= 1 ? 0 : step >= 0.5 ? 1 : 2)) };
    case 'rate':
      return { incrs: binary, values: (_, splits) => splits.map((v) => (v === 0 ? '0' : rate(v, true))) };
  }
}

// Text of a value as the legend has it.
export function valueText(kind: Kind, value: number | null | undefined): string {
  switch (kind) {
    case 'percent':
      return percent(value, 1);
    case 'bytes':
      return bytes(value);
    case 'rate':
      return rate(value);
    case 'celsius':
      return celsius(value);
    case 'number':
      return number(value, 2);
  }
}

// Room for the texts of the value axis, in rem.
export const axisSize: Record<Kind, number> = { percent: 3, celsius: 3.4, number: 3, bytes: 4.7, rate: 5.4 };

const isMidnight = (ms: number) => timeOfDay(ms).startsWith('00:00:00');
const day = 86_400;

// Midnight shows its day; ticks a day or more apart show nothing else. Ticks months apart show the month, and each
// tick that is the first of its year says which.
export const timeAxis: uPlot.Axis.Values = (_, splits, __, ___, step) => {
  const year = (s: number) => new Date(s * 1000).getFullYear();
  return splits.map((s, i) => {
    const ms = s * 1000;
    const isFirst = i > 0 && year(s) !== year(splits[i - 1]!);
    if (step >= 28 * day) return monthOfYear(ms, i === 0 || isFirst);
    if (step >= day) return isFirst ? date(ms) : dayOfMonth(ms);
    return isMidnight(ms) ? dayOfMonth(ms) : timeOfDay(ms).slice(0, step < 60 ? 8 : 5);
  });
};
