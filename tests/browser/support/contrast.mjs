// What of a page's text is harder to read than WCAG 2.2 AA allows (1.4.3), by the colours that the browser has computed: quick
// enough for hundreds of brand colours, where axe is not.
export async function hardToRead(page) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)));
  return page.evaluate(findHardToRead);
}

// Runs in the page.
function findHardToRead() {
  // A colour of any notation, as [red, green, blue, alpha] of 0 to 1: the canvas knows them all.
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      const parts = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
      if (parts) known.set(text, [...parts.slice(1, 4).map((one) => Number(one) / 255), Number(parts[4] ?? 1)]);
      else {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        known.set(text, [...canvas.getImageData(0, 0, 1, 1).data].map((one) => one / 255));
      }
    }
    return known.get(text);
  };
  const over = (top, below, alpha = top[3]) => [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
  const luminance = (color) => {
    const [r, g, b] = color.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const styles = new Map();
  const styleOf = (element) => styles.get(element) ?? (styles.set(element, getComputedStyle(element)), styles.get(element));
  // Everything that may lie behind an element: several colours where there is a gradient.
  const grounds = new Map();
  const groundsOf = (element) => {
    if (!element) return [[1, 1, 1]];
    if (!grounds.has(element)) {
      const style = styleOf(element);
      let behind = groundsOf(style.position === 'fixed' || element.matches('dialog:modal') ? document.documentElement === element ? null : document.documentElement : element.parentElement);
      const own = rgba(style.backgroundColor);
      if (own[3] > 0) behind = behind.map((ground) => over(own, ground));
      const stops = style.backgroundImage.includes('gradient(') ? style.backgroundImage.match(/(?:rgba?|color|oklch|oklab|hsl)\([^()]*\)/g) ?? [] : [];
      if (stops.length > 0) behind = behind.flatMap((ground) => stops.map((stop) => over(rgba(stop), ground)));
      grounds.set(element, behind);
    }
    return grounds.get(element);
  };
  const faults = [];
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || seen.has(element)) continue;
    seen.add(element);
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(':disabled, [aria-disabled=true], .visually-hidden, script, style')) continue;
    const style = styleOf(element);
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(styleOf(at).opacity);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    for (const ground of groundsOf(element)) {
      const found = contrast(over(ink, ground, ink[3] * opacity), ground);
      if (found >= least - 0.005) continue;
      faults.push(`${found.toFixed(2)} in place of ${least}: "${node.data.trim().slice(0, 30)}" (${element.tagName.toLowerCase()}.${[...element.classList].join('.')})`);
      break;
    }
  }
  return { faults, texts: seen.size };
}
