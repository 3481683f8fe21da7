// The spans of time that a chart offers, in ms.
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const ranges = {
  '5m': 5 * minute,
  '15m': 15 * minute,
  '1h': hour,
  '6h': 6 * hour,
  '24h': 24 * hour,
  '7d': 7 * day,
  '30d': 30 * day,
  '90d': 90 * day,
  '1y': 365 * day,
  '2y': 730 * day,
};
export type RangeKey = keyof typeof ranges;
export const rangeKeys = Object.keys(ranges) as RangeKey[];
export const rangeOf = (span: number): RangeKey | undefined => rangeKeys.find((key) => ranges[key] === span);
