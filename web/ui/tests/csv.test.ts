import { describe, expect, it } from 'vitest';
import { csvCell, csvName, csvOf } from '../src/lib/csv';
import { Series } from '../src/lib/series';

const series = (...points: [number, number, number, number][]) => {
  const s = new Series();
  s.prepend(points);
  return s;
};

describe('a table of figures', () => {
  it('has a row for each moment and three columns for each metric', () => {
    const cpu = series([1000, 1, 2, 3], [2000, 4, 5, 6]);
    const heat = series([2000, -7, -6.5, -6]);
    expect(csvOf([{ name: 'cpu.percent', series: cpu }, { name: 'temperatures[a].celsius', series: heat }], 0, 10_000)).toBe(
      [
        'time,ts,cpu.percent min,cpu.percent mean,cpu.percent max,temperatures[a].celsius min,temperatures[a].celsius mean,temperatures[a].celsius max',
        '1970-01-01T00:00:01.000Z,1000,1,2,3,,,',
        '1970-01-01T00:00:02.000Z,2000,4,5,6,-7,-6.5,-6',
        '',
      ].join('\r\n'),
    );
  });
  it('holds what the window shows, edges included', () => {
    const cpu = series([1000, 1, 1, 1], [2000, 2, 2, 2], [3000, 3, 3, 3], [4000, 4, 4, 4]);
    const times = csvOf([{ name: 'cpu', series: cpu }], 2000, 3000).split('\r\n').slice(1, -1).map((row) => row.split(',')[1]);
    expect(times).toEqual(['2000', '3000']);
  });
  it('of nothing has its heading', () => expect(csvOf([], 0, 1)).toBe('time,ts\r\n'));
});

describe('a name in a table', () => {
  it.each([['=1+1', "'=1+1"], ['+x', "'+x"], ['-x', "'-x"], ['@SUM(A1)', "'@SUM(A1)"], ['\t=x', "'\t=x"]])('that begins like a formula is text: %j', (name, cell) => expect(csvCell(name)).toBe(cell));
  it.each([['disks[/a,b].percent', '"disks[/a,b].percent"'], ['a"b', '"a""b"'], ['=x\n', "\"'=x\n\""], ['plain', 'plain']])('is quoted where it must be: %j', (name, cell) => expect(csvCell(name)).toBe(cell));
});

it('the file is named for host and window', () => expect(csvName('web-1', Date.UTC(2026, 10, 26, 11, 50), Date.UTC(2026, 10, 26, 12, 5, 0, 7))).toBe('web-1_20261126T115000Z_20261126T120500Z.csv'));
