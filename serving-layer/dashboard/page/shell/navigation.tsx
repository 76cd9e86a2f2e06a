import { PAGES } from "../route/pages.js";
import { returnTo, route } from "../route/route.js";

export const Navigation = () => (
  <nav class="pages" aria-label="Pages">
    <ul>
      {PAGES.map(({ name, title }) => (
        <li key={name}>
          <a href={returnTo(name)} aria-current={route.value.page === name ? "page" : undefined}>
            {title}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
