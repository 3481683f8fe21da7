import { describe, expect, it } from 'vitest';
import { isUploaded, logoFault, logoSize } from '../src/lib/logo';

describe('a logo', () => {
  it.each([
    [{ type: 'image/png', size: 10_000 }, null],
    [{ type: 'image/svg+xml', size: 10_000 }, null],
    [{ type: 'text/html', size: 10_000 }, 'type'],
    [{ type: '', size: 10_000 }, 'type'],
    [{ type: 'image/png', size: 6_000_000 }, 'size'],
  ])('of %o has the fault %s', (file, fault) => expect(logoFault(file)).toBe(fault));

  it.each([
    [4096, 1024, 512, 128],
    [1000, 1000, 128, 128],
    [5000, 100, 512, 10],
    [32, 32, 32, 32],
    [5000, 1, 512, 1],
    [0, 0, 128, 128],
  ])('of %d × %d is drawn at %d × %d', (width, height, shownWidth, shownHeight) =>
    expect(logoSize(width, height)).toEqual({ width: shownWidth, height: shownHeight }));

  it('is an address or an image', () => {
    expect([null, 'https://acme.example/logo.png', 'data:image/png;base64,AA'].map(isUploaded)).toEqual([false, false, true]);
  });
});
