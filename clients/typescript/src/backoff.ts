/** Waiting longer each time, and never all at once. */

/** Milliseconds. */
export interface Backoff {
  /** Before the first new attempt. */
  min: number;
  /** At most. */
  max: number;
}

/** How long to wait before attempt `n` (from 0): doubled each time, between half of it and all. */
export function delay({ min, max }: Backoff, n: number): number {
  const full = Math.min(max, min * 2 ** Math.min(n, 30));
  return full * (0.5 + Math.random() / 2);
}

/** Waits, without keeping a process alive for it, until the time is over or it is called off. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    unref(timer);
    signal.addEventListener('abort', end);
  });
}

/** Lets a process end although the timer has not. */
export function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
