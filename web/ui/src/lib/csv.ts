// Figures as a table for other programs: RFC 4180, UTF-8, times in UTC.
import type { Series } from './series';

export interface Column {
  name: string;
  series: Series;
}

// Spreadsheets run a text that begins like a formula: an apostrophe keeps it text.
export function csvCell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

// One row for each moment within [from, to] that any of the columns has, with its smallest, mean and largest value.
export function csvOf(columns: readonly Column[], from: number, to: number): string {
  const figures = ['min', 'mean', 'max'] as const;
  const places = columns.map(({ series }) => new Map(series.t.map((t, i) => [t, i])));
  const times = [...new Set(columns.flatMap(({ series }) => series.t))].filter((t) => t >= from && t <= to).sort((a, b) => a - b);
  const head = ['time', 'ts', ...columns.flatMap(({ name }) => figures.map((figure) => csvCell(`${name} ${figure}`)))];
  const rows = times.map((t) => {
    const cells = columns.flatMap(({ series }, c) => {
      const i = places[c]!.get(t);
      return figures.map((figure) => (i === undefined ? '' : String(series[figure][i])));
    });
    return [new Date(t).toISOString(), Math.round(t), ...cells].join(',');
  });
  return [head.join(','), ...rows, ''].join('\r\n');
}

// "web-1_20261126T115000Z_20261126T120500Z.csv"
export function csvName(host: string, from: number, to: number): string {
  const compact = (ms: number) => new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
  return `${host}_${compact(from)}_${compact(to)}.csv`;
}

export function download(name: string, content: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
