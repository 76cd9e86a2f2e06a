/** State by group in pages: nothing moves but while the first page is small. */
export const PAGE_BITS = 12;
export const PAGE_GROUPS = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_GROUPS - 1;
const FIRST_GROUPS = 16;

export interface Pages<Page> {
  /** Group `g` begins at `(g & PAGE_MASK) * width` of page `g >>> PAGE_BITS`. */
  readonly pages: readonly Page[];
  /** Makes room for the groups below `groups`. */
  grow(groups: number): void;
}

/** @param make a page of so many numbers, each at its zero */
export const createPages = <Page extends { set(from: Page): void }>(
  width: number,
  make: (length: number) => Page,
): Pages<Page> => {
  const pages: Page[] = [];
  let room = 0;
  return {
    pages,
    grow(groups) {
      if (groups <= room) return;
      if (room < PAGE_GROUPS) {
        room = Math.max(room, FIRST_GROUPS);
        while (room < groups && room < PAGE_GROUPS) room *= 2;
        const first = make(room * width);
        if (pages[0]) first.set(pages[0]);
        pages[0] = first;
      }
      for (; room < groups; room += PAGE_GROUPS) pages.push(make(PAGE_GROUPS * width));
    },
  };
};
