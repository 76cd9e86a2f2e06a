import { useEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

const MARGIN = "240px 0px";

/** Tells the names of the list's children that are in view, or nearly. */
export const useInView = (
  list: RefObject<HTMLElement | null>,
  names: readonly string[],
  tell: (names: readonly string[]) => void,
): void => {
  const inView = useRef(new Set<string>());
  const observer = useRef<IntersectionObserver | null>(null);
  const told = names.join("\n");
  useEffect(() => {
    observer.current ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const name = (target as HTMLElement).dataset["name"] ?? "";
          if (isIntersecting) inView.current.add(name);
          else inView.current.delete(name);
        }
        tell([...inView.current]);
      },
      { rootMargin: MARGIN },
    );
    // Observing what is observed already changes nothing.
    for (const child of list.current?.children ?? []) observer.current.observe(child);
  }, [told]);
  useEffect(() => () => observer.current?.disconnect(), []);
};
