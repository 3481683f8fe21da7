// Numbers as people read them. Words come from the text catalogue.
import { text } from './text';

// A format is dear to make: the newest is kept while the language stays.
function kept<T>(make: (locale: string) => T): () => T {
  let made: { locale: string; value: T } | undefined;
  return () => {
    if (made?.locale !== text.locale) made = { locale: text.locale, value: make(text.locale) };
    return made.value;
  };
}

const formats = kept(() => new Map<string, Intl.NumberFormat>());

function decimal(value: number, digits: number, options: Intl.NumberFormatOptions = {}): string {
  const key = `${digits} ${options.style} ${options.minimumFractionDigits}`;
  let format = formats().get(key);
  if (!format) {
    format = new Intl.NumberFormat(text.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options });
    formats().set(key, format);
  }
  return format.format(value);
}

const none = '–';
const known = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

// 1024-based with three significant digits: 0 B, 999 B, 3.45 GiB, 34.5 GiB, 345 GiB. Round ones without needless zeros: 4 GiB.
export function bytes(value: number | null | undefined, round = false): string {
  if (!known(value)) return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let n = Math.abs(value);
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  const digits = unit === 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2;
  return `${value < 0 ? '−' : ''}${decimal(n, digits, round ? { minimumFractionDigits: 0 } : {})}\u00a0${units[unit]}`;
}

export function rate(bytesPerSecond: number | null | undefined, round = false): string {
  return known(bytesPerSecond) ? `${bytes(Math.round(bytesPerSecond), round)}/s` : none;
}

export function percent(value: number | null | undefined, digits = 0): string {
  return known(value) ? decimal(value, digits, { style: 'unit', unit: 'percent' }) : none;
}

export function number(value: number | null | undefined, digits = 0): string {
  return known(value) ? decimal(value, digits) : none;
}

export function celsius(value: number | null | undefined): string {
  return known(value) ? `${decimal(value, 0)}\u00a0°C` : none;
}

// The two largest units of a span: "12 s", "3 min", "2 h 5 min", "4 d 3 h".
export function duration(ms: number | null | undefined): string {
  if (!known(ms)) return none;
  const s = Math.max(0, Math.floor(ms / 1000));
  const u = text.units;
  if (s < 60) return `${s}\u00a0${u.second}`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}\u00a0${u.minute}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours}\u00a0${u.hour} ${minutes % 60}\u00a0${u.minute}` : `${hours}\u00a0${u.hour}`;
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 30 ? `${days}\u00a0${u.day} ${hours % 24}\u00a0${u.hour}` : `${days}\u00a0${u.day}`;
}

// One unit only, for narrow places: "12 s", "3 min", "2 h", "4 d".
export function shortDuration(ms: number | null | undefined): string {
  return duration(ms).split(' ')[0]!;
}

export function ago(then: number | null | undefined, now: number): string {
  if (!known(then) || then <= 0) return none;
  return now - then < 2000 ? text.justNow : text.ago(shortDuration(now - then));
}

const dateTime = kept((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }));

// For titles: the exact moment in the reader's own zone.
export function exact(ms: number | null | undefined): string {
  if (!known(ms) || ms <= 0) return '';
  return dateTime().format(ms);
}

const monthDay = kept((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }));

// "25 Nov": where the year is plain from what stands around it.
export function dayOfMonth(ms: number): string {
  return monthDay().format(ms);
}

const shortTime = kept((locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));

export function hourAndMinute(ms: number): string {
  return shortTime().format(ms);
}

const shortWeekday = kept((locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }));

// From Monday, which is 0.
export function weekdayName(day: number): string {
  return shortWeekday().format(Date.UTC(2024, 0, 1 + day));
}

const day = kept((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));

// "25 Nov 2026"
export function date(ms: number): string {
  return day().format(ms);
}

const month = kept((locale) => new Intl.DateTimeFormat(locale, { month: 'short' }));
const monthAndYear = kept((locale) => new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric' }));

// "Nov", or "Nov 2026".
export function monthOfYear(ms: number, withYear: boolean): string {
  return (withYear ? monthAndYear() : month()).format(ms);
}

const clockTime = kept((locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }));

export function timeOfDay(ms: number): string {
  return clockTime().format(ms);
}
