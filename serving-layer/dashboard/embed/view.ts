import type { TopAnswer } from "@freshet/client";
import { missingText, STATUS_WORDS } from "../page/parts/missingText.js";
import { keyText, numberOf, shortNumber } from "../page/text/format.js";
import { STYLE } from "./style.js";

/** What the element shows: the last answer stays while the line is lost. */
export interface Shown {
  readonly metric: string;
  readonly answer: TopAnswer | null;
  readonly line: "connecting" | "open" | "lost";
  /** Why nothing more comes. */
  readonly refusal: string | null;
}

export interface View {
  show(shown: Shown): void;
}

type Row = TopAnswer["rows"][number];

const part = (name: string, className = "", text = ""): HTMLElement => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
};
/** Touches the document only where something is other: what is read out stays quiet otherwise. */
const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};

const rankedOf = ({ values, score }: Row, by: string): number | null =>
  by === "score" ? score : numberOf(values[by]);

const figureText = (row: Row, by: string): string => {
  const ranked = rankedOf(row, by);
  if (ranked === null) return "–";
  return by === "score" ? ranked.toFixed(1) : shortNumber(ranked);
};

const noteOf = ({ metric, answer, line, refusal }: Shown): string => {
  if (refusal !== null) return refusal;
  if (metric === "") return "Which metric? Give the attribute metric.";
  if (line === "lost") return "The server does not answer. It is tried again by itself.";
  if (answer === null) return "Asking …";
  return answer.rows.length === 0 ? "Nothing was counted in this window yet." : "";
};

interface RowPlace {
  readonly item: HTMLElement;
  fill(row: Row, rank: number, by: string, most: number): void;
}

const createRow = (): RowPlace => {
  const item = document.createElement("li");
  const [rank, key, figure] = [part("span", "rank"), part("span", "key"), part("span", "figure")];
  const [number, name] = [part("span"), part("small")];
  figure.append(number, " ", name);
  item.append(rank, key, figure);
  return {
    item,
    fill(row, place, by, most) {
      const ranked = rankedOf(row, by) ?? 0;
      setText(rank, `${place}`);
      setText(key, keyText(row.key));
      setText(number, figureText(row, by));
      setText(name, by);
      item.style.setProperty("--share", most > 0 ? `${Math.max(0, (100 * ranked) / most)}%` : "0%");
    },
  };
};

/** Draws into a shadow root. Rows keep their elements as long as their keys are listed. */
export const createView = (root: ShadowRoot): View => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const section = document.createElement("section");
  const [title, window, chip] = [part("b"), part("span", "quiet"), part("span", "chip")];
  const [list, note] = [part("ol"), part("p", "quiet")];
  const header = part("header");
  header.append(title, window, chip);
  note.setAttribute("role", "status");
  list.setAttribute("part", "list");
  section.append(header, list, note);
  root.append(section);
  let rows = new Map<string, RowPlace>();

  const showRows = (answer: TopAnswer | null): void => {
    const { rows: given = [], by = "" } = answer ?? {};
    const most = Math.max(0, ...given.map((row) => rankedOf(row, by) ?? 0));
    const next = new Map(
      given.map((row) => {
        const name = JSON.stringify(row.key);
        return [name, rows.get(name) ?? createRow()] as const;
      }),
    );
    for (const [name, { item }] of rows) if (!next.has(name)) item.remove();
    rows = next;
    given.forEach((row, index) => {
      const place = next.get(JSON.stringify(row.key));
      if (!place) return;
      place.fill(row, index + 1, by, most);
      if (list.children[index] !== place.item) list.insertBefore(place.item, list.children[index] ?? null);
    });
  };

  return {
    show(shown) {
      const { metric, answer } = shown;
      setText(title, metric);
      setText(window, answer ? `last ${answer.window}` : "");
      section.setAttribute("aria-label", `Trends: ${metric}`);
      section.setAttribute("aria-busy", String(answer === null && shown.refusal === null));
      setText(chip, answer ? STATUS_WORDS[answer.status].word : "");
      if (answer) {
        chip.dataset["status"] = answer.status;
        const endMs = Date.parse(answer.covers.to);
        const missing = answer.status === "settled" ? [] : answer.missing;
        const reasons = missing.map((each) => missingText(each, endMs));
        chip.title = [STATUS_WORDS[answer.status].means, ...reasons].join("\n");
      }
      showRows(answer);
      setText(note, noteOf(shown));
    },
  };
};
