/**
 * Where the list stands, without a pixel of DOM.
 *
 * Browsers clamp an element at about 33 million pixels, which is 1.5 million rows: so nothing here
 * is ever as tall as the list. The position is an anchor, the row at the top edge and how many of
 * its pixels are hidden above it, and everything visible is derived from that. Rows that arrive
 * below therefore never move what is being read.
 *
 * Promises: 0 ≤ top ≤ maxTop after every operation; while following, the last row is at the bottom
 * edge; only what the user does lets go of following or resumes it.
 */

export interface Anchor {
  /** The row at the top edge. */
  row: number;
  /** Its pixels hidden above the edge: 0 ≤ px < row height. */
  px: number;
}

export interface Window {
  /** The first row that shows. */
  first: number;
  /** One beyond the last. */
  last: number;
  /** Pixels of the first row hidden above. */
  px: number;
}

export class ScrollModel {
  readonly rowHeight: number;
  #count = 0;
  #tail = 0;
  #height = 0;
  #anchor: Anchor = { row: 0, px: 0 };
  #follow = true;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  /** Rows of the view. */
  get count(): number {
    return this.#count;
  }

  /** Rows that can be scrolled over: the view's, and lines not finished yet below them. */
  get extent(): number {
    return this.#count + this.#tail;
  }

  get height(): number {
    return this.#height;
  }

  get follow(): boolean {
    return this.#follow;
  }

  get anchor(): Readonly<Anchor> {
    return this.#anchor;
  }

  /** Pixels above the top edge. Exact: 10 M rows are 2.2e8 pixels, far below 2^53. */
  get top(): number {
    return this.#anchor.row * this.rowHeight + this.#anchor.px;
  }

  get maxTop(): number {
    return Math.max(0, this.extent * this.rowHeight - this.#height);
  }

  get atEnd(): boolean {
    return this.top >= this.maxTop;
  }

  /** The rows that show, also partly. */
  get window(): Window {
    const { row, px } = this.#anchor;
    const rows = Math.ceil((this.#height + px) / this.rowHeight);
    return { first: row, last: Math.min(this.extent, row + rows), px };
  }

  /** Whole rows that fit, at least one. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#height / this.rowHeight));
  }

  /** The first row that would show if the list ended after `count` rows and stood at its end. */
  firstAtEnd(count: number): number {
    const top = Math.max(0, (count + this.#tail) * this.rowHeight - this.#height);
    return Math.floor(top / this.rowHeight);
  }

  setCount(count: number): void {
    this.#count = count;
    this.#settle();
  }

  /** How many unfinished lines stand below the last row. */
  setTail(tail: number): void {
    this.#tail = tail;
    this.#settle();
  }

  resize(height: number): void {
    this.#height = Math.max(0, height);
    this.#settle();
  }

  /** The user scrolls by pixels. Up lets go; reaching the last row resumes. */
  scrollBy(px: number): void {
    if (px < 0 && this.maxTop > 0) this.#follow = false;
    this.#moveTo(this.top + px);
    if (px > 0 && this.atEnd) this.#follow = true;
  }

  /** The user drags the thumb to a fraction of the way. */
  scrollToFraction(fraction: number): void {
    const wanted = Math.min(1, Math.max(0, fraction));
    this.#moveTo(Math.round(wanted * this.maxTop));
    this.#follow = wanted >= 1;
  }

  pageUp(): void {
    this.scrollBy(-Math.max(1, this.pageRows - 1) * this.rowHeight);
  }

  pageDown(): void {
    this.scrollBy(Math.max(1, this.pageRows - 1) * this.rowHeight);
  }

  home(): void {
    if (this.maxTop > 0) this.#follow = false;
    this.#moveTo(0);
  }

  /** Goes to the last row and stays with it. */
  resume(): void {
    this.#follow = true;
    this.#settle();
  }

  /** Stays where it is from now on. */
  letGo(): void {
    this.#follow = false;
  }

  /** Moves as little as needed for the row to show whole. */
  reveal(row: number): void {
    const above = row * this.rowHeight;
    if (above < this.top) this.#moveTo(above);
    else if (above + this.rowHeight > this.top + this.#height) {
      this.#moveTo(above + this.rowHeight - this.#height);
    }
  }

  /** Puts a row at a distance below the top edge, as far as the list's ends allow. */
  place(row: number, offset: number): void {
    this.#moveTo(row * this.rowHeight - offset);
  }

  /** How far below the top edge a row stands; negative above it. */
  offsetOf(row: number): number {
    return row * this.rowHeight - this.top;
  }

  /** The thumb: its length and place in a track, in pixels. Its place grows with `top`. */
  thumb(track: number, least: number): { size: number; at: number } {
    const whole = this.extent * this.rowHeight;
    if (track <= 0 || whole <= this.#height) return { size: 0, at: 0 };
    const size = Math.min(track, Math.max(least, (this.#height / whole) * track));
    return { size, at: (this.top / this.maxTop) * (track - size) };
  }

  #settle(): void {
    this.#moveTo(this.#follow ? this.maxTop : this.top);
  }

  #moveTo(top: number): void {
    const to = Math.min(this.maxTop, Math.max(0, top));
    const row = Math.floor(to / this.rowHeight);
    this.#anchor = { row, px: to - row * this.rowHeight };
  }
}
