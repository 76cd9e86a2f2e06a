import { useLayoutEffect, useRef } from "preact/hooks";

const MOVE_MS = 420;

/** Lets the children of a list glide to their new places, and fade in when they are new. */
export const useMoves = <Element extends HTMLElement>() => {
  const list = useRef<Element>(null);
  const places = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const next = new Map<string, number>();
    const known = places.current.size > 0;
    for (const child of list.current?.children ?? []) {
      const row = child as HTMLElement;
      const name = row.dataset["name"] ?? "";
      next.set(name, row.offsetTop);
      const before = places.current.get(name);
      if (still || !known) continue;
      if (before === undefined) {
        row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: MOVE_MS, easing: "ease-out" });
      } else if (before !== row.offsetTop) {
        row.animate([{ transform: `translateY(${before - row.offsetTop}px)` }, { transform: "none" }], {
          duration: MOVE_MS,
          easing: "cubic-bezier(.2,.8,.2,1)",
        });
      }
    }
    places.current = next;
  });
  return list;
};
