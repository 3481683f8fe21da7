// The display on a wall fills the screen where the browser allows it: only after a key or a click.
export async function openWall(): Promise<void> {
  location.hash = '#/wall';
  await document.documentElement.requestFullscreen?.().catch(() => {});
}

export async function leaveWall(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
  location.hash = '#/';
}
