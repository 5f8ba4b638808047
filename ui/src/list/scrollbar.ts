/** The list's own scrollbar: a thumb in a track. The keyboard scrolls the grid itself. */
import type { ScrollModel } from './model';

const LEAST_THUMB = 28;

export class Scrollbar {
  readonly track: HTMLDivElement;
  readonly #thumb: HTMLDivElement;
  readonly #model: ScrollModel;
  readonly #moved: () => void;
  #length = 0;
  #size = 0;
  #at = 0;
  /** Where in the thumb it is held. */
  #grip: number | undefined;

  constructor(model: ScrollModel, moved: () => void) {
    this.#model = model;
    this.#moved = moved;
    this.track = document.createElement('div');
    this.track.className = 'scrollbar';
    this.track.setAttribute('aria-hidden', 'true');
    this.track.dataset.testid = 'scrollbar';
    this.#thumb = document.createElement('div');
    this.#thumb.className = 'thumb';
    this.#thumb.dataset.testid = 'thumb';
    this.track.append(this.#thumb);
    this.track.addEventListener('pointerdown', (event) => this.#grab(event));
    this.track.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      this.track.addEventListener(end, () => this.#release());
    }
  }

  resize(length: number): void {
    this.#length = length;
  }

  paint(): void {
    const { size, at } = this.#model.thumb(this.#length, LEAST_THUMB);
    if (size !== this.#size) {
      this.#size = size;
      this.#thumb.style.height = `${String(size)}px`;
      this.track.classList.toggle('idle', size === 0);
    }
    if (at !== this.#at) {
      this.#at = at;
      this.#thumb.style.transform = `translateY(${String(at)}px)`;
    }
  }

  #grab(event: PointerEvent): void {
    if (event.button !== 0 || this.#size === 0) return;
    event.preventDefault();
    this.track.setPointerCapture(event.pointerId);
    this.track.classList.add('held');
    const y = event.clientY - this.track.getBoundingClientRect().top;
    const inside = y >= this.#at && y <= this.#at + this.#size;
    this.#grip = inside ? y - this.#at : this.#size / 2;
    if (inside) this.#model.letGo();
    else this.#drag(event);
  }

  #drag(event: PointerEvent): void {
    if (this.#grip === undefined) return;
    const y = event.clientY - this.track.getBoundingClientRect().top;
    const way = this.#length - this.#size;
    this.#model.scrollToFraction(way <= 0 ? 0 : (y - this.#grip) / way);
    this.#moved();
  }

  #release(): void {
    if (this.#grip === undefined) return;
    this.#grip = undefined;
    this.track.classList.remove('held');
    // Held and let go at the end without moving: nothing was asked for.
    if (this.#model.atEnd) this.#model.resume();
    this.#moved();
  }
}
