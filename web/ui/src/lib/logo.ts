// A logo from a file: drawn anew at the size it is needed in, so that nothing but its picture leaves this browser, and
// kept in the settings as a data URL.
export const logoTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml'];
export const maxLogoFile = 5 * 1024 * 1024; // bytes
export const maxLogoUrl = 40 * 1024; // characters; a request has at most 64 KiB
const box = { width: 512, height: 128 }; // px: four times as wide as high, at double density

export type LogoFault = 'type' | 'size' | 'image';
export const isUploaded = (url: string | null): boolean => url?.startsWith('data:') ?? false;

export function logoFault(file: { type: string; size: number }): LogoFault | null {
  if (!logoTypes.includes(file.type)) return 'type';
  return file.size > maxLogoFile ? 'size' : null;
}

// As large as fits in the box, no larger than the image is; an image without a size of its own, as an SVG may be, is square.
export function logoSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: box.height, height: box.height };
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const readAsUrl = (file: File): Promise<string> =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });

// A PNG, or a WebP where that would be too long, or a smaller one.
function draw(image: HTMLImageElement): string {
  const canvas = document.createElement('canvas');
  const whole = logoSize(image.naturalWidth, image.naturalHeight);
  for (let scale = 1; ; scale *= 0.75) {
    canvas.width = Math.max(1, Math.round(whole.width * scale));
    canvas.height = Math.max(1, Math.round(whole.height * scale));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const url of [canvas.toDataURL(), canvas.toDataURL('image/webp', 0.9)]) if (url.length <= maxLogoUrl) return url;
  }
}

export async function logoFrom(file: File): Promise<{ url: string } | { fault: LogoFault }> {
  const fault = logoFault(file);
  if (fault) return { fault };
  try {
    const image = new Image();
    image.src = await readAsUrl(file);
    await image.decode();
    return { url: draw(image) };
  } catch {
    return { fault: 'image' };
  }
}
