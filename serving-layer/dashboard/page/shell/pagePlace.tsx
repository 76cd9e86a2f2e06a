import { useEffect, useRef } from "preact/hooks";
import { Skeleton } from "../parts/states.js";
import { openedPage, openPage } from "../route/opened.js";
import { PAGES } from "../route/pages.js";
import { route } from "../route/route.js";
import { whenAnswered } from "../state/server.js";

/** Not oftener, where a file stays missing though the server answers. */
const RELOAD_EVERY_MS = 5_000;

/** A page's code did not come: it is asked for again with the document, by itself once the server answers. */
const NotLoaded = () => {
  useEffect(
    () =>
      whenAnswered(() => {
        if (performance.now() > RELOAD_EVERY_MS) location.reload();
      }),
    [],
  );
  return (
    <section class="card state" role="alert">
      <p class="state-title">This page could not be loaded</p>
      <p>It opens by itself when the server answers again.</p>
      <button type="button" class="primary state-button" onClick={() => location.reload()}>
        Load again
      </button>
    </section>
  );
};

/** The page that the address names. Where it changed, the keyboard and the screen reader begin there. */
export const PagePlace = () => {
  const { page } = route.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(page);
  const title = PAGES.find(({ name }) => name === page)?.title ?? "";
  const opened = openedPage(page);
  useEffect(() => {
    openPage(page);
    document.title = `${title} · Freshet`;
    if (shown.current !== page) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    shown.current = page;
  }, [page]);
  return (
    <main id="main">
      <h1 class="unseen" tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {opened.kind === "page" ? (
        <opened.Page key={page} />
      ) : (
        <div class="page">
          {opened.kind === "failed" ? (
            <NotLoaded />
          ) : (
            <section class="card">
              <Skeleton rows={8} />
            </section>
          )}
        </div>
      )}
    </main>
  );
};
