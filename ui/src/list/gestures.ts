/** Wheel, touch and text selection over the rows, turned into scrolling by pixels. */

export interface GestureHost {
  readonly rowHeight: number;
  readonly pageHeight: number;
  scrollBy(px: number): void;
  /** The user began to select text: nothing may move under the pointer. */
  selecting(): void;
}

const FRICTION_PER_MS = 0.996;
const LEAST_SPEED = 0.02;

export function listenToGestures(viewport: HTMLElement, host: GestureHost): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  viewport.addEventListener(
    'wheel',
    (event) => {
      // Ctrl and the wheel zoom the page.
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      host.scrollBy(event.deltaY * unit(event, host));
    },
    { signal, passive: false },
  );
  touch(viewport, host, signal);
  document.addEventListener(
    'selectionchange',
    () => {
      const selection = document.getSelection();
      if (!selection || selection.isCollapsed || !selection.anchorNode) return;
      if (viewport.contains(selection.anchorNode)) host.selecting();
    },
    { signal },
  );
  return () => stop.abort();
}

function unit(event: WheelEvent, host: GestureHost): number {
  if (event.deltaMode === WheelEvent.DOM_DELTA_LINE) return host.rowHeight;
  if (event.deltaMode === WheelEvent.DOM_DELTA_PAGE) return host.pageHeight;
  return 1;
}

/** One finger drags the rows; let go, they glide on. */
function touch(viewport: HTMLElement, host: GestureHost, signal: AbortSignal): void {
  let finger: number | undefined;
  let y = 0;
  let at = 0;
  let speed = 0;
  let frame = 0;

  const glide = (now: number) => {
    const passed = now - at;
    at = now;
    speed *= FRICTION_PER_MS ** passed;
    if (Math.abs(speed) < LEAST_SPEED) return;
    host.scrollBy(speed * passed);
    frame = requestAnimationFrame(glide);
  };

  viewport.addEventListener(
    'pointerdown',
    (event) => {
      cancelAnimationFrame(frame);
      if (event.pointerType !== 'touch') return;
      finger = event.pointerId;
      y = event.clientY;
      at = event.timeStamp;
      speed = 0;
    },
    { signal },
  );
  viewport.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerId !== finger) return;
      const moved = y - event.clientY;
      const passed = Math.max(1, event.timeStamp - at);
      speed = 0.7 * (moved / passed) + 0.3 * speed;
      y = event.clientY;
      at = event.timeStamp;
      if (moved !== 0) host.scrollBy(moved);
    },
    { signal },
  );
  for (const end of ['pointerup', 'pointercancel'] as const) {
    viewport.addEventListener(
      end,
      (event) => {
        if (event.pointerId !== finger) return;
        finger = undefined;
        at = performance.now();
        const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
        if (end === 'pointerup' && !still) frame = requestAnimationFrame(glide);
      },
      { signal },
    );
  }
  signal.addEventListener('abort', () => cancelAnimationFrame(frame));
}
