import { useLayoutEffect, useRef } from "preact/hooks";

const MOVE_MS = 420;

/**
 * Lets the children of a list glide to their new places, and fade in when they are new. Where one change follows
 * another at once nothing glides: it would never arrive.
 */
export const useMoves = <Element extends HTMLElement>(order: readonly string[]) => {
  const list = useRef<Element>(null);
  const places = useRef(new Map<string, number>());
  const movedMs = useRef(Number.NEGATIVE_INFINITY);
  const orderText = order.join("\n");
  useLayoutEffect(() => {
    const now = performance.now();
    const calm = now - movedMs.current > MOVE_MS && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    movedMs.current = now;
    const known = places.current.size > 0;
    const next = new Map<string, number>();
    // All places are read before anything is moved, so that the layout is reckoned once.
    const rows = [...(list.current?.children ?? [])].map((child) => {
      const row = child as HTMLElement;
      const name = row.dataset["name"] ?? "";
      const top = row.offsetTop;
      next.set(name, top);
      return { row, top, before: places.current.get(name) };
    });
    for (const { row, top, before } of known && calm ? rows : []) {
      if (before === undefined) {
        row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: MOVE_MS, easing: "ease-out" });
      } else if (before !== top) {
        row.animate([{ transform: `translateY(${before - top}px)` }, { transform: "none" }], {
          duration: MOVE_MS,
          easing: "cubic-bezier(.2,.8,.2,1)",
        });
      }
    }
    places.current = next;
  }, [orderText]);
  return list;
};
