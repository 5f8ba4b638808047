/**
 * The rows on screen, in the order they are read, so that selecting text and screen readers work.
 *
 * They stand in normal flow in one container that is shifted by less than a row. When the window
 * moves by a few rows, the elements that left one side are put to the other and the rest stay
 * untouched; a row is filled only when something else comes to stand in it.
 */
import { RowSlot, type Item, type SourceLook } from './row';

export class RowPool {
  readonly #container: HTMLElement;
  readonly #look: (source: number) => SourceLook;
  #slots: RowSlot[] = [];
  #first = 0;
  #px = -1;

  constructor(container: HTMLElement, look: (source: number) => SourceLook) {
    this.#container = container;
    this.#look = look;
  }

  get slots(): readonly RowSlot[] {
    return this.#slots;
  }

  render(
    window: { first: number; last: number; px: number },
    item: (index: number) => Item,
    active: number | undefined,
    version: number,
  ): void {
    const size = Math.max(0, window.last - window.first);
    this.#rotate(window.first - this.#first);
    this.#resize(size);
    this.#first = window.first;
    for (const [at, slot] of this.#slots.entries()) {
      const index = window.first + at;
      slot.show(index, item(index), version, this.#look);
      slot.setActive(active !== undefined && slot.seq === active);
    }
    if (window.px !== this.#px) {
      this.#px = window.px;
      this.#container.style.transform = `translateY(${String(-window.px)}px)`;
    }
  }

  /** The row a record stands in, while it shows. */
  slotOf(seq: number | undefined): RowSlot | undefined {
    return seq === undefined ? undefined : this.#slots.find((slot) => slot.seq === seq);
  }

  #rotate(by: number): void {
    if (by === 0 || Math.abs(by) >= this.#slots.length) return;
    if (by > 0) {
      const moved = this.#slots.splice(0, by);
      this.#container.append(...moved.map((slot) => slot.element));
      this.#slots.push(...moved);
    } else {
      const moved = this.#slots.splice(by);
      this.#container.prepend(...moved.map((slot) => slot.element));
      this.#slots.unshift(...moved);
    }
  }

  #resize(size: number): void {
    while (this.#slots.length > size) this.#slots.pop()?.element.remove();
    while (this.#slots.length < size) {
      const slot = new RowSlot();
      this.#slots.push(slot);
      this.#container.append(slot.element);
    }
  }
}
