import { useEffect, useRef } from "preact/hooks";
import { PAGES } from "../route/pages.js";
import { returnTo, route } from "../route/route.js";

/** Links to the pages; on a narrow screen they are scrolled so that the open one is seen. */
export const Navigation = () => {
  const list = useRef<HTMLUListElement>(null);
  const { page } = route.value;
  useEffect(() => {
    const link = list.current?.querySelector("[aria-current]");
    link?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page]);
  return (
    <nav class="pages" aria-label="Pages">
      <ul ref={list}>
        {PAGES.map(({ name, title }) => (
          <li key={name}>
            <a href={returnTo(name)} aria-current={page === name ? "page" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};
