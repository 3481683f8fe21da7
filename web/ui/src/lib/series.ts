import type { HistoryPoint } from './types';

// A metric over a moving window. History points come first, live samples are appended; both become buckets of
// `bucket` ms at least, so that the number of points stays bounded however fast samples come.
export class Series {
  readonly t: number[] = [];
  readonly min: number[] = [];
  readonly mean: number[] = [];
  readonly max: number[] = [];
  private count = 0; // samples within the newest bucket
  private slot = NaN; // its number since 1970

  constructor(readonly bucket = 0) {}

  get length(): number {
    return this.t.length;
  }

  get newest(): number | undefined {
    return this.t[this.t.length - 1];
  }

  // Older than the newest point is late: it belongs to the server's history, not to a live graph.
  append(ts: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const last = this.newest;
    if (last !== undefined && ts <= last) return;
    const slot = this.bucket > 0 ? Math.floor(ts / this.bucket) : NaN;
    const i = this.t.length - 1;
    if (i >= 0 && slot === this.slot) {
      this.t[i] = ts;
      this.min[i] = Math.min(this.min[i]!, value);
      this.max[i] = Math.max(this.max[i]!, value);
      this.mean[i] = (this.mean[i]! * this.count + value) / (this.count + 1);
      this.count++;
    } else {
      this.push(ts, value, value, value);
      this.slot = slot;
    }
  }

  // Puts history before what came live while it was loading.
  prepend(points: readonly HistoryPoint[]): void {
    const live = this.t.map((t, i): HistoryPoint => [t, this.min[i]!, this.mean[i]!, this.max[i]!]);
    const lastOfHistory = points.length > 0 ? points[points.length - 1]![0] : -Infinity;
    this.clear();
    for (const [t, low, mid, high] of points) this.push(t, low, mid, high);
    for (const [t, low, mid, high] of live) if (t > lastOfHistory) this.push(t, low, mid, high);
    this.slot = NaN;
  }

  trim(from: number): void {
    let drop = 0;
    while (drop < this.t.length && this.t[drop]! < from) drop++;
    // One point before the window stays, so that the line enters from the edge.
    drop = Math.max(0, drop - 1);
    if (drop > 0) for (const column of [this.t, this.min, this.mean, this.max]) column.splice(0, drop);
  }

  clear(): void {
    for (const column of [this.t, this.min, this.mean, this.max]) column.length = 0;
    this.slot = NaN;
    this.count = 0;
  }

  private push(ts: number, low: number, mid: number, high: number): void {
    this.t.push(ts);
    this.min.push(low);
    this.mean.push(mid);
    this.max.push(high);
    this.count = 1;
  }
}

export type Cell = number | null | undefined;

// Whether nothing came for long before each of `times`: longer than `gap` ms and than is usual around there, for
// history of long ago is coarse, and a range may have finer points at its end than at its start.
export function breaks(times: readonly number[], gap: number): boolean[] {
  const around = 5;
  const usual = (first: number, last: number): number => {
    const steps: number[] = [];
    for (let i = Math.max(1, first); i <= Math.min(times.length - 1, last); i++) steps.push(times[i]! - times[i - 1]!);
    return steps.sort((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0;
  };
  return times.map((t, i) => {
    const step = i > 0 ? t - times[i - 1]! : 0;
    return step > gap && step > 2.5 * Math.max(usual(i - around, i - 1), usual(i + 1, i + around));
  });
}

// Several series on one time axis, in seconds as uPlot wants it, with a row of `columns` each. `undefined` is a point
// that another series has and this one has not; `null` breaks the line where nothing came for long.
export function align(series: readonly Series[], columns: readonly ('min' | 'mean' | 'max')[], gap: number): [number[], ...Cell[][]] {
  const times = new Set<number>();
  for (const s of series) for (const t of s.t) times.add(t);
  const sorted = [...times].sort((a, b) => a - b);
  const broken = breaks(sorted, gap);
  const axis: number[] = [];
  const holes: boolean[] = [];
  sorted.forEach((t, i) => {
    if (broken[i]) {
      axis.push((sorted[i - 1]! + t) / 2);
      holes.push(true);
    }
    axis.push(t);
    holes.push(false);
  });
  const rows = series.flatMap((s) => {
    const at = new Map(s.t.map((t, i) => [t, i]));
    return columns.map((column) =>
      axis.map((t, i): Cell => {
        if (holes[i]) return null;
        const index = at.get(t);
        return index === undefined ? undefined : s[column][index];
      }),
    );
  });
  return [axis.map((t) => t / 1000), ...rows];
}

// The place of the value of `times` (ascending) that is nearest to `t`; -1 where there is none.
export function nearest(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low > 0 && t - times[low - 1]! < times[low]! - t ? low - 1 : high;
}

// The place of the value that stands for the moment `t`: -1 where nothing came for longer than `gap` ms.
export function placeAt(times: readonly number[], broken: readonly boolean[], t: number, gap: number): number {
  const i = nearest(times, t);
  if (i < 0 || Math.abs(times[i]! - t) <= gap) return i;
  const next = t > times[i]! ? i + 1 : i;
  return next > 0 && next < times.length && !broken[next] ? i : -1;
}

// The SVG path of a sparkline in a box of width × height; values run from 0 to `top`. Lines break at gaps.
export function sparkPath(s: Series, from: number, to: number, width: number, height: number, top: number, gap: number): { line: string; area: string } {
  let line = '';
  let area = '';
  let start: string | null = null;
  let previous = -Infinity;
  let x = 0;
  const close = () => {
    if (start !== null) area += `L${x} ${height}L${start} ${height}Z`;
  };
  for (let i = 0; i < s.length; i++) {
    const t = s.t[i]!;
    if (t < from - gap) continue;
    const px = round(((t - from) / (to - from)) * width);
    const py = round(height - (Math.min(top, Math.max(0, s.mean[i]!)) / top) * height);
    if (t - previous > gap) {
      close();
      start = String(px);
      line += `M${px} ${py}`;
      area += `M${px} ${py}`;
    } else {
      line += `L${px} ${py}`;
      area += `L${px} ${py}`;
    }
    x = px;
    previous = t;
  }
  close();
  return { line, area };
}

const round = (v: number) => Math.round(v * 10) / 10;
