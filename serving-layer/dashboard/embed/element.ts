import { createClient, ProblemError } from "@freshet/client";
import { type Asked, ATTRIBUTES, askedBy } from "./asked.js";
import { createView, type Shown, type View } from "./view.js";

const IDLE: Shown = { metric: "", answer: null, line: "connecting", refusal: null };

const reasonOf = (error: unknown): string =>
  error instanceof ProblemError ? error.message : `This cannot be asked: ${String(error)}`;

/** `<freshet-trends metric="..." src="...">`: a live list of what is trending. Nothing is asked while the page is hidden. */
export const createTrendsElement = (home: string): CustomElementConstructor =>
  class FreshetTrends extends HTMLElement {
    static readonly observedAttributes = ATTRIBUTES.filter((name) => name !== "theme");
    #view: View | null = null;
    #shown: Shown = IDLE;
    #following: AbortController | null = null;
    #again = false;

    connectedCallback(): void {
      this.#view ??= createView(this.attachShadow({ mode: "open" }));
      document.addEventListener("visibilitychange", this.#restart);
      this.#restart();
    }

    disconnectedCallback(): void {
      document.removeEventListener("visibilitychange", this.#restart);
      this.#following?.abort();
    }

    attributeChangedCallback(): void {
      this.#shown = IDLE;
      if (this.isConnected) this.#restart();
    }

    /** Once for all attributes that are set in one go. */
    #restart = (): void => {
      this.#following?.abort();
      if (this.#again) return;
      this.#again = true;
      queueMicrotask(() => {
        this.#again = false;
        if (this.isConnected && !document.hidden) void this.#follow();
      });
    };

    #show(part: Partial<Shown>): void {
      this.#shown = { ...this.#shown, ...part };
      this.#view?.show(this.#shown);
    }

    async #follow(): Promise<void> {
      const following = new AbortController();
      this.#following = following;
      const { signal } = following;
      try {
        const asked: Asked | null = askedBy((name) => this.getAttribute(name), home);
        this.#show({ metric: asked?.metric ?? "", refusal: null });
        if (!asked) return;
        const client = createClient({ url: asked.url, key: asked.key });
        const onLine = (line: "open" | "lost"): void => this.#show({ line });
        for await (const answer of client.live.top(asked.metric, asked.question, { signal, onLine })) {
          this.#show({ answer, line: "open" });
        }
      } catch (error) {
        if (!signal.aborted) this.#show({ answer: null, refusal: reasonOf(error) });
      }
    }
  };
